//! What a back end says when it makes a connect session.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

use crate::id::AccountId;
use crate::model::account::{AccountKind, METADATA_MAX, Owner};
use crate::model::connect_session::{
    self, LIFETIME_DEFAULT, LIFETIME_MAX, LIFETIME_MIN, Origin, Terms,
};
use crate::model::language::Language;
use crate::web::api::PROVIDER;
use crate::web::api::body;
use crate::web::api::problems::Problems;
use crate::web::error::WebError;

const ORIGINS_MAX: usize = 20;
const URL_MAX: usize = 2000;
/// StackOne's clients accept no others in an answer.
const CATEGORIES: [&str; 13] = [
    "ats",
    "hris",
    "hris-legacy",
    "crm",
    "iam",
    "marketing",
    "lms",
    "stackone",
    "documents",
    "ticketing",
    "screening",
    "messaging",
    "accounting",
];

/// What a new connect session is to be. `null` counts as not given.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewConnectSession {
    /// Your own id of the customer who links.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"[^\s\x00-\x1f\x7f-\x9f]",
        example = "customer-1"
    )]
    origin_owner_id: String,
    /// What you call that customer.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"[^\s\x00-\x1f\x7f-\x9f]",
        example = "My Company"
    )]
    origin_owner_name: String,
    /// Which of the customer's people links.
    #[schema(max_length = 200, example = "jane.doe@example.com")]
    origin_username: Option<String>,
    /// Only `qlik` is possible.
    #[schema(pattern = "^qlik$", example = "qlik")]
    provider: Option<String>,
    /// Ignored; part of the contract.
    #[serde(rename = "provider_version")]
    _provider_version: Option<String>,
    /// Kept and handed back.
    #[schema(max_items = 13, value_type = Option<Vec<SessionCategory>>)]
    categories: Option<Vec<String>>,
    /// The account that is renewed, whoever its owner links last.
    #[schema(max_length = 200)]
    account_id: Option<String>,
    /// The owner may link one more account beside those there are.
    multiple: Option<bool>,
    /// What the account is called.
    #[schema(max_length = 200)]
    label: Option<String>,
    /// Kept with the account and handed back. At most 8 KiB of JSON.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    #[serde(rename = "type")]
    #[schema(value_type = Option<Kind>)]
    kind: Option<String>,
    /// How long the token is good, in seconds.
    #[serde(default, deserialize_with = "body::whole")]
    #[schema(minimum = 60, maximum = 2_592_000, default = 1800)]
    expires_in: Option<i64>,
    /// Pages of these origins may embed the Hub with this session.
    #[schema(max_items = 20, example = json!(["https://app.example.com"]),
        value_type = Option<Vec<WebOrigin>>)]
    allowed_origins: Option<Vec<String>>,
    /// Where `Done` leads: https, or http on localhost.
    #[schema(
        max_length = 2000,
        example = "https://app.example.com/linked",
        pattern = r"^https://[a-z](-?[a-z0-9]){0,20}(\.[a-z](-?[a-z0-9]){0,20}){0,5}(/[a-z0-9]{0,20}){0,5}$"
    )]
    success_url: Option<String>,
    /// Whether the first success is the last. True if not given.
    single_use: Option<bool>,
    /// The Hub's language; otherwise the browser says.
    #[schema(value_type = Option<LanguageTag>, example = "en")]
    language: Option<String>,
    /// For yourself, in the list of sessions.
    #[schema(max_length = 200)]
    note: Option<String>,
}

/// Whether the account is one that counts.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum Kind {
    Production,
    Test,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "kebab-case")]
pub enum SessionCategory {
    Ats,
    Hris,
    HrisLegacy,
    Crm,
    Iam,
    Marketing,
    Lms,
    Stackone,
    Documents,
    Ticketing,
    Screening,
    Messaging,
    Accounting,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum LanguageTag {
    En,
    De,
    Fr,
    Es,
    Ja,
    Pt,
}

/// As browsers send it.
#[derive(Debug, ToSchema)]
#[schema(
    pattern = r"^https?://[a-z](-?[a-z0-9]){0,20}(\.[a-z](-?[a-z0-9]){0,20}){0,5}(:[1-9][0-9]{0,3})?$"
)]
#[expect(dead_code, reason = "it describes a text")]
pub struct WebOrigin(String);

