//! The one form of an error below `/api`: the contract's, with our code, hint and request id added.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::web::error::WebError;

/// Who reads an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Page,
    Api,
    /// The Hub's components, which show it to a person.
    HubApi,
}

impl Place {
    pub fn of(path: &str) -> Self {
        let is_below = |room: &str| {
            path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match () {
            () if is_below("/api/hub") => Self::HubApi,
            () if is_below("/api") => Self::Api,
            () => Self::Page,
        }
    }
}

/// Why a request was not carried out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Error {
    /// The status of the answer.
    #[serde(rename = "statusCode")]
    #[schema(minimum = 400, maximum = 599, example = 422)]
    pub status_code: u16,
    /// What is wrong, for people.
    #[schema(example = "A field is not as it should be. See data.fields. Nothing was changed.")]
    pub message: String,
    #[schema(format = DateTime)]
    pub timestamp: String,
    /// What is wrong, for programs. It does not change.
    #[schema(example = "invalid_fields")]
    pub code: &'static str,
    /// What to do next.
    pub hint: String,
    /// Names the request in the log and in the history.
    pub request_id: String,
    /// More for programs: `fields` with a sentence for each field that is wrong, or `scope`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub data: Option<Value>,
    /// The hint once more, where StackOne's component looks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_response: Option<String>,
}

pub fn body(error: &WebError, place: Place, request_id: &str, now: Timestamp) -> Value {
    let error = if place == Place::Page { error.clone() } else { for_programs(error.clone()) };
    let hint = error.next_step.into_owned();
    json!(Error {
        status_code: error.status.as_u16(),
        message: format!("{}. {}", error.title, error.reason),
        timestamp: now.to_string(),
        code: error.code,
        provider_response: (place == Place::HubApi).then(|| hint.clone()),
        hint,
        request_id: request_id.to_owned(),
        data: error.data,
    })
}

/// What is said of pages and forms would be wrong of the API.
fn for_programs(error: WebError) -> WebError {
    let words = match error.code {
        "not_found" => [
            "There is nothing at this path",
            "The path or the id in it is mistyped, or what was here is gone.",
            "Look at /api/docs for the paths.",
        ],
        "method_not_allowed" => [
            "This method is not possible here",
            "The path exists; the header Allow names its methods.",
            "Look at /api/docs for the methods.",
        ],
        "bad_request" => [
            "This request cannot be understood",
            "A part of it is missing or has the wrong form. Nothing was changed.",
            "Send JSON, or a query, as /api/docs describes it.",
        ],
        "wrong_media_type" => [
            "This kind of content is not accepted",
            "JSON is expected. Nothing was changed.",
            "Send the header Content-Type: application/json.",
        ],
        "too_large" => [
            "This is too much at once",
            "A body may have 64 KiB. Nothing was changed.",
            "Send less, or in several requests.",
        ],
        _ => return error,
    };
    let [title, reason, next_step] = words.map(Into::into);
    WebError { title, reason, next_step, ..error }
}

/// What each status means, for the description of the API.
pub fn meaning(status: StatusCode) -> &'static str {
    match status.as_u16() {
        400 => "The body is not JSON, or a part of the request cannot be read.",
        401 => "There is no API key, or it is not valid.",
        403 => "The API key has not the scope, or the page's origin is not allowed.",
        404 => "There is no such thing.",
        405 => "The path has no such method; see the header Allow.",
        408 => "The request did not arrive, or was not answered, in time.",
        409 => "It contradicts what is there.",
        410 => "The connect session has ended: expired, used, revoked or blocked.",
        412 => "The account is suspended.",
        413 => "The body is larger than 64 KiB.",
        415 => "The body is not application/json.",
        422 => "A field is not as it should be; see data.fields. Or Qlik Cloud refuses the key.",
        429 => "Too many requests; see the header Retry-After.",
        502 => "Qlik Cloud gave an answer that makes no sense.",
        503 => "The hub's storage or Qlik Cloud is not available.",
        504 => "Qlik Cloud cannot be reached.",
        _ => "The fault is the hub's; it is in the log.",
    }
}
