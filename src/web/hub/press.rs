//! A press of Connect, through whichever door: answered with a stream of events if they are asked for,
//! otherwise with a page.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};

use crate::linking::{CancelOutcome, ConnectRequest};
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::hub::events::{self, Telling};
use crate::web::hub::{self, FailureView, HubPage, LinkedView};
use crate::web::render;

/// `holder` alone can cancel the attempt; `page` is what is shown again or turned into the confirmation.
pub async fn connect(
    state: AppState,
    headers: &HeaderMap,
    page: HubPage,
    request: ConnectRequest,
    holder: &str,
) -> Result<Response, WebError> {
    let attempt = state.linking.begin_attempt(holder);
    let telling = Telling {
        host: page.typed.host(&state.site.base_domains),
        support_id: request.caller.request_id.clone().unwrap_or_default(),
        language: page.layout.language,
        door: page.door.clone(),
    };
    if wants_events(headers) {
        return Ok(events::stream(state, request, attempt, telling));
    }
    let Telling { door, host, support_id, language } = telling;
    match state.linking.connect(request, &attempt, &|_| {}).await {
        Ok(linked) => {
            let view = LinkedView::of(&linked, &door, state.clock.now(), language);
            render(&page.linked(view))
        }
        Err(failure) => {
            let view = FailureView::of(&failure, &host, &support_id, language);
            let mut response = render(&page.failed(&view))?;
            *response.status_mut() = hub::status(&failure);
            if let Some(seconds) = view.retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Ok(response)
        }
    }
}

/// `too_late` means that the attempt's own answer tells.
pub fn cancelled(outcome: CancelOutcome) -> Response {
    let body = match outcome {
        CancelOutcome::Cancelled => r#"{"outcome":"cancelled"}"#,
        CancelOutcome::TooLate => r#"{"outcome":"too_late"}"#,
        CancelOutcome::Unknown => r#"{"outcome":"unknown"}"#,
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

pub fn wants_events(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accepts| accepts.contains("text/event-stream"))
}
