//! Deleting asks once more, on a page of its own, so that it also works without JavaScript.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::id::WebhookEndpointId;
use crate::model::webhook::WebhookEndpoint;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Path, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::webhook::{find, name};
use crate::web::pages::webhooks::refused;
use crate::web::{paths, render};

#[derive(Template)]
#[template(path = "pages/delete_webhook.html")]
pub struct DeleteWebhookPage {
    pub layout: Layout,
    pub href: String,
    pub name: String,
    pub url: String,
}

pub async fn confirm(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    let endpoint = find(&state, &id).await?;
    render(&DeleteWebhookPage::new(admin.layout(Nav::Webhooks), &endpoint))
}

pub async fn delete(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    state.linking.delete_webhook_endpoint(&id, &admin.caller).await.map_err(refused)?;
    Ok(Redirect::to(&format!("{}?deleted=yes", paths::WEBHOOKS)).into_response())
}

impl DeleteWebhookPage {
    pub fn new(layout: Layout, endpoint: &WebhookEndpoint) -> Self {
        Self {
            layout,
            href: paths::webhook(&endpoint.id),
            name: name(endpoint),
            url: endpoint.url.clone(),
        }
    }
}
