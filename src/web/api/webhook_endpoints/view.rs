//! Endpoints, deliveries and attempts as the API tells them.

use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::model::webhook::{Attempt, Delivery, WebhookEndpoint};
use crate::web::api::connect_sessions::view::MadeBy;

/// Where webhooks are sent, without the secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpointView {
    #[schema(example = "whe_0198f0c2a1b37abc8def000000000000")]
    pub id: String,
    #[schema(example = "https://app.example.com/webhooks/linkhub")]
    pub url: String,
    #[schema(example = "Billing")]
    pub description: String,
    /// Names of events; `["*"]` for all.
    #[schema(example = json!(["account.created", "account.expiring"]))]
    pub events: Vec<String>,
    pub enabled: bool,
    /// `admin` if somebody has switched it off, `failures` if nothing could be delivered for five days, `gone` if
    /// the receiver has answered 410.
    #[schema(example = "failures")]
    pub disabled_by: Option<&'static str>,
    #[schema(format = DateTime)]
    pub disabled_at: Option<String>,
    /// Since when no attempt has succeeded, although there were some.
    #[schema(format = DateTime)]
    pub failing_since: Option<String>,
    /// Until when the secret before the last change signs too.
    #[schema(format = DateTime)]
    pub old_secret_ends_at: Option<String>,
    pub made_by: MadeBy,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,
}

/// An endpoint with its new secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookSecretView {
    #[serde(flatten)]
    pub endpoint: WebhookEndpointView,
    /// Signs the webhooks. It is not shown again.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

/// One webhook, to one endpoint.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryView {
    /// Of the event in the history, and `webhook-id` of every attempt.
    #[schema(example = "evt_0198f0c2a1b37abc8def000000000000")]
    pub event_id: String,
    #[schema(example = "account.expiring")]
    pub event_type: String,
    #[schema(example = "acc_0198f0c2a1b37abc8def000000000000")]
    pub account_id: Option<String>,
    /// `pending`, `delivered` or `failed`.
    #[schema(example = "delivered")]
    pub state: &'static str,
    pub attempt_count: u32,
    #[schema(format = DateTime)]
    pub created_at: String,
    /// `null` while an earlier one of the same account waits, while the endpoint is switched off, and at the end.
    #[schema(format = DateTime)]
    pub next_attempt_at: Option<String>,
    #[schema(format = DateTime)]
    pub finished_at: Option<String>,
}

/// A delivery with what was sent, and each attempt, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryDetail {
    #[serde(flatten)]
    pub delivery: WebhookDeliveryView,
    /// The body of the request.
    #[schema(value_type = Object)]
    pub payload: Value,
    pub attempts: Vec<WebhookAttemptView>,
}

/// One request to the receiver.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAttemptView {
    #[schema(example = "wha_0198f0c2a1b37abc8def000000000000")]
    pub id: String,
    #[schema(format = DateTime)]
    pub attempted_at: String,
    #[schema(example = 41)]
    pub duration_ms: u64,
    #[schema(example = "https://app.example.com/webhooks/linkhub")]
    pub url: String,
    /// Whether the receiver has answered with 200 to 299.
    pub succeeded: bool,
    /// What the receiver answered; `null` if it did not.
    #[schema(example = 204)]
    pub status: Option<u16>,
    /// Why it was not delivered, in words; `null` if it was.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: String,
}

/// What became of a test event.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedView {
    #[schema(example = "evt_0198f0c2a1b37abc8def000000000000")]
    pub event_id: String,
    #[serde(flatten)]
    pub attempt: WebhookAttemptView,
}

fn moment(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

fn parsed(payload: &str) -> Value {
    serde_json::from_str(payload).unwrap_or_default()
}

impl WebhookEndpointView {
    pub fn of(endpoint: &WebhookEndpoint, now: Timestamp) -> Self {
        let ends = endpoint.old_secret_ends_at.filter(|ends| *ends > now);
        Self {
            id: endpoint.id.to_string(),
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            events: endpoint.events.clone(),
            enabled: endpoint.is_enabled(),
            disabled_by: endpoint.disabled.map(|off| off.by.as_str()),
            disabled_at: moment(endpoint.disabled.map(|off| off.at)),
            failing_since: moment(endpoint.failing_since),
            old_secret_ends_at: moment(ends),
            made_by: MadeBy::of(&endpoint.made_by),
            created_at: endpoint.created_at.to_string(),
            updated_at: endpoint.updated_at.to_string(),
        }
    }
}

impl WebhookSecretView {
    pub fn of(endpoint: &WebhookEndpoint, secret: &SecretString, now: Timestamp) -> Self {
        let endpoint = WebhookEndpointView::of(endpoint, now);
        Self { endpoint, secret: secret.expose_secret().to_owned() }
    }
}

impl WebhookDeliveryView {
    pub fn of(delivery: &Delivery) -> Self {
        let payload = parsed(&delivery.payload);
        Self {
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.clone(),
            account_id: payload["account_id"].as_str().map(str::to_owned),
            state: delivery.state.as_str(),
            attempt_count: delivery.attempts,
            created_at: delivery.created_at.to_string(),
            next_attempt_at: moment(delivery.next_attempt_at),
            finished_at: moment(delivery.finished_at),
        }
    }
}

impl WebhookDeliveryDetail {
    pub fn of(delivery: &Delivery, attempts: &[Attempt]) -> Self {
        Self {
            delivery: WebhookDeliveryView::of(delivery),
            payload: parsed(&delivery.payload),
            attempts: attempts.iter().map(WebhookAttemptView::of).collect(),
        }
    }
}

impl WebhookAttemptView {
    pub fn of(attempt: &Attempt) -> Self {
        Self {
            id: attempt.id.to_string(),
            attempted_at: attempt.at.to_string(),
            duration_ms: u64::try_from(attempt.duration.as_millis()).unwrap_or(u64::MAX),
            url: attempt.url.clone(),
            succeeded: attempt.succeeded(),
            status: attempt.status,
            error: attempt.error.clone(),
            answer: attempt.answer.clone(),
        }
    }
}

impl TestedView {
    pub fn of(attempt: &Attempt) -> Self {
        Self { event_id: attempt.event_id.to_string(), attempt: WebhookAttemptView::of(attempt) }
    }
}
