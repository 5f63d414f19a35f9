//! What a component asks before it draws the form.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::id::AccountId;
use crate::state::AppState;
use crate::web::api::hub::door::Visit;
use crate::web::api::hub::form::{Connector, Integrations};
use crate::web::api::{PROVIDER, answer};
use crate::web::error::WebError;
use crate::web::extract::Path;

#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    pub enabled_features: Vec<String>,
    /// The account that the session renews.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub existing_account_id: Option<AccountId>,
}

/// Begin: what the session is for
#[utoipa::path(get, path = "/hub/settings", tag = "Hub", operation_id = "hub_settings",
    responses((status = 200, description = "The settings.", body = Settings),
        (status = 404), (status = 410)),
    security(("hub_token" = [])))]
pub async fn settings(State(state): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    let existing_account_id = match visit {
        Visit::Open(open) => {
            state.linking.note_opened(&open.session, &open.caller).await;
            state.linking.account_renewed_by(&open.session).await?.map(|account| account.id)
        }
        Visit::Closed { told: true, .. } => None,
        Visit::Closed { error, .. } => return Err(error),
    };
    answer(StatusCode::OK, &Settings { enabled_features: Vec::new(), existing_account_id })
}

/// List what can be linked: Qlik Cloud
#[utoipa::path(get, path = "/hub/connectors", tag = "Hub", operation_id = "hub_connectors",
    params(("provider" = Option<String>, Query, description = "Ignored: there is one.")),
    responses((status = 200, description = "One integration.", body = Integrations),
        (status = 404), (status = 410)),
    security(("hub_token" = [])))]
pub async fn list(State(state): State<AppState>, visit: Visit) -> Result<Response, WebError> {
    match visit {
        Visit::Closed { error, told: false, .. } => Err(error),
        _ => answer(StatusCode::OK, &Integrations::of(&state.site)),
    }
}

/// Describe the form
#[utoipa::path(get, path = "/hub/connectors/{id}", tag = "Hub", operation_id = "hub_connector",
    params(("id" = String, Path, description = "`qlik`.", example = "qlik")),
    responses((status = 200, description = "The form, or a notice in its place.", body = Connector),
        (status = 404), (status = 410)),
    security(("hub_token" = [])))]
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let connector = match visit {
        Visit::Closed { error, told: false, .. } => return Err(error),
        _ if id != PROVIDER => return Err(WebError::not_found()),
        Visit::Open(open) => {
            let renews = state.linking.account_renewed_by(&open.session).await?.is_some();
            Connector::form(&state.site, renews, open.language)
        }
        Visit::Closed { error, language, .. } => Connector::told(&state.site, &error, language),
    };
    answer(StatusCode::OK, &connector)
}
