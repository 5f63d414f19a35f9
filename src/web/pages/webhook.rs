//! One webhook endpoint: how it is, where it sends what, its secret, and the log of its deliveries.

mod actions;
mod delete;
mod log;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::id::{EventId, WebhookEndpointId};
use crate::model::webhook::{Attempt, Delivery, DeliveryState, WebhookEndpoint};
use crate::state::AppState;
use crate::store::DeliveryQuery;
use crate::web::components::{Choice, Pagination, who};
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::Notice;
use crate::web::pages::accounts::Moment;
use crate::web::pages::webhooks::{EndpointForm, EndpointState, Outcome, Problems};
use crate::web::{paths, render};

pub use actions::{disable, enable, rotate, test};
pub use delete::{DeleteWebhookPage, confirm, delete};
pub use log::{Line, account, no_next};

const PAGE: usize = 25;

#[derive(Template)]
#[template(path = "pages/webhook.html")]
pub struct WebhookPage {
    pub layout: Layout,
    pub id: String,
    pub href: String,
    pub name: String,
    pub url: String,
    pub state: EndpointState,
    pub enabled: bool,
    pub made: Moment,
    pub made_by: String,
    pub typed: EndpointForm,
    pub problems: Problems,
    pub old_ends: Option<Moment>,
    pub keeps: Vec<Choice>,
    pub states: Vec<Choice>,
    pub filtered: bool,
    pub deliveries: Vec<Line>,
    pub pagination: Pagination,
    pub notice: Option<Notice>,
    pub tested: Option<Tested>,
}

/// What became of the test event that was just sent.
#[derive(Debug)]
pub struct Tested {
    pub outcome: Outcome,
    pub answer: String,
    pub href: Option<String>,
}

/// What the store knows of the deliveries of an endpoint.
#[derive(Debug)]
pub struct Shown<'a> {
    /// As the filter and the page want them: one more than a page shows if there are more.
    pub deliveries: &'a [Delivery],
    /// Of all.
    pub newest: Option<&'a Delivery>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    state: String,
    before: String,
    saved: String,
    turned: String,
    tested: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let endpoint = find(&state, &id).await?;
    let mut page = load(&state, admin.layout(Nav::Webhooks), &endpoint, &params).await?;
    page.notice = notice(&params);
    page.tested = tested(&state, &id, &params.tested).await?;
    render(&page)
}

pub async fn edit(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let form = EndpointForm::read(&fields);
    match state.linking.edit_webhook_endpoint(&id, form.edit(), &admin.caller).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?saved=yes", paths::webhook(&id))).into_response()),
        Err(error) => {
            let problems = Problems::of(error)?;
            let endpoint = find(&state, &id).await?;
            let layout = admin.layout(Nav::Webhooks);
            let page = load(&state, layout, &endpoint, &Params::default()).await?;
            let page = WebhookPage { typed: form, problems, ..page };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)?).into_response())
        }
    }
}

pub async fn find(state: &AppState, id: &WebhookEndpointId) -> Result<WebhookEndpoint, WebError> {
    state.store.find_webhook_endpoint(id).await?.ok_or(WebError::not_found())
}

async fn load(
    state: &AppState,
    layout: Layout,
    endpoint: &WebhookEndpoint,
    params: &Params,
) -> Result<WebhookPage, WebError> {
    let query = DeliveryQuery {
        endpoint_id: endpoint.id.clone(),
        state: DeliveryState::parse(&params.state),
        before: log::place(&params.before),
        limit: PAGE + 1,
    };
    let deliveries = state.store.list_deliveries(&query).await?;
    let newest = DeliveryQuery { state: None, before: None, limit: 1, ..query };
    let newest = state.store.list_deliveries(&newest).await?.pop();
    let shown = Shown { deliveries: &deliveries, newest: newest.as_ref() };
    Ok(WebhookPage::new(layout, endpoint, &shown, params, state.clock.now()))
}

async fn tested(
    state: &AppState,
    id: &WebhookEndpointId,
    event: &str,
) -> Result<Option<Tested>, WebError> {
    let Ok(event) = EventId::try_from(event.to_owned()) else { return Ok(None) };
    let attempts = state.store.list_attempts(id, &event).await?;
    Ok(attempts
        .first()
        .map(|attempt| Tested::new(attempt, Some(paths::webhook_delivery(id, &event)))))
}

fn notice(params: &Params) -> Option<Notice> {
    let (title, text) = match (params.saved.as_str(), params.turned.as_str()) {
        ("yes", _) => ("Saved", "What happens from now on is sent as it says below."),
        (_, "on") => {
            ("Switched on", "What waited is sent now, and so is what happens from now on.")
        }
        (_, "off") => ("Switched off", "Nothing is sent until you switch it on again."),
        _ => return None,
    };
    let (title, text) = (title.to_owned(), text.to_owned());
    Some(Notice { tone: "good", code: String::new(), title, text })
}

impl Tested {
    pub fn new(attempt: &Attempt, href: Option<String>) -> Self {
        Self { outcome: Outcome::of(attempt), answer: attempt.answer.clone(), href }
    }
}

impl WebhookPage {
    pub fn new(
        layout: Layout,
        endpoint: &WebhookEndpoint,
        Shown { deliveries, newest }: &Shown<'_>,
        params: &Params,
        now: Timestamp,
    ) -> Self {
        let shown = &deliveries[..deliveries.len().min(PAGE)];
        let older = shown.last().filter(|_| deliveries.len() > PAGE);
        let first_page = log::href(&endpoint.id, &params.state, None);
        let ends = endpoint.old_secret_ends_at.filter(|ends| *ends > now);
        Self {
            layout,
            id: endpoint.id.to_string(),
            href: paths::webhook(&endpoint.id),
            name: name(endpoint),
            url: endpoint.url.clone(),
            state: EndpointState::of(endpoint, *newest, now),
            enabled: endpoint.is_enabled(),
            made: Moment::of(endpoint.created_at, now),
            made_by: who(&endpoint.made_by),
            typed: EndpointForm::of(endpoint),
            problems: Problems::default(),
            old_ends: ends.map(|ends| Moment::of(ends, now)),
            keeps: actions::keeps(),
            states: log::states(&params.state),
            filtered: DeliveryState::parse(&params.state).is_some(),
            deliveries: shown.iter().map(|delivery| Line::new(delivery, endpoint, now)).collect(),
            pagination: Pagination {
                summary: log::summary(shown.len(), older.is_some()),
                previous: (!params.before.is_empty()).then_some(first_page),
                next: older.map(|last| log::href(&endpoint.id, &params.state, Some(last))),
            },
            notice: None,
            tested: None,
        }
    }
}

/// What an endpoint is called: its description, or else its address.
pub fn name(endpoint: &WebhookEndpoint) -> String {
    if endpoint.description.is_empty() {
        endpoint.url.clone()
    } else {
        endpoint.description.clone()
    }
}
