//! The form of the Hub as a component draws it, and the notice that stands in its place.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::model::language::Language;
use crate::state::Site;
use crate::web::api::{PROVIDER, PROVIDER_NAME};
use crate::web::error::WebError;
use crate::web::{paths, texts};

/// As a data URI, because a page's policy lets in no picture of ours, and a component that cannot load
/// one asks a third party for another.
const LOGO: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23146c43'/%3E%3Cg fill='none' stroke='%23fff' stroke-width='3' stroke-linecap='round'%3E%3Cpath d='M13.5 18.5l5-5'/%3E%3Cpath d='M15 10.5l1.8-1.8a4.6 4.6 0 0 1 6.5 6.5l-1.8 1.8'/%3E%3Cpath d='M17 21.5l-1.8 1.8a4.6 4.6 0 0 1-6.5-6.5l1.8-1.8'/%3E%3C/g%3E%3C/svg%3E";

/// Says nothing of whose it is.
const PLAIN: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='16' cy='16' r='11' fill='none' stroke='%23667085' stroke-width='3'/%3E%3C/svg%3E";

/// What can be linked: always the one of this hub.
#[derive(Debug, Serialize, ToSchema)]
pub struct Integrations {
    pub integrations: [Integration; 1],
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Integration {
    pub active: bool,
    pub name: &'static str,
    pub provider: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub version: &'static str,
    pub authentication_config_key: &'static str,
    pub environment: &'static str,
    pub integration_id: &'static str,
    pub logo_url: Cow<'static, str>,
}

/// The operator's logo; without one our mark, unless the hub goes by another name.
fn icon(site: &Site) -> Cow<'static, str> {
    match site.brand.logo_data() {
        Some(logo) => logo.into(),
        None if site.brand.is_ours() => LOGO.into(),
        None => PLAIN.into(),
    }
}

impl Integrations {
    pub fn of(site: &Site) -> Self {
        Self {
            integrations: [Integration {
                active: true,
                name: PROVIDER_NAME,
                provider: PROVIDER,
                kind: "custom",
                version: "1",
                authentication_config_key: "api_key",
                environment: "production",
                integration_id: PROVIDER,
                logo_url: icon(site),
            }],
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Connector {
    pub config: Config,
    #[schema(value_type = Object)]
    pub hub_settings: Value,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    pub key: &'static str,
    pub name: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub config_fields: Vec<FormField>,
    pub config_notices: Vec<Notice>,
    pub assets: Assets,
    pub support: Option<Support>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Assets {
    pub icon: Cow<'static, str>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Support {
    pub link: String,
    pub description: Cow<'static, str>,
}

/// A sentence beside the form; Markdown.
#[derive(Debug, Serialize, ToSchema)]
pub struct Notice {
    pub key: &'static str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub description: String,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FormField {
    pub key: &'static str,
    pub label: Cow<'static, str>,
    /// `text`, `password`, or `none` for what is not drawn.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub required: bool,
    pub read_only: bool,
    pub secret: bool,
    pub placeholder: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Cow<'static, str>>,
}

/// Where the operator helps; without that, the guide.
fn support(site: &Site, language: Language) -> Support {
    match &site.brand.support {
        Some(help) => {
            Support { link: help.href.clone(), description: texts::get(language, "layout-help") }
        }
        None => Support {
            link: format!("{}{}", site.origin(), paths::guide(language)),
            description: texts::get(language, "guide-title"),
        },
    }
}

impl Connector {
    fn of(site: &Site, fields: Vec<FormField>, notices: Vec<Notice>, support: Support) -> Self {
        Self {
            config: Config {
                key: PROVIDER,
                name: PROVIDER_NAME,
                kind: "custom",
                config_fields: fields,
                config_notices: notices,
                assets: Assets { icon: icon(site) },
                support: Some(support),
            },
            hub_settings: serde_json::json!({
                "configured_webhook_events": Map::new(),
                "project_settings": Map::new(),
            }),
        }
    }

    /// `renews`: tenant and region are settled, only the key is asked for.
    pub fn form(site: &Site, renews: bool, language: Language) -> Self {
        let text = |name: &str| texts::get(language, name);
        let address = |key, name, placeholder| FormField {
            key,
            label: text(name),
            kind: "text",
            required: true,
            read_only: renews,
            placeholder,
            ..FormField::default()
        };
        let fields = vec![
            FormField {
                description: Some(text("hub-tenant-name-hint")),
                ..address("tenantName", "hub-tenant-name", "my-company")
            },
            address("region", "hub-region", "us"),
            FormField {
                kind: "password",
                secret: true,
                read_only: false,
                description: Some(text("hub-api-key-hint")),
                ..address("apiKey", "hub-api-key", "eyJ…")
            },
        ];
        Self::of(site, fields, Vec::new(), support(site, language))
    }

    /// Words in place of a form. A field that is not drawn and must be filled keeps `Connect` from being
    /// pressed.
    pub fn told(site: &Site, error: &WebError, language: Language) -> Self {
        let WebError { code, title, reason, next_step, .. } = error;
        let description = format!("**{title}. {reason}** {next_step}");
        let notice = Notice { key: code, kind: "warning", description };
        let field = FormField {
            key: "session",
            label: "Session".into(),
            kind: "none",
            required: true,
            read_only: true,
            ..FormField::default()
        };
        Self::of(site, vec![field], vec![notice], support(site, language))
    }
}
