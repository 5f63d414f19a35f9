//! `/static/…`, and what pages of other sites load: `/embed.js` and its types.

use axum::http::HeaderMap;
use axum::response::Response;

use crate::web::assets;
use crate::web::error::WebError;
use crate::web::extract::Path;

pub async fn show(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, WebError> {
    assets::serve(&path, &headers).await.ok_or(WebError::not_found())
}

pub async fn embed(headers: HeaderMap) -> Result<Response, WebError> {
    assets::serve_to_other_sites("embed.js", &headers).await.ok_or(WebError::not_found())
}

pub async fn embed_types(headers: HeaderMap) -> Result<Response, WebError> {
    assets::serve_to_other_sites("embed.d.ts", &headers).await.ok_or(WebError::not_found())
}
