//! How an endpoint, a delivery or an attempt is, in a badge and words.

use crate::clock::Timestamp;
use crate::model::webhook::{Attempt, Delivery, DeliveryState, DisabledBy, WebhookEndpoint};
use crate::web::components::{Badge, length, relative};

#[derive(Debug)]
pub struct EndpointState {
    pub badge: Badge,
    pub why: String,
    pub what_next: &'static str,
}

fn named(kind: &'static str, text: impl Into<String>) -> Badge {
    Badge { kind, text: text.into() }
}

impl EndpointState {
    /// `newest` is the endpoint's newest delivery.
    pub fn of(endpoint: &WebhookEndpoint, newest: Option<&Delivery>, now: Timestamp) -> Self {
        let said = |badge, why: String, what_next| Self { badge, why, what_next };
        let failing = endpoint.failing_since.map(|since| length(now.since(since)));
        let ago = endpoint.disabled.map(|off| relative(off.at, now)).unwrap_or_default();
        match (endpoint.disabled.map(|off| off.by), failing) {
            (Some(DisabledBy::Admin), _) => said(
                named("suspended", "Switched off"),
                format!("Switched off {ago} by hand."),
                "What waited is sent when it is switched on again. What happens meanwhile is not sent later.",
            ),
            (Some(DisabledBy::Failures), _) => said(
                named("error", "Switched off"),
                format!("Switched off {ago}, because no attempt had succeeded for five days."),
                "Mend the receiver, send a test event, and switch it on: what waits is sent then, and what has failed can be replayed below. What happens meanwhile is not sent later.",
            ),
            (Some(DisabledBy::Gone), _) => said(
                named("error", "Switched off"),
                format!("Switched off {ago}, because the receiver answered 410: it wants no more."),
                "Switch it on if that was a mistake, and what waits is sent; or delete it. What happens meanwhile is not sent later.",
            ),
            (None, Some(length)) => said(
                named("soon", "Failing"),
                format!("No attempt has succeeded for {length}."),
                "Each webhook is tried again for a little more than a day. After five days without a success the endpoint is switched off.",
            ),
            (None, None) => match newest.map(|delivery| delivery.state) {
                None => said(
                    named("active", "Ready"),
                    String::new(),
                    "Nothing has been sent yet. Send a test event to see that it arrives.",
                ),
                Some(DeliveryState::Failed) => said(
                    named("soon", "Last one failed"),
                    "The newest webhook was not delivered.".to_owned(),
                    "The log below says what was answered. Mend that, and send a test event.",
                ),
                Some(_) => said(named("active", "Working"), String::new(), ""),
            },
        }
    }
}

/// The badge of a delivery that has been tried so many times.
pub fn badge(state: DeliveryState, attempts: u32) -> Badge {
    match state {
        DeliveryState::Delivered => named("active", "Delivered"),
        DeliveryState::Failed => named("error", "Failed"),
        DeliveryState::Pending if attempts > 0 => named("soon", "Trying again"),
        DeliveryState::Pending => named("unchecked", "Waiting"),
    }
}

/// What became of one attempt.
#[derive(Debug)]
pub struct Outcome {
    pub badge: Badge,
    pub words: String,
}

impl Outcome {
    pub fn of(attempt: &Attempt) -> Self {
        let took = format!("{} ms", attempt.duration.as_millis());
        match (attempt.status, &attempt.error) {
            (Some(status), None) => Self {
                badge: named("active", "Delivered"),
                words: format!("Answered with {status} in {took}."),
            },
            (Some(status), Some(_)) => Self {
                badge: named("error", "Refused"),
                words: format!("Answered with {status} in {took}. {}", about_status(status)),
            },
            (None, error) => Self {
                badge: named("error", "Not delivered"),
                words: format!("{} ({took})", error.as_deref().unwrap_or("No answer came.")),
            },
        }
    }
}

/// What a receiver's answer says about the receiver.
const fn about_status(status: u16) -> &'static str {
    match status {
        300..=399 => "Redirects are not followed: enter the address that it leads to.",
        401 | 403 => {
            "The receiver refuses it: compare the signing secret, and whatever stands in front of it."
        }
        404 => "There is nothing at this address: compare the path.",
        405 => "The receiver does not take POST there.",
        410 => "The receiver says that it wants no more of them.",
        413 => "The receiver takes smaller bodies only.",
        429 => "The receiver asks for fewer at once.",
        500..=599 => "The receiver has a fault; its log says which.",
        _ => "Any answer from 200 to 299 counts as delivered.",
    }
}
