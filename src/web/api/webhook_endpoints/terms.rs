//! What a back end says of an endpoint.

use std::time::Duration;

use serde::Deserialize;
use utoipa::ToSchema;

use crate::linking::{EndpointEdit, KEEP_OLD_SECRET, KEEP_OLD_SECRET_MAX, NewEndpoint};
use crate::model::webhook::EVERYTHING;
use crate::web::api::body;
use crate::web::api::problems::Problems;
use crate::web::error::WebError;

/// What a new endpoint is to be. `null` counts as not given.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewWebhookEndpoint {
    /// Where it takes them. `http` and private addresses only if the operator allows them.
    #[schema(value_type = WebhookUrl)]
    url: String,
    /// For yourself.
    #[schema(max_length = 200, example = "Billing")]
    description: Option<String>,
    /// The names of events, or `*` for all. All if not given.
    #[schema(value_type = Option<Vec<EventName>>, min_items = 1, max_items = 20,
        example = json!(["account.created", "account.expiring", "account.error"]))]
    events: Option<Vec<String>>,
}

/// What is to be otherwise. What is not given, or `null`, stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WebhookEndpointPatch {
    #[schema(value_type = Option<WebhookUrl>)]
    url: Option<String>,
    #[schema(max_length = 200, example = "Billing")]
    description: Option<String>,
    #[schema(value_type = Option<Vec<EventName>>, min_items = 1, max_items = 20, example = json!(["*"]))]
    events: Option<Vec<String>>,
    /// `false` switches it off. `true` switches it on, also if failures have switched it off.
    enabled: Option<bool>,
}

/// How a new secret takes the place of the old one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SecretRotation {
    /// For how many seconds the old secret signs too.
    #[serde(default, deserialize_with = "body::whole")]
    #[schema(minimum = 0, maximum = 2_592_000, default = 86_400)]
    keep_old_seconds: Option<i64>,
}

/// The address of a receiver.
#[derive(Debug, ToSchema)]
#[schema(
    max_length = 2048,
    example = "https://app.example.com/webhooks/linkhub",
    pattern = r"^https://[a-z](-?[a-z0-9]){0,20}(\.[a-z](-?[a-z0-9]){0,20}){1,5}(/[a-z0-9]{0,20}){0,5}$"
)]
#[expect(dead_code, reason = "it describes a text")]
pub struct WebhookUrl(String);

/// What one can be told of.
#[derive(Debug, ToSchema)]
pub enum EventName {
    #[schema(rename = "*")]
    All,
    #[schema(rename = "account.created")]
    AccountCreated,
    #[schema(rename = "account.updated")]
    AccountUpdated,
    #[schema(rename = "account.deleted")]
    AccountDeleted,
    #[schema(rename = "account.expiring")]
    AccountExpiring,
    #[schema(rename = "account.expired")]
    AccountExpired,
    #[schema(rename = "account.error")]
    AccountError,
    #[schema(rename = "account.recovered")]
    AccountRecovered,
    #[schema(rename = "account.renewed")]
    AccountRenewed,
    #[schema(rename = "account.suspended")]
    AccountSuspended,
    #[schema(rename = "account.resumed")]
    AccountResumed,
    #[schema(rename = "connect_session.created")]
    SessionCreated,
    #[schema(rename = "connect_session.completed")]
    SessionCompleted,
    #[schema(rename = "connect_session.failed")]
    SessionFailed,
}

/// How far a delivery is.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum DeliveryStateName {
    Pending,
    Delivered,
    Failed,
}

impl NewWebhookEndpoint {
    pub fn read(self) -> Result<NewEndpoint, WebError> {
        let mut problems = Problems::default();
        let description = self.description.unwrap_or_default();
        let description = problems.short_text("description", &description);
        problems.none()?;
        let events = self.events.unwrap_or_else(|| vec![EVERYTHING.to_owned()]);
        Ok(NewEndpoint { url: self.url, description, events })
    }
}

impl WebhookEndpointPatch {
    pub fn read(self) -> Result<EndpointEdit, WebError> {
        let mut problems = Problems::default();
        let description = self.description.map(|given| problems.short_text("description", &given));
        problems.none()?;
        let Self { url, events, enabled, .. } = self;
        Ok(EndpointEdit { url, description, events, enabled })
    }
}

impl SecretRotation {
    pub fn read(self) -> Result<Duration, WebError> {
        let Some(seconds) = self.keep_old_seconds else { return Ok(KEEP_OLD_SECRET) };
        let kept = u64::try_from(seconds).ok().map(Duration::from_secs);
        kept.filter(|kept| *kept <= KEEP_OLD_SECRET_MAX).ok_or_else(|| {
            let mut problems = Problems::default();
            let most = KEEP_OLD_SECRET_MAX.as_secs();
            problems.add("keep_old_seconds", format!("It must be from 0 to {most} seconds."));
            problems.into()
        })
    }
}
