//! Webhook endpoints: where back ends are told of events. Listed and added here; one of them is
//! `pages/webhook.rs`.

mod form;
mod secret;
mod state;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::model::webhook::{Delivery, EVERYTHING, WebhookEndpoint};
use crate::state::AppState;
use crate::store::DeliveryQuery;
use crate::web::error::WebError;
use crate::web::extract::{Form, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::accounts::Moment;
use crate::web::{paths, render};

pub use form::{EndpointForm, Problems, refused};
pub use secret::NewWebhookSecretPage;
pub use state::{EndpointState, Outcome, badge};

#[derive(Template)]
#[template(path = "pages/webhooks.html")]
pub struct WebhooksPage {
    pub layout: Layout,
    pub endpoints: Vec<Row>,
    pub typed: EndpointForm,
    pub problems: Problems,
    pub notice: bool,
}

#[derive(Debug)]
pub struct Row {
    pub href: String,
    pub url: String,
    pub description: String,
    /// "All events", or the names.
    pub events: String,
    pub state: EndpointState,
    pub last: Option<Last>,
}

/// The newest delivery of an endpoint.
#[derive(Debug)]
pub struct Last {
    pub event_type: String,
    pub badge: crate::web::components::Badge,
    pub made: Moment,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    deleted: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let layout = admin.layout(Nav::Webhooks);
    let page = load(&state, layout, EndpointForm::everything(), Problems::default()).await?;
    render(&WebhooksPage { notice: !params.deleted.is_empty(), ..page })
}

/// Answers with the secret, which is shown this once.
pub async fn create(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let layout = admin.layout(Nav::Webhooks);
    let form = EndpointForm::read(&fields);
    match state.linking.create_webhook_endpoint(form.new_endpoint(), &admin.caller).await {
        Ok((endpoint, secret)) => {
            render(&NewWebhookSecretPage::new(layout, &endpoint, &secret, false, state.clock.now()))
        }
        Err(error) => {
            let problems = Problems::of(error)?;
            let page = load(&state, layout, form, problems).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)?).into_response())
        }
    }
}

async fn load(
    state: &AppState,
    layout: Layout,
    typed: EndpointForm,
    problems: Problems,
) -> Result<WebhooksPage, WebError> {
    let mut endpoints = Vec::new();
    for endpoint in state.store.list_webhook_endpoints().await? {
        let endpoint_id = endpoint.id.clone();
        let query = DeliveryQuery { endpoint_id, state: None, before: None, limit: 1 };
        let last = state.store.list_deliveries(&query).await?.pop();
        endpoints.push((endpoint, last));
    }
    Ok(WebhooksPage::new(layout, &endpoints, typed, problems, state.clock.now()))
}

impl WebhooksPage {
    /// Each endpoint with its newest delivery.
    pub fn new(
        layout: Layout,
        endpoints: &[(WebhookEndpoint, Option<Delivery>)],
        typed: EndpointForm,
        problems: Problems,
        now: Timestamp,
    ) -> Self {
        let row = |(endpoint, last): &(WebhookEndpoint, Option<Delivery>)| Row {
            href: paths::webhook(&endpoint.id),
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            events: events_in_words(&endpoint.events),
            state: EndpointState::of(endpoint, last.as_ref(), now),
            last: last.as_ref().map(|last| Last {
                event_type: last.event_type.clone(),
                badge: badge(last.state, last.attempts),
                made: Moment::of(last.created_at, now),
            }),
        };
        Self {
            layout,
            endpoints: endpoints.iter().map(row).collect(),
            typed,
            problems,
            notice: false,
        }
    }
}

fn events_in_words(events: &[String]) -> String {
    if events.iter().any(|event| event == EVERYTHING) {
        return "All events".to_owned();
    }
    events.join(", ")
}
