//! The only reader of settings: one struct gives flags, environment variables and help.

use std::fs::File;
use std::io::Read as _;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};
use secrecy::SecretString;
use url::Url;

use crate::linking::LimitSettings;
use crate::model::account::Rules;
use crate::model::connect_session::Origin;
use crate::qlik::QlikSettings;
use crate::store::Location;
use crate::web::brand::{BrandSettings, LARGEST_LOGO, OURS};
use crate::webhook::WebhookSettings;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// Every setting is an environment variable or the flag of the same name; every secret can also be
/// read from the file that the variable with `_FILE` names.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// Where the hub listens.
    #[arg(long, env = "LINKHUB_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,

    /// How people reach the hub; decides cookies, links and origins.
    #[arg(
        long,
        env = "LINKHUB_PUBLIC_URL",
        default_value = "http://localhost:8080",
        global = true
    )]
    pub public_url: Url,

    /// Folder of the `SQLite` file and the key file.
    #[arg(long, env = "LINKHUB_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,

    /// Database: `sqlite:FILE` or `postgres://…`; without it `SQLite` in the data folder.
    #[arg(long, env = "LINKHUB_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<SecretString>,

    /// File that holds the database's URL.
    #[arg(long, env = "LINKHUB_DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,

    /// The sealing keys; made on the first start. Without it `linkhub.key` in the data folder.
    #[arg(long, env = "LINKHUB_KEY_FILE", global = true)]
    pub key_file: Option<PathBuf>,

    /// Sets the admin's password on the very first start; otherwise a one-time setup link is printed.
    #[arg(long, env = "LINKHUB_ADMIN_PASSWORD", hide_env_values = true, global = true)]
    pub admin_password: Option<SecretString>,

    /// File that holds the admin's first password.
    #[arg(long, env = "LINKHUB_ADMIN_PASSWORD_FILE", global = true)]
    pub admin_password_file: Option<PathBuf>,

    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed, comma-separated.
    #[arg(long, env = "LINKHUB_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<std::net::IpAddr>,

    /// Domains below which Qlik tenants live, comma-separated.
    #[arg(
        long,
        env = "LINKHUB_QLIK_BASE_DOMAINS",
        value_delimiter = ',',
        default_value = "qlikcloud.com",
        global = true
    )]
    pub qlik_base_domains: Vec<String>,

    /// `host:port` to dial instead of every tenant host, for tests and the sandbox.
    #[arg(long, env = "LINKHUB_QLIK_CONNECT_TO", global = true)]
    pub qlik_connect_to: Option<String>,

    /// Additional root certificates for calls to Qlik, PEM.
    #[arg(long, env = "LINKHUB_QLIK_CA_FILE", global = true)]
    pub qlik_ca_file: Option<PathBuf>,

    /// Seconds to reach a tenant's host.
    #[arg(long, env = "LINKHUB_QLIK_CONNECT_TIMEOUT", default_value = "5", global = true)]
    pub qlik_connect_timeout: NonZeroU32,

    /// Seconds for a whole verification.
    #[arg(long, env = "LINKHUB_QLIK_TIMEOUT", default_value = "20", global = true)]
    pub qlik_timeout: NonZeroU32,

    /// Bytes of an answer of Qlik that are read at most.
    #[arg(long, env = "LINKHUB_QLIK_MAX_BODY", default_value = "1048576", global = true)]
    pub qlik_max_body: NonZeroU32,

    /// Connects a minute that reach Qlik, for each caller and for each tenant.
    #[arg(long, env = "LINKHUB_CONNECT_LIMIT", default_value = "60", global = true)]
    pub connect_limit: NonZeroU32,

    /// Passwords tried a minute, for each caller.
    #[arg(long, env = "LINKHUB_SIGN_IN_LIMIT", default_value = "10", global = true)]
    pub sign_in_limit: NonZeroU32,

    /// Requests a minute to the API, for each API key.
    #[arg(long, env = "LINKHUB_API_LIMIT", default_value = "600", global = true)]
    pub api_limit: NonZeroU32,

    /// Whether this hub checks, renews and delivers in the background. Of several hubs on one `PostgreSQL` one
    /// is enough; more share the work.
    #[arg(
        long,
        env = "LINKHUB_BACKGROUND",
        default_value = "true",
        action = clap::ArgAction::Set,
        value_parser = BoolishValueParser::new(),
        global = true
    )]
    pub background: bool,

    /// Hours between two checks of a key with which nothing is wrong, at most.
    #[arg(long, env = "LINKHUB_CHECK_INTERVAL", default_value = "6", global = true)]
    pub check_interval: NonZeroU32,

    /// Checks and renewals a minute, for each tenant.
    #[arg(long, env = "LINKHUB_CHECK_LIMIT", default_value = "30", global = true)]
    pub check_limit: NonZeroU32,

    /// Per cent of a key's life that remain when people are told, comma-separated, each between 1 and 99.
    #[arg(
        long,
        env = "LINKHUB_EXPIRY_WARNINGS",
        default_value = "50,20,5",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u8).range(1..100),
        global = true
    )]
    pub expiry_warnings: Vec<u8>,

    /// Whether people may allow the hub to make a key's successor before it expires.
    #[arg(long, env = "LINKHUB_RENEWAL", value_parser = BoolishValueParser::new(), global = true)]
    pub renewal: bool,

    /// Whether webhooks may be sent to private and own addresses.
    #[arg(
        long,
        env = "LINKHUB_WEBHOOK_ALLOW_PRIVATE",
        value_parser = BoolishValueParser::new(),
        global = true
    )]
    pub webhook_allow_private: bool,

    /// Days for which history is kept; 0 for ever.
    #[arg(long, env = "LINKHUB_EVENT_RETENTION", default_value = "365", global = true)]
    pub event_retention: u32,

    /// Origins whose pages may embed the Hub with a connect session that names none, comma-separated.
    #[arg(long, env = "LINKHUB_ALLOWED_ORIGINS", value_delimiter = ',', global = true)]
    pub allowed_origins: Vec<Origin>,

    /// What people see the hub called.
    #[arg(long, env = "LINKHUB_BRAND_NAME", default_value = OURS, global = true)]
    pub brand_name: String,

    /// Logo for the top bar and the tab, SVG or PNG.
    #[arg(long, env = "LINKHUB_BRAND_LOGO_FILE", global = true)]
    pub brand_logo_file: Option<PathBuf>,

    /// Colour of buttons and links, `#rrggbb`; made darker or lighter where it could not be read.
    #[arg(long, env = "LINKHUB_BRAND_ACCENT", global = true)]
    pub brand_accent: Option<String>,

    /// Where people get help: `https://…`, `mailto:…` or a mail address.
    #[arg(long, env = "LINKHUB_BRAND_SUPPORT_URL", global = true)]
    pub brand_support_url: Option<String>,

    /// Leaves "Powered by linkhub" out.
    #[arg(
        long,
        env = "LINKHUB_BRAND_HIDE_POWERED_BY",
        value_parser = BoolishValueParser::new(),
        global = true
    )]
    pub brand_hide_powered_by: bool,

    /// What is logged, as `info` or `linkhub=debug,warn`.
    #[arg(long, env = "LINKHUB_LOG", default_value = "info", global = true)]
    pub log: String,

    /// How it is logged.
    #[arg(long, env = "LINKHUB_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
}

