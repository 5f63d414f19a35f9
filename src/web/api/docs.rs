//! The description of the API for people: `/api/docs`.

use axum::response::Response;

use crate::web::error::WebError;

pub async fn show() -> Result<Response, WebError> {
    Err(WebError::not_found())
}
