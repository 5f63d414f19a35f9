//! The lines of an endpoint's delivery log.

use crate::clock::Timestamp;
use crate::id::{AccountId, EventId, WebhookEndpointId};
use crate::model::webhook::{Delivery, DeliveryState, WebhookEndpoint};
use crate::web::components::{Badge, Choice};
use crate::web::pages::accounts::Moment;
use crate::web::pages::webhooks::badge;
use crate::web::paths;

#[derive(Debug)]
pub struct Line {
    pub href: String,
    pub event_type: String,
    /// Its page and its name.
    pub account: Option<(String, String)>,
    pub badge: Badge,
    pub attempts: u32,
    pub made: Moment,
    pub next: Option<Moment>,
    /// Why there is no next attempt.
    pub no_next: &'static str,
}

impl Line {
    pub fn new(delivery: &Delivery, endpoint: &WebhookEndpoint, now: Timestamp) -> Self {
        Self {
            href: paths::webhook_delivery(&delivery.endpoint_id, &delivery.event_id),
            event_type: delivery.event_type.clone(),
            account: account(delivery),
            badge: badge(delivery.state, delivery.attempts),
            attempts: delivery.attempts,
            made: Moment::of(delivery.created_at, now),
            next: delivery.next_attempt_at.map(|at| Moment::of(at, now)),
            no_next: no_next(delivery.state, endpoint),
        }
    }
}

/// Why a delivery that has no next attempt has none.
pub fn no_next(state: DeliveryState, endpoint: &WebhookEndpoint) -> &'static str {
    match state {
        DeliveryState::Pending if endpoint.is_enabled() => "after an earlier one",
        DeliveryState::Pending => "when it is switched on",
        DeliveryState::Delivered | DeliveryState::Failed => "none",
    }
}

/// The account that a delivery tells of: its page and what it is called.
pub fn account(delivery: &Delivery) -> Option<(String, String)> {
    let payload: serde_json::Value = serde_json::from_str(&delivery.payload).ok()?;
    let id = AccountId::try_from(payload["account_id"].as_str()?.to_owned()).ok()?;
    let name = payload["data"]["account"]["name"].as_str().filter(|name| !name.is_empty());
    Some((paths::account(&id), name.unwrap_or(id.as_str()).to_owned()))
}

/// The URL of the deliveries in a state, before `last` if there is one.
pub fn href(id: &WebhookEndpointId, state: &str, last: Option<&Delivery>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    if let Some(last) = last {
        let place = format!("{}.{}", last.created_at.as_millis(), last.event_id);
        query.append_pair("before", &place);
    }
    format!("{}?{}#deliveries", paths::webhook(id), query.finish())
}

/// Reads the place that [`href`] wrote.
pub fn place(text: &str) -> Option<(Timestamp, EventId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), EventId::try_from(id.to_owned()).ok()?))
}

pub fn states(chosen: &str) -> Vec<Choice> {
    let choice = |value: &str, text: &str| Choice {
        value: value.to_owned(),
        text: text.to_owned(),
        chosen: value == chosen,
    };
    vec![
        choice("", "Any state"),
        choice(DeliveryState::Pending.as_str(), "Not yet delivered"),
        choice(DeliveryState::Delivered.as_str(), "Delivered"),
        choice(DeliveryState::Failed.as_str(), "Failed"),
    ]
}

pub fn summary(shown: usize, more: bool) -> String {
    match (shown, more) {
        (1, false) => "1 delivery".to_owned(),
        (count, false) => format!("{count} deliveries"),
        (count, true) => format!("{count} deliveries, and more"),
    }
}
