//! One webhook: what was sent, what was answered to each attempt, and sending it again.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::id::{EventId, WebhookEndpointId};
use crate::model::webhook::{Attempt, Delivery, WebhookEndpoint};
use crate::state::AppState;
use crate::web::components::Badge;
use crate::web::error::WebError;
use crate::web::extract::{Path, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::Notice;
use crate::web::pages::accounts::Moment;
use crate::web::pages::webhook;
use crate::web::pages::webhooks::{Outcome, badge, refused};
use crate::web::{paths, render};

#[derive(Template)]
#[template(path = "pages/webhook_delivery.html")]
pub struct WebhookDeliveryPage {
    pub layout: Layout,
    pub href: String,
    pub endpoint: String,
    pub endpoint_name: String,
    pub event_id: String,
    pub event_type: String,
    pub badge: Badge,
    pub account: Option<(String, String)>,
    pub made: Moment,
    pub next: Option<Moment>,
    pub no_next: &'static str,
    pub attempts: Vec<Try>,
    /// As they are sent, but for the signatures.
    pub headers: String,
    pub body: String,
    pub notice: Option<Notice>,
}

/// One attempt, the newest first.
#[derive(Debug)]
pub struct Try {
    pub number: usize,
    pub at: Moment,
    pub outcome: Outcome,
    pub url: String,
    /// The endpoint had another address then.
    pub elsewhere: bool,
    pub answer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    replayed: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Path((id, event)): Path<(WebhookEndpointId, EventId)>,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let endpoint = webhook::find(&state, &id).await?;
    let delivery = state.store.find_delivery(&id, &event).await?.ok_or(WebError::not_found())?;
    let attempts = state.store.list_attempts(&id, &event).await?;
    let layout = admin.layout(Nav::Webhooks);
    let page = WebhookDeliveryPage::new(layout, &endpoint, &delivery, &attempts, state.clock.now());
    let notice = (!params.replayed.is_empty()).then(|| replayed(&endpoint));
    render(&WebhookDeliveryPage { notice, ..page })
}

pub async fn replay(
    State(state): State<AppState>,
    admin: SignedIn,
    Path((id, event)): Path<(WebhookEndpointId, EventId)>,
) -> Result<Response, WebError> {
    state.linking.replay_delivery(&id, &event, &admin.caller).await.map_err(refused)?;
    let to = format!("{}?replayed=yes", paths::webhook_delivery(&id, &event));
    Ok(Redirect::to(&to).into_response())
}

fn replayed(endpoint: &WebhookEndpoint) -> Notice {
    let (title, text) = if endpoint.is_enabled() {
        (
            "It is sent again",
            "It has the same id, so that a receiver that has it already can tell. Reload this page to see the answer.",
        )
    } else {
        ("It waits", "The endpoint is switched off: it is sent when you switch that on.")
    };
    let (title, text) = (title.to_owned(), text.to_owned());
    Notice { tone: "good", code: String::new(), title, text }
}

impl WebhookDeliveryPage {
    /// `attempts` with the newest first.
    pub fn new(
        layout: Layout,
        endpoint: &WebhookEndpoint,
        delivery: &Delivery,
        attempts: &[Attempt],
        now: Timestamp,
    ) -> Self {
        let attempt = |(at, attempt): (usize, &Attempt)| Try {
            number: attempts.len() - at,
            at: Moment::of(attempt.at, now),
            outcome: Outcome::of(attempt),
            elsewhere: attempt.url != endpoint.url,
            url: attempt.url.clone(),
            answer: attempt.answer.clone(),
        };
        Self {
            layout,
            href: paths::webhook_delivery(&delivery.endpoint_id, &delivery.event_id),
            endpoint: paths::webhook(&endpoint.id),
            endpoint_name: webhook::name(endpoint),
            event_id: delivery.event_id.to_string(),
            event_type: delivery.event_type.clone(),
            badge: badge(delivery.state, delivery.attempts),
            account: webhook::account(delivery),
            made: Moment::of(delivery.created_at, now),
            next: delivery.next_attempt_at.map(|at| Moment::of(at, now)),
            no_next: webhook::no_next(delivery.state, endpoint),
            attempts: attempts.iter().enumerate().map(attempt).collect(),
            headers: headers(endpoint, delivery, attempts.first()),
            body: pretty(&delivery.payload),
            notice: None,
        }
    }
}

/// The newest request's head. What changes with each attempt and is not kept is left out.
fn headers(endpoint: &WebhookEndpoint, delivery: &Delivery, last: Option<&Attempt>) -> String {
    let url = last.map_or_else(|| endpoint.url.clone(), |attempt| attempt.url.clone());
    let stamp = last.map_or_else(|| "…".to_owned(), |a| (a.at.as_millis() / 1000).to_string());
    [
        format!("POST {url}"),
        "content-type: application/json".to_owned(),
        format!("webhook-id: {}", delivery.event_id),
        format!("webhook-timestamp: {stamp}"),
        "webhook-signature: v1,…".to_owned(),
        "x-stackone-signature: …".to_owned(),
    ]
    .join("\n")
}

/// With a line for each field; what is no JSON as it is.
fn pretty(payload: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(payload);
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value));
    pretty.unwrap_or_else(|_| payload.to_owned())
}
