//! What a Qlik answer that is no success means. The status decides, the body only refines: services
//! write it in different ways, some leave it empty, some send a proxy's HTML.

use std::time::Duration;

use serde_json::Value;

use crate::clock::{Timestamp, retry_after};
use crate::model::failure::{Failure, FailureCode, Step};

/// Longer waits are not believed: a person is waiting, or a check is due again anyway.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
const LONGEST_TRACE_ID: usize = 64;

/// The parts of an answer that decide, as plain data.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer<'a> {
    pub status: u16,
    pub retry_after: Option<&'a str>,
    pub trace_id: Option<&'a str>,
    pub body: &'a [u8],
}

/// What is known of the key that was refused.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Refused {
    /// Its own expiry has passed.
    pub expired: bool,
    /// Its signature is too short.
    pub cut_off: bool,
}

/// The failure that an answer other than 200 stands for. Without `now`, a wait given as a date is lost.
pub(super) fn failure(answer: Answer<'_>, refused: Refused, now: Option<Timestamp>) -> Failure {
    let envelope = Envelope::read(answer.body);
    let says = |code| envelope.has(code);
    let status = answer.status;
    let code = match status {
        401 | 403 if says("TENANT_DISABLED") => FailureCode::TenantDisabled,
        401 if says("LOGIN-2") => FailureCode::TenantNotFound,
        401 if refused.cut_off => FailureCode::KeyMalformed,
        401 if refused.expired => FailureCode::KeyExpired,
        401 => FailureCode::KeyRejected,
        403 if says("AUTH-5") => FailureCode::UserInactive,
        403 => FailureCode::Forbidden,
        429 => FailureCode::RateLimited,
        500..=599 => FailureCode::QlikUnavailable,
        _ => FailureCode::UnexpectedAnswer,
    };
    let failure = Failure::new(code)
        .because(envelope.describe(status))
        .traced(trace_id(answer.trace_id).or_else(|| trace_id(envelope.trace_id.as_deref())));
    match status {
        429 | 503 => {
            let wait = answer.retry_after.and_then(|text| retry_after(text, now));
            failure.retry_after(wait.map(|wait| wait.min(LONGEST_WAIT)))
        }
        _ => failure,
    }
}

/// An answer that makes no sense. It says nothing about the key.
pub(super) fn unexpected(cause: impl Into<String>) -> Failure {
    Failure::new(FailureCode::UnexpectedAnswer).because(cause)
}

/// No answer, as far as `step`.
pub(super) fn unreachable(cause: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Unreachable).because(cause)
}

/// The failure belongs to the first step that has not succeeded, so that no step is shown as done and
/// failed at once.
pub(super) fn where_it_stood(failure: Failure, reached: Option<Step>) -> Failure {
    let next = match reached {
        None => Step::Address,
        Some(step) => Step::ALL.into_iter().find(|next| *next > step).unwrap_or(Step::Saved),
    };
    failure.at(next)
}

/// An id that Qlik's support knows a request by; anything else in its place is dropped.
pub(super) fn trace_id(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let fits = (1..=LONGEST_TRACE_ID).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| text.to_owned())
}

/// `{"errors":[{"code","title",…}],"traceId"?}`, of which any part may be missing or of another type.
#[derive(Default)]
struct Envelope {
    codes: Vec<String>,
    trace_id: Option<String>,
}

impl Envelope {
    fn read(body: &[u8]) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let errors = match body.get("errors") {
            Some(Value::Array(errors)) => errors.iter().collect(),
            Some(error @ Value::Object(_)) => vec![error],
            _ => Vec::new(),
        };
        let code = |error: &Value| match error.get("code")? {
            Value::String(code) => Some(code.clone()),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        };
        Self {
            codes: errors.into_iter().filter_map(code).collect(),
            trace_id: body.get("traceId").and_then(Value::as_str).map(str::to_owned),
        }
    }

    fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|known| known.eq_ignore_ascii_case(code))
    }

    /// For the log: status and codes. Titles and details are left out, a service may repeat in them
    /// what it was sent.
    fn describe(&self, status: u16) -> String {
        let is_code =
            |c: &&String| c.len() <= 32 && c.bytes().all(|b| b.is_ascii_graphic() && b != b'.');
        let codes: Vec<&str> =
            self.codes.iter().filter(is_code).take(3).map(String::as_str).collect();
        if codes.is_empty() {
            format!("Qlik answered {status}")
        } else {
            format!("Qlik answered {status} {}", codes.join(" "))
        }
    }
}

#[cfg(test)]
mod tests;