impl NewConnectSession {
    pub fn read(self) -> Result<(Terms, Duration), WebError> {
        let mut problems = Problems::default();
        let text = |problems: &mut Problems, field, given: &Option<String>| {
            given.as_ref().map(|given| problems.short_text(field, given)).unwrap_or_default()
        };
        if self.provider.as_ref().is_some_and(|provider| provider != PROVIDER) {
            problems.add("provider", "It must be qlik.");
        }
        let owner = Owner {
            id: problems.needed("origin_owner_id", &self.origin_owner_id),
            name: problems.needed("origin_owner_name", &self.origin_owner_name),
            username: text(&mut problems, "origin_username", &self.origin_username),
        };
        let lifetime = lifetime(self.expires_in, &mut problems);
        let terms = Terms {
            owner,
            account_id: None,
            multiple: self.multiple.unwrap_or(false),
            reusable: !self.single_use.unwrap_or(true),
            label: text(&mut problems, "label", &self.label),
            metadata: metadata(self.metadata.unwrap_or_default(), &mut problems),
            kind: kind(self.kind.as_deref(), &mut problems).unwrap_or_default(),
            categories: categories(self.categories.unwrap_or_default(), &mut problems),
            allowed_origins: origins(&self.allowed_origins.unwrap_or_default(), &mut problems),
            success_url: self.success_url.and_then(|text| success_url(&text, &mut problems)),
            language: self.language.and_then(|tag| language(&tag, &mut problems)),
            note: text(&mut problems, "note", &self.note),
        };
        problems.none()?;
        let account_id = self.account_id.map(AccountId::try_from).transpose();
        let account_id = account_id.map_err(|_| WebError::no_such_account())?;
        Ok((Terms { account_id, ..terms }, lifetime))
    }
}

fn lifetime(seconds: Option<i64>, problems: &mut Problems) -> Duration {
    let Some(seconds) = seconds else { return LIFETIME_DEFAULT };
    let lifetime = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
    if !(LIFETIME_MIN..=LIFETIME_MAX).contains(&lifetime) {
        let (least, most) = (LIFETIME_MIN.as_secs(), LIFETIME_MAX.as_secs());
        problems.add("expires_in", format!("It must be from {least} to {most} seconds."));
    }
    lifetime
}

pub fn metadata(metadata: Map<String, Value>, problems: &mut Problems) -> Map<String, Value> {
    if Value::Object(metadata.clone()).to_string().len() > METADATA_MAX {
        problems.add("metadata", "It may have 8 KiB of JSON.");
    }
    metadata
}

pub fn kind(text: Option<&str>, problems: &mut Problems) -> Option<AccountKind> {
    let kind = AccountKind::parse(text?);
    if kind.is_none() {
        problems.add("type", "It must be production or test.");
    }
    kind
}

fn categories(given: Vec<String>, problems: &mut Problems) -> Vec<String> {
    if given.len() > CATEGORIES.len() {
        problems.add("categories", format!("It may have {} items.", CATEGORIES.len()));
    }
    if given.iter().any(|category| !CATEGORIES.contains(&category.as_str())) {
        problems.add("categories", format!("Each must be one of {}.", CATEGORIES.join(", ")));
    }
    given
}

fn origins(given: &[String], problems: &mut Problems) -> Vec<Origin> {
    if given.len() > ORIGINS_MAX {
        problems.add("allowed_origins", format!("It may have {ORIGINS_MAX} items."));
    }
    given
        .iter()
        .filter_map(|text| {
            let origin = text.parse();
            if let Err(error) = &origin {
                problems.add("allowed_origins", format!("{text:.100?}: {error}."));
            }
            origin.ok()
        })
        .collect()
}

fn success_url(text: &str, problems: &mut Problems) -> Option<Url> {
    let url = connect_session::success_url(text);
    if text.len() > URL_MAX {
        problems.add("success_url", format!("It may have {URL_MAX} characters."));
    } else if url.is_none() {
        problems.add("success_url", "It must be a whole https address, or http on localhost.");
    }
    url
}

fn language(tag: &str, problems: &mut Problems) -> Option<Language> {
    let language = Language::parse(tag);
    if language.is_none() {
        let known = Language::ALL.map(Language::as_str).join(", ");
        problems.add("language", format!("It must be one of {known}."));
    }
    language
}
