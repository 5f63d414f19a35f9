//! The JSON API below `/api`, for back ends with an API key and for the Hub's components with the token
//! of a connect session. It reads no cookie.

pub mod accounts;
pub mod auth;
pub mod body;
pub mod connect_sessions;
pub mod docs;
pub mod envelope;
pub mod events;
pub mod hub;
pub mod idempotency;
pub mod openapi;
pub mod paging;
pub mod problems;
pub mod query;
pub mod refusals;
pub mod webhook_endpoints;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;

use crate::web::error::WebError;

/// What Qlik Cloud is called where the contract asks for a provider or an integration.
pub const PROVIDER: &str = "qlik";
pub const PROVIDER_NAME: &str = "Qlik Cloud";

pub fn answer(status: StatusCode, body: &impl Serialize) -> Result<Response, WebError> {
    let body = serde_json::to_string(body).map_err(WebError::internal)?;
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}
