//! One attempt to connect as a stream of server-sent events: `attempt`, a `step` for each that has
//! succeeded, then exactly one of `failure` and `linked`.

use std::convert::Infallible;
use std::pin::pin;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc;

use crate::linking::{Attempt, ConnectRequest};
use crate::model::failure::{Failure, Step};
use crate::model::language::Language;
use crate::state::AppState;
use crate::web::hub::{Door, FailureView, LinkedView};

/// What the stream needs to know beside the request.
#[derive(Debug)]
pub struct Telling {
    pub door: Door,
    pub host: String,
    pub support_id: String,
    pub language: Language,
}

/// Connects while it is read. If the reader leaves before saving has begun, nothing is stored.
pub fn stream(
    state: AppState,
    request: ConnectRequest,
    attempt: Attempt,
    telling: Telling,
) -> Response {
    let events = async_stream::stream! {
        yield event("attempt", &json!({ "id": attempt.id().as_str() }));
        let (reached, mut steps) = mpsc::unbounded_channel();
        // The reader of the steps is this stream; once it is gone nobody needs them.
        let progress = move |step: Step| {
            let _ = reached.send(step);
        };
        let mut connecting = pin!(state.linking.connect(request, &attempt, &progress));
        let result = loop {
            let step = tokio::select! {
                biased;
                Some(step) = steps.recv() => Ok(step),
                result = &mut connecting => Err(result),
            };
            match step {
                Ok(step) => yield step_event(step),
                Err(result) => break result,
            }
        };
        while let Ok(step) = steps.try_recv() {
            yield step_event(step);
        }
        yield match result {
            Ok(linked) => {
                let now = state.clock.now();
                event("linked", &LinkedView::of(&linked, &telling.door, now, telling.language))
            }
            Err(failure) => failure_event(&failure, &telling),
        };
    };
    let sse = Sse::new(events).keep_alive(KeepAlive::default());
    // nginx would hold the events back until the end.
    ([("x-accel-buffering", "no")], sse).into_response()
}

fn step_event(step: Step) -> Result<Event, Infallible> {
    event("step", &json!({ "step": step.as_str() }))
}

fn failure_event(failure: &Failure, telling: &Telling) -> Result<Event, Infallible> {
    let Telling { host, support_id, language, .. } = telling;
    event("failure", &FailureView::of(failure, host, support_id, *language))
}

#[expect(clippy::unnecessary_wraps, reason = "a stream of events is one of results")]
fn event(name: &'static str, data: &impl Serialize) -> Result<Event, Infallible> {
    let data = serde_json::to_string(data).expect("texts, numbers and flags are JSON");
    Ok(Event::default().event(name).data(data))
}
