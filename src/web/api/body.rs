//! JSON bodies: limited in size and time, with an answer that names the field that does not fit.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};

use crate::state::AppState;
use crate::web::api::problems::Problems;
use crate::web::error::WebError;

const LIMIT: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(10);

/// A JSON body. What it has beyond `T` is ignored: clients of the contract send more.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Json<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &AppState) -> Result<Self, WebError> {
        if !is_json(request.headers()) {
            return Err(WebError::wrong_media_type());
        }
        let bytes = read(request.into_body()).await?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            if error.inner().is_data() { wrong_field(&error) } else { WebError::bad_request() }
        })?;
        reader.end().map_err(|_| WebError::bad_request())?;
        Ok(Self(value))
    }
}

fn wrong_field(error: &serde_path_to_error::Error<serde_json::Error>) -> WebError {
    let (path, inner) = (error.path().to_string(), error.inner().to_string());
    // "invalid type: string "x", expected a boolean at line 1 column 9": what was sent may be a secret.
    let expected =
        inner.split_once("expected ").and_then(|(_, rest)| rest.split(" at line").next());
    let missing = inner.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let mut problems = Problems::default();
    match (missing, expected) {
        (Some(field), _) => problems.add(field, "It is missing."),
        (None, Some(expected)) => problems.add(&path, format!("It must be {expected}.")),
        (None, None) => problems.add(&path, "It has the wrong form."),
    }
    problems.into()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

pub async fn read(body: Body) -> Result<Bytes, WebError> {
    let reading = tokio::time::timeout(TIMEOUT, axum::body::to_bytes(body, LIMIT));
    reading.await.map_err(|_| WebError::too_slow())?.map_err(|error| {
        let inner = error.into_inner();
        if inner.is::<LengthLimitError>() { WebError::too_large() } else { WebError::bad_request() }
    })
}

/// To JSON, 60.0 is the same number as 60.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let wrong = || serde::de::Error::custom("expected a whole number");
    let given: Option<f64> = Option::deserialize(deserializer).map_err(|_| wrong())?;
    let Some(number) = given else { return Ok(None) };
    let digits = Some(format!("{number:.0}")).filter(|_| number.fract() == 0.0);
    digits.and_then(|digits| digits.parse().ok()).map(Some).ok_or_else(wrong)
}
