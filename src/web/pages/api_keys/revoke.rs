//! Revoking asks once more, on a page of its own, so that it also works without JavaScript.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};

use crate::id::ApiKeyId;
use crate::model::api_key::ApiKey;
use crate::state::AppState;
use crate::web::components::relative;
use crate::web::error::WebError;
use crate::web::extract::{Path, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render};

#[derive(Template)]
#[template(path = "pages/revoke_api_key.html")]
pub struct RevokeApiKeyPage {
    pub layout: Layout,
    pub name: String,
    /// "5 min ago"; empty if it never was.
    pub used: String,
    pub revoke: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, WebError> {
    let key = find(&state, &id).await?;
    if key.revoked_at.is_some() {
        return Ok(Redirect::to(paths::API_KEYS).into_response());
    }
    let now = state.clock.now();
    render(&RevokeApiKeyPage {
        layout: admin.layout(Nav::ApiKeys),
        name: key.name,
        used: key.last_used_at.map(|at| relative(at, now)).unwrap_or_default(),
        revoke: paths::api_key_revoke(&id),
    })
}

pub async fn revoke(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, WebError> {
    find(&state, &id).await?;
    // Revoked is revoked, whoever did it first.
    let _ = state.linking.revoke_api_key(&id, &admin.caller).await?;
    Ok(Redirect::to(&format!("{}?revoked=yes", paths::API_KEYS)).into_response())
}

async fn find(state: &AppState, id: &ApiKeyId) -> Result<ApiKey, WebError> {
    state.store.find_api_key(id.as_str()).await?.ok_or(WebError::not_found())
}
