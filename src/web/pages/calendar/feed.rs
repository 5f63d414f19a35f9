//! The feed itself, which calendar programs fetch. Whoever has the link may.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::ics;
use crate::linking::FeedError;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Path, Visitor};

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

pub async fn show(
    State(state): State<AppState>,
    Visitor(caller): Visitor,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let token = file.strip_suffix(".ics").ok_or(WebError::not_found())?;
    let expiries = match state.linking.read_calendar_feed(token, &caller).await {
        Ok(expiries) => expiries,
        Err(FeedError::Unknown) => return Err(WebError::not_found()),
        Err(FeedError::TooMany { retry_after }) => {
            return Err(WebError::too_many_requests(retry_after));
        }
        Err(FeedError::Store(error)) => return Err(error.into()),
    };
    let rules = state.linking.rules();
    let body = ics::calendar(&expiries, &state.site.origin(), &state.site.brand.name, rules);
    let etag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&Sha256::digest(&body)[..16]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)
    });
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], body).into_response()
    };
    let head = response.headers_mut();
    head.insert(ROBOTS, HeaderValue::from_static("noindex"));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        head.insert(header::ETAG, etag);
    }
    Ok(response)
}
