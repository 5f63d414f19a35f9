//! The only type that knows what a failure is over HTTP. It travels in the response's extensions; the
//! outer layer logs it once and draws it as a page or as JSON.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::store::StoreError;

/// What is told to a visitor, and what only the log hears.
#[derive(Debug, Clone)]
pub struct WebError {
    pub status: StatusCode,
    /// Stable; programs and tests rely on it.
    pub code: &'static str,
    pub title: Cow<'static, str>,
    pub reason: Cow<'static, str>,
    pub next_step: Cow<'static, str>,
    /// For programs: which field is wrong, which scope is missing.
    pub data: Option<serde_json::Value>,
    /// How to say who one is, where that is what is missing.
    pub challenge: Option<&'static str>,
    pub retry_after: Option<Duration>,
    pub cause: Option<Arc<anyhow::Error>>,
}

impl WebError {
    pub(in crate::web) const fn new(
        status: StatusCode,
        code: &'static str,
        [title, reason, next_step]: [&'static str; 3],
    ) -> Self {
        Self {
            status,
            code,
            title: Cow::Borrowed(title),
            reason: Cow::Borrowed(reason),
            next_step: Cow::Borrowed(next_step),
            data: None,
            challenge: None,
            retry_after: None,
            cause: None,
        }
    }

    #[must_use]
    pub fn with(self, data: serde_json::Value) -> Self {
        Self { data: Some(data), ..self }
    }

    pub const fn not_found() -> Self {
        let words = [
            "This page does not exist",
            "The address is mistyped, or what was here is gone.",
            "Check the address, go to Accounts, or read the guide.",
        ];
        Self::new(StatusCode::NOT_FOUND, "not_found", words)
    }

    pub const fn method_not_allowed() -> Self {
        let words = [
            "This cannot be done here",
            "The page exists, but not for this kind of request.",
            "Open the page in a browser and use its buttons.",
        ];
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", words)
    }

    pub const fn bad_request() -> Self {
        let words = [
            "This request cannot be understood",
            "A part of it is missing or has the wrong form. Nothing was changed.",
            "Go back, load the page again and try once more.",
        ];
        Self::new(StatusCode::BAD_REQUEST, "bad_request", words)
    }

    pub const fn wrong_media_type() -> Self {
        let words = [
            "This kind of content is not accepted",
            "A form is expected (application/x-www-form-urlencoded). Nothing was changed.",
            "Use the form of the page.",
        ];
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong_media_type", words)
    }

    pub const fn too_large() -> Self {
        let words = [
            "This is too much at once",
            "What was sent is larger than any form of this hub. Nothing was changed.",
            "Send less. An API key has a few hundred characters.",
        ];
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", words)
    }

    pub const fn too_slow() -> Self {
        let words = [
            "This took too long",
            "The request did not arrive, or was not answered, in time.",
            "Try again.",
        ];
        Self::new(StatusCode::REQUEST_TIMEOUT, "too_slow", words)
    }

    pub const fn signed_out() -> Self {
        let words = [
            "You are signed out",
            "Your session has ended. Nothing was changed.",
            "Sign in and try again.",
        ];
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", words)
    }

    pub const fn cross_site() -> Self {
        let words = [
            "This request came from another site",
            "Changes are only accepted from this hub’s own pages. Nothing was changed.",
            "Open the hub itself and try again. If you run it: its public URL must be set to the address in your browser.",
        ];
        Self::new(StatusCode::FORBIDDEN, "cross_site", words)
    }

    pub fn internal(cause: impl Into<anyhow::Error>) -> Self {
        let words = [
            "Something went wrong here",
            "The fault is the hub’s, not yours. It has been written to the log.",
            "Try again. If it stays like this, pass on the support id to whoever runs this hub.",
        ];
        let error = Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", words);
        Self { cause: Some(Arc::new(cause.into())), ..error }
    }

    pub fn unavailable(cause: impl Into<anyhow::Error>) -> Self {
        let words = [
            "The hub cannot reach its storage",
            "It could not read or write what is needed. What was not confirmed may or may not be stored; trying again does no harm.",
            "Try again in a minute. If it stays like this, pass on the support id to whoever runs this hub.",
        ];
        let error = Self::new(StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable", words);
        Self { cause: Some(Arc::new(cause.into())), ..error }
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Damaged(_) => Self::internal(error),
            _ => Self::unavailable(error),
        }
    }
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(wait) = self.retry_after {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        if let Some(challenge) = self.challenge {
            let challenge = HeaderValue::from_static(challenge);
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(self);
        response
    }
}
