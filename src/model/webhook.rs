//! Webhooks: which events are told to back ends, and what they are told.

use serde_json::{Value, json};

use crate::model::account::Account;
use crate::model::connect_session::ConnectSession;
use crate::model::event::{Action, Event};

mod delivery;
mod endpoint;

pub use delivery::{
    Attempt, Delivery, DeliveryState, KEPT, LONGEST_WAIT, PATIENCE, RETRIES, next_attempt,
};
pub use endpoint::{Disabled, DisabledBy, EVERYTHING, EndpointSecrets, WebhookEndpoint};

/// The events that an endpoint can ask for. Of [`Action::SessionCreated`] only those are told that somebody
/// wants announced, with the link in the payload; they go to whoever asks for them by name or for everything.
pub const ANNOUNCED: [Action; 13] = [
    Action::AccountCreated,
    Action::AccountUpdated,
    Action::AccountDeleted,
    Action::AccountExpiring,
    Action::AccountExpired,
    Action::AccountError,
    Action::AccountRecovered,
    Action::AccountRenewed,
    Action::AccountSuspended,
    Action::AccountResumed,
    Action::SessionCreated,
    Action::SessionCompleted,
    Action::SessionFailed,
];

/// Whom an event is about, as the receiver of a webhook learns it. No secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Events with the same key are delivered in their order.
    pub ordering_key: String,
    /// The contract's names, at the top of the payload.
    owner: Value,
    /// Beside the event's own detail.
    data: Value,
}

impl Subject {
    pub fn of_account(account: &Account) -> Self {
        let reasons = account.status_reasons.iter();
        let data = json!({
            "account": {
                "id": account.id,
                "name": account.name(),
                "label": account.label,
                "type": account.kind,
                "metadata": account.metadata,
                "status": account.status,
                "status_reasons": reasons
                    .map(|r| json!({ "code": r.code, "timestamp": r.timestamp.to_string() }))
                    .collect::<Vec<_>>(),
                "tenant": {
                    "id": account.tenant.id,
                    "name": account.tenant.name,
                    "host": account.tenant.hostname,
                },
                "user": {
                    "id": account.user.id,
                    "name": account.user.name,
                    "email": account.user.email,
                },
                "key_id": account.key.id,
                "expires_at": account.key.expires_at.map(|at| at.to_string()),
                "last_checked_at": account.last_checked_at.to_string(),
            },
        });
        Self {
            ordering_key: account.id.as_str().to_owned(),
            owner: json!({
                "account_id": account.id,
                "provider": "qlik",
                "origin_owner_id": account.owner.id,
                "origin_owner_name": account.owner.name,
                "origin_username": account.owner.username,
            }),
            data,
        }
    }

    pub fn of_session(session: &ConnectSession) -> Self {
        let account_id = session.linked_account_id.as_ref().or(session.terms.account_id.as_ref());
        let owner = &session.terms.owner;
        Self {
            ordering_key: account_id
                .map_or_else(|| session.id.as_str().to_owned(), ToString::to_string),
            owner: json!({
                "account_id": account_id,
                "provider": "qlik",
                "origin_owner_id": owner.id,
                "origin_owner_name": owner.name,
                "origin_username": owner.username,
            }),
            data: json!({ "connect_session_id": session.id }),
        }
    }
}

/// An event as it is sent: the names of Standard Webhooks, beside them those of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub event_type: &'static str,
    pub ordering_key: String,
    pub payload: Value,
}

impl Event {
    /// What webhooks tell of this event; `None` if it is for the history alone.
    pub fn announcement(&self) -> Option<Announcement> {
        let subject = self.subject.as_ref()?;
        if !ANNOUNCED.contains(&self.action) {
            return None;
        }
        let event_type = self.action.as_str();
        let mut payload = json!({
            "type": event_type,
            "event": event_type,
            "timestamp": self.at.to_string(),
        });
        let mut data = subject.data.clone();
        for (into, from) in [(&mut payload, &subject.owner), (&mut data, &self.detail)] {
            if let (Value::Object(into), Value::Object(from)) = (into, from) {
                into.extend(from.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
        payload["data"] = data;
        Some(Announcement { event_type, ordering_key: subject.ordering_key.clone(), payload })
    }
}
