//! What each part of the hub gets of the settings.

use std::fs::File;
use std::io::Read as _;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::Settings;
use crate::linking::LimitSettings;
use crate::model::account::Rules;
use crate::qlik::QlikSettings;
use crate::store::Location;
use crate::web::brand::{BrandSettings, LARGEST_LOGO};
use crate::webhook::WebhookSettings;

impl Settings {
    pub fn key_file(&self) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| self.data_dir.join("linkhub.key"))
    }

    pub fn admin_password(&self) -> anyhow::Result<Option<SecretString>> {
        secret(self.admin_password.as_ref(), self.admin_password_file.as_deref())
    }

    pub fn location(&self) -> anyhow::Result<Location> {
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
