//! `/brand/…`: the operator's logo and colours.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::Path;

pub async fn show(
    State(state): State<AppState>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    state.site.brand.serve(&path, &headers).await.ok_or(WebError::not_found())
}
