//! `/static/…`

use axum::http::HeaderMap;
use axum::response::Response;

use crate::web::assets;
use crate::web::error::WebError;
use crate::web::extract::Path;

pub async fn show(Path(path): Path<String>, headers: HeaderMap) -> Result<Response, WebError> {
    assets::serve(&path, &headers).await.ok_or(WebError::not_found())
}
