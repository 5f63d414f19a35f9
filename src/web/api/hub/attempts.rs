//! Attempts by OAuth, which the contract knows and Qlik's API keys do not need: there are none.

use axum::http::StatusCode;

use crate::web::api::hub::door::OpenSession;
use crate::web::error::WebError;

fn none() -> WebError {
    let words = [
        "There are no such attempts here",
        "Qlik Cloud is linked with an API key, not with a window of its own.",
        "Send tenant name, region and key to POST /api/hub/accounts.",
    ];
    WebError::new(StatusCode::NOT_FOUND, "no_connection_attempts", words)
}

/// Not possible: nothing here is linked by OAuth
#[utoipa::path(post, path = "/hub/connection_attempts", tag = "Hub", operation_id = "hub_begin_attempt",
    responses((status = 404), (status = 410)), security(("hub_token" = [])))]
pub async fn begin(_: OpenSession) -> WebError {
    none()
}

/// There are no attempts by OAuth
#[utoipa::path(get, path = "/hub/connection_attempts/{id}", tag = "Hub", operation_id = "hub_attempt",
    params(("id" = String, Path, description = "Of the attempt.")),
    responses((status = 404), (status = 410)), security(("hub_token" = [])))]
pub async fn show(_: OpenSession) -> WebError {
    none()
}

/// There are no attempts by OAuth
#[utoipa::path(delete, path = "/hub/connection_attempts/{id}", tag = "Hub", operation_id = "hub_cancel_attempt",
    params(("id" = String, Path, description = "Of the attempt.")),
    responses((status = 404), (status = 410)), security(("hub_token" = [])))]
pub async fn cancel(_: OpenSession) -> WebError {
    none()
}
