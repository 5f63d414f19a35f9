//! What is done with one endpoint by a press of a button.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::id::WebhookEndpointId;
use crate::linking::EndpointEdit;
use crate::state::AppState;
use crate::web::components::Choice;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, SignedIn};
use crate::web::layout::Nav;
use crate::web::pages::webhooks::{NewWebhookSecretPage, refused};
use crate::web::{paths, render};

const DAY: u64 = 24;
const KEEPS: [(&str, &str, Duration); 5] = [
    ("none", "not at all: it may be known to somebody", Duration::ZERO),
    ("1h", "1 hour", Duration::from_hours(1)),
    ("1d", "1 day", Duration::from_hours(DAY)),
    ("3d", "3 days", Duration::from_hours(3 * DAY)),
    ("7d", "7 days", Duration::from_hours(7 * DAY)),
];
const USUAL: &str = "1d";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RotateForm {
    keep: String,
}

pub fn keeps() -> Vec<Choice> {
    let choice = |(value, text, _): (&str, &str, _)| Choice {
        value: value.to_owned(),
        text: text.to_owned(),
        chosen: value == USUAL,
    };
    KEEPS.map(choice).into()
}

/// Answers with the new secret, which is shown this once.
pub async fn rotate(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
    Form(form): Form<RotateForm>,
) -> Result<Response, WebError> {
    let chosen = KEEPS.iter().find(|(value, ..)| *value == form.keep);
    let (.., keep) = chosen.ok_or(WebError::bad_request())?;
    let rotated = state.linking.rotate_webhook_secret(&id, *keep, &admin.caller).await;
    let (endpoint, secret) = rotated.map_err(refused)?;
    let layout = admin.layout(Nav::Webhooks);
    render(&NewWebhookSecretPage::new(layout, &endpoint, &secret, true, state.clock.now()))
}

pub async fn enable(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    turn(&state, &admin, &id, true).await
}

pub async fn disable(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    turn(&state, &admin, &id, false).await
}

async fn turn(
    state: &AppState,
    admin: &SignedIn,
    id: &WebhookEndpointId,
    on: bool,
) -> Result<Response, WebError> {
    let edit = EndpointEdit { enabled: Some(on), ..EndpointEdit::default() };
    state.linking.edit_webhook_endpoint(id, edit, &admin.caller).await.map_err(refused)?;
    let turned = if on { "on" } else { "off" };
    Ok(Redirect::to(&format!("{}?turned={turned}", paths::webhook(id))).into_response())
}

/// Sends a test event and leads back to the page, which shows what became of it.
pub async fn test(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    let attempt = state.linking.test_webhook_endpoint(&id, &admin.caller).await.map_err(refused)?;
    let to = format!("{}?tested={}", paths::webhook(&id), attempt.event_id);
    Ok(Redirect::to(&to).into_response())
}
