//! `linkhub doctor`: each line says what was looked at, how it is, and what to do.

mod history;

use std::fs::Metadata;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;

use crate::clock::Clock;
use crate::config::Settings;
use crate::model::api_key::Scope;
use crate::qlik::Qlik;
use crate::sealing;
use crate::store::{Location, Schema, Store, StoreError};
use crate::vault::Vault;
use crate::vault::keyring::Keyring;
use crate::web::brand::Brand;

/// Collects what was found.
#[derive(Default)]
struct Report {
    right: u32,
    hints: u32,
    wrong: u32,
}

impl Report {
    fn right(&mut self, what: &str) {
        self.right += 1;
        let _ = writeln!(std::io::stdout(), "  ok     {what}");
    }

    fn wrong(&mut self, what: &str, todo: &str) {
        self.wrong += 1;
        let _ = writeln!(std::io::stdout(), "  WRONG  {what}\n         {todo}");
    }

    fn hint(&mut self, what: &str, todo: &str) {
        self.hints += 1;
        let _ = writeln!(std::io::stdout(), "  note   {what}\n         {todo}");
    }
}

pub async fn run(settings: &Settings) -> anyhow::Result<ExitCode> {
    let mut report = Report::default();
    check_public_url(settings, &mut report);
    check_qlik(settings, &mut report);
    check_brand(settings, &mut report);
    if let Some(store) = check_database(settings, &mut report).await {
        let vault = check_key(settings, &store, &mut report).await;
        check_admin(settings, &store, &mut report).await;
        check_api_keys(&store, &mut report).await;
        history::check(&store, vault.as_ref(), settings, &mut report).await;
        store.close().await;
    }
    let Report { right, hints, wrong } = report;
    writeln!(std::io::stdout(), "{right} right, {hints} to note, {wrong} wrong")?;
    Ok(if wrong > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn check_public_url(settings: &Settings, report: &mut Report) {
    let url = &settings.public_url;
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => report.right(&format!("people reach the hub at {url}")),
        ("http", Some("localhost" | "127.0.0.1")) => report.hint(
            &format!("people reach the hub at {url}, from this machine only"),
            "Put it behind TLS and set LINKHUB_PUBLIC_URL=https://… before others use it.",
        ),
        ("http", Some(_)) => report.wrong(
            &format!("people reach the hub at {url}, without TLS: keys and passwords can be read"),
            "Put it behind TLS and set LINKHUB_PUBLIC_URL=https://….",
        ),
        _ => report.wrong(
            &format!("{url} is no address of a web site"),
            "Set LINKHUB_PUBLIC_URL to what people type, such as https://link.example.com.",
        ),
    }
}

fn check_qlik(settings: &Settings, report: &mut Report) {
    match settings.qlik().and_then(|qlik| Ok(Qlik::new(qlik)?)) {
        Ok(_) => report
            .right(&format!("Qlik tenants live below {}", settings.qlik_base_domains.join(", "))),
        Err(error) => {
            report.wrong(&format!("{error:#}"), "Mend the LINKHUB_QLIK_… setting that it names.");
        }
    }
    if let Some(place) = &settings.qlik_connect_to {
        report.hint(
            &format!("every call to Qlik goes to {place}"),
            "Unset LINKHUB_QLIK_CONNECT_TO to talk to the real Qlik Cloud.",
        );
    }
}

fn check_brand(settings: &Settings, report: &mut Report) {
    match settings.brand().and_then(|brand| Ok(Brand::new(brand)?)) {
        Ok(brand) => {
            report.right(&format!("people see the hub as {}", brand.name));
            if let Some(moved) = brand.moved_accent() {
                report.hint(&moved, "Nothing has to be done; the hue is kept.");
            }
        }
        Err(error) => {
            report.wrong(&format!("{error:#}"), "Mend the LINKHUB_BRAND_… setting that it names.");
        }
    }
}

async fn check_database(settings: &Settings, report: &mut Report) -> Option<Store> {
    let location = match settings.location() {
        Ok(location) => location,
        Err(error) => {
            report.wrong(&format!("{error:#}"), "Set LINKHUB_DATABASE_URL.");
            return None;
        }
    };
    if let Location::Sqlite(path) = &location {
        if !path.exists() {
            report.hint(
                &format!("there is no database at {} yet", path.display()),
                "`linkhub serve` makes it on its first start.",
            );
            return None;
        }
        let readable = |metadata: Metadata| metadata.permissions().mode() & 0o077 != 0;
        if std::fs::metadata(path).is_ok_and(readable) {
            report.wrong(
                &format!("other users can read {}", path.display()),
                &format!("Run chmod 600 {}.", path.display()),
            );
        }
    }
    let store = match Store::open_as_it_is(&location).await {
        Ok(store) => store,
        Err(error) => {
            failed(error, report);
            return None;
        }
    };
    if has_current_schema(&store, report).await {
        check_writes(&store, report).await;
        return Some(store);
    }
    // What else is to be looked at may not be there yet.
    store.close().await;
    None
}

fn failed(error: StoreError, report: &mut Report) {
    report.wrong(
        &format!("{:#}", anyhow::Error::new(error)),
        "Look at LINKHUB_DATABASE_URL and LINKHUB_DATA_DIR, and whether the server runs.",
    );
}

async fn has_current_schema(store: &Store, report: &mut Report) -> bool {
    match store.find_schema().await {
        Ok(Schema::Current) => return true,
        Ok(Schema::Behind(missing)) => report.hint(
            &format!("the schema lacks {}; nothing further was looked at", missing.join(", ")),
            "Make a backup; the next start of `linkhub serve` adds them.",
        ),
        Ok(Schema::Foreign(version)) => report.wrong(
            &format!("this program does not know the schema: migration {version} is not its own"),
            "Run the release of linkhub that last served this database, or a newer one.",
        ),
        Err(error) => failed(error, report),
    }
    false
}

async fn check_writes(store: &Store, report: &mut Report) {
    if !store.is_ready().await || !store.probe_write().await {
        report.wrong(
            &format!("{} cannot be written", store.engine()),
            "Look at free space and permissions of its disk.",
        );
        return;
    }
    report.right(&format!("{} reads and writes, its schema is current", store.engine()));
    if let Ok(Some(pragmas)) = store.pragmas().await {
        report.right(&format!("SQLite writes with {pragmas}"));
    }
}

async fn check_key(settings: &Settings, store: &Store, report: &mut Report) -> Option<Vault> {
    let path = settings.key_file();
    let found = match Keyring::read(&path) {
        Ok(Some(ring)) => {
            let vault = Vault::new(ring);
            sealing::check_canaries(store, &vault, Clock::System.now()).await.map(|()| vault)
        }
        Ok(None) => Err(anyhow::anyhow!("there is no key file at {}", path.display())),
        Err(error) => Err(anyhow::Error::new(error)
            .context(format!("the key file {} cannot be used", path.display()))),
    };
    match found {
        Ok(vault) => {
            report.right("the key file belongs to the database");
            Some(vault)
        }
        Err(error) => {
            report.wrong(
                &format!("{error:#}"),
                "Put the key file back from your backup; LINKHUB_KEY_FILE says where it is.",
            );
            None
        }
    }
}

async fn check_admin(settings: &Settings, store: &Store, report: &mut Report) {
    match store.count_admins().await {
        Ok(0) => report.hint(
            "there is no admin yet",
            &format!(
                "Open the setup link that `linkhub serve` prints, at {}.",
                settings.public_url
            ),
        ),
        Ok(_) => {
            report.right("there is an admin; `linkhub admin set-password` changes the password");
        }
        Err(error) => {
            report.wrong(&format!("{:#}", anyhow::Error::new(error)), "Look at the database.");
        }
    }
}

async fn check_api_keys(store: &Store, report: &mut Report) {
    let keys = match store.list_api_keys().await {
        Ok(keys) => keys,
        Err(error) => {
            report.wrong(&format!("{:#}", anyhow::Error::new(error)), "Look at the database.");
            return;
        }
    };
    let in_use = || keys.iter().filter(|key| key.revoked_at.is_none());
    if in_use().next().is_some() {
        report.right(&format!("API keys in use: {}", in_use().count()));
    }
    for key in in_use().filter(|key| key.may(Scope::CredentialsRead)) {
        report.hint(
            &format!("the API key “{}” may read stored Qlik keys (credentials:read)", key.name),
            &format!("If that is not needed: linkhub api-key revoke {}", key.id),
        );
    }
}
