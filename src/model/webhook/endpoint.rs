//! A place that webhooks are sent to.

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::id::WebhookEndpointId;
use crate::model::event::Actor;
use crate::secret::Sealed;

/// Stands in [`WebhookEndpoint::events`] for all events, also those that are announced later.
pub const EVERYTHING: &str = "*";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookEndpoint {
    pub id: WebhookEndpointId,
    /// Grows with every edit; an update names the version that it read.
    pub version: i64,
    pub url: String,
    pub description: String,
    /// Names of [`super::ANNOUNCED`], or [`EVERYTHING`] alone.
    pub events: Vec<String>,
    /// The secret before the last rotation signs too until then; it may be past.
    pub old_secret_ends_at: Option<Timestamp>,
    pub made_by: Actor,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// While it is switched off nothing is sent and nothing new is collected; what was pending before waits.
    pub disabled: Option<Disabled>,
    /// Since when no attempt has succeeded, although there were some.
    pub failing_since: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disabled {
    pub at: Timestamp,
    pub by: DisabledBy,
}

/// Why an endpoint is switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisabledBy {
    /// Somebody did it, on a page or by the API.
    Admin,
    /// No attempt has succeeded for five days.
    Failures,
    /// It has answered 410 Gone.
    Gone,
}

impl DisabledBy {
    pub const ALL: [Self; 3] = [Self::Admin, Self::Failures, Self::Gone];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Failures => "failures",
            Self::Gone => "gone",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == text)
    }
}

impl WebhookEndpoint {
    pub fn is_enabled(&self) -> bool {
        self.disabled.is_none()
    }

    /// Whether it asks for events of this name.
    pub fn wants(&self, event_type: &str) -> bool {
        self.events.iter().any(|name| name == EVERYTHING || name == event_type)
    }

    /// What the history tells of it.
    pub fn told(&self) -> Value {
        json!({
            "endpoint_id": self.id,
            "url": self.url,
            "description": self.description,
            "events": self.events,
        })
    }
}

/// The sealed secrets of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointSecrets {
    pub current: Sealed,
    /// The one before the last rotation, until its end.
    pub old: Option<(Sealed, Timestamp)>,
}