impl Settings {
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data_dir.join("linkhub.key"))
    }

    pub fn admin_password(&self) -> anyhow::Result<Option<SecretString>> {
        secret(self.admin_password.as_ref(), self.admin_password_file.as_deref())
    }

    pub fn location(&self) -> anyhow::Result<Location> {
        use secrecy::ExposeSecret as _;
        let Some(url) = secret(self.database_url.as_ref(), self.database_url_file.as_deref())?
        else {
            return Ok(Location::Sqlite(self.data_dir.join("linkhub.sqlite")));
        };
        let text = url.expose_secret();
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            ensure!(!path.is_empty(), "the database URL names no SQLite file: sqlite:FILE");
            return Ok(Location::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Location::Postgres(url));
        }
        bail!("the database URL is neither sqlite:FILE nor postgres://…")
    }

    pub fn qlik(&self) -> anyhow::Result<QlikSettings> {
        let ca_pem = match &self.qlik_ca_file {
            Some(path) => Some(std::fs::read(path).with_context(|| {
                format!("LINKHUB_QLIK_CA_FILE: cannot read {}", path.display())
            })?),
            None => None,
        };
        let seconds = |count: NonZeroU32| Duration::from_secs(count.get().into());
        Ok(QlikSettings {
            base_domains: self.qlik_base_domains.clone(),
            connect_to: self.qlik_connect_to.clone(),
            ca_pem,
            connect_timeout: seconds(self.qlik_connect_timeout),
            verification_timeout: seconds(self.qlik_timeout),
            max_body: self.qlik_max_body.get() as usize,
        })
    }

    pub fn brand(&self) -> anyhow::Result<BrandSettings> {
        let logo = match &self.brand_logo_file {
            Some(path) => Some(logo(path).with_context(|| {
                format!("LINKHUB_BRAND_LOGO_FILE: cannot read {}", path.display())
            })?),
            None => None,
        };
        Ok(BrandSettings {
            name: self.brand_name.clone(),
            logo,
            accent: self.brand_accent.clone(),
            support_url: self.brand_support_url.clone(),
            hide_powered_by: self.brand_hide_powered_by,
        })
    }

    pub fn rules(&self) -> anyhow::Result<Rules> {
        let mut warnings = self.expiry_warnings.clone();
        warnings.sort_unstable();
        warnings.reverse();
        warnings.dedup();
        let check_interval = Duration::from_hours(self.check_interval.get().into());
        let days = u64::from(self.event_retention);
        let history_kept = (days > 0).then(|| Duration::from_hours(24 * days));
        Ok(Rules {
            check_interval,
            check_limit: self.check_limit,
            warnings,
            renewal: self.renewal,
            history_kept,
            product: self.brand_name.clone(),
        })
    }

    pub fn webhooks(&self) -> WebhookSettings {
        WebhookSettings { allow_private: self.webhook_allow_private, own: self.listen.ip() }
    }

    pub fn limits(&self) -> LimitSettings {
        LimitSettings {
            connects_per_minute: self.connect_limit,
            sign_ins_per_minute: self.sign_in_limit,
            api_per_minute: self.api_limit,
        }
    }
}

/// No more of it than shows that it is too large.
fn logo(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(LARGEST_LOGO as u64 + 1).read_to_end(&mut content)?;
    Ok(content)
}

fn secret(
    value: Option<&SecretString>,
    file: Option<&Path>,
) -> anyhow::Result<Option<SecretString>> {
    match (value, file) {
        (Some(_), Some(path)) => {
            bail!("both a secret and a file for it ({}) are set; set one", path.display())
        }
        (Some(value), None) => Ok(Some(value.clone())),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read the secret in {}", path.display()))?;
            Ok(Some(SecretString::from(text.trim_end_matches(['\r', '\n']))))
        }
        (None, None) => Ok(None),
    }
}
