//! What the API refuses, beside what pages refuse too.

use axum::http::StatusCode;
use serde_json::json;

use crate::model::api_key::Scope;
use crate::model::failure::{Failure, FailureCode};
use crate::model::language::Language;
use crate::web::error::WebError;
use crate::web::hub;
use crate::web::words;

const CHALLENGE: &str = r#"Basic realm="linkhub", charset="UTF-8""#;

impl WebError {
    pub fn api_key_missing() -> Self {
        let words = [
            "An API key is needed",
            "The request carries none.",
            "Send it as the user name of HTTP Basic, with an empty password, or as Authorization: Bearer. Keys are made on the Accounts pages and by linkhub api-key.",
        ];
        let error = Self::new(StatusCode::UNAUTHORIZED, "api_key_missing", words);
        Self { challenge: Some(CHALLENGE), ..error }
    }

    pub fn api_key_invalid() -> Self {
        let words = [
            "This API key is not valid",
            "It is mistyped, or it was revoked.",
            "Check the key, or make a new one on the Accounts pages or by linkhub api-key.",
        ];
        let error = Self::new(StatusCode::UNAUTHORIZED, "api_key_invalid", words);
        Self { challenge: Some(CHALLENGE), ..error }
    }

    pub fn scope_missing(scope: Scope) -> Self {
        let words = [
            "This API key may not do that",
            "It lacks the scope that is named in data.scope.",
            "Use another key, or make one that has the scope.",
        ];
        let error = Self::new(StatusCode::FORBIDDEN, "scope_missing", words);
        error.with(json!({ "scope": scope.as_str() }))
    }

    pub fn too_many_requests(retry_after: std::time::Duration) -> Self {
        let words = [
            "Too many requests",
            "The limit of requests a minute is reached.",
            "Wait as long as the header Retry-After says.",
        ];
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", words);
        Self { retry_after: Some(retry_after), ..error }
    }

    pub const fn no_such_account() -> Self {
        let words = [
            "There is no such account",
            "Its id is mistyped, or it was unlinked.",
            "GET /api/accounts lists the accounts that there are.",
        ];
        Self::new(StatusCode::NOT_FOUND, "account_unknown", words)
    }

    pub const fn no_such_webhook_endpoint() -> Self {
        let words = [
            "There is no such webhook endpoint",
            "Its id is mistyped, or it was deleted.",
            "GET /api/webhook_endpoints lists the endpoints that there are.",
        ];
        Self::new(StatusCode::NOT_FOUND, "webhook_endpoint_unknown", words)
    }

    pub const fn no_such_delivery() -> Self {
        let words = [
            "There is no such delivery",
            "This event was not sent to this endpoint, or it is so old that it was forgotten.",
            "GET /api/webhook_endpoints/{id}/deliveries lists those that there are.",
        ];
        Self::new(StatusCode::NOT_FOUND, "delivery_unknown", words)
    }

    pub const fn too_many_webhook_endpoints() -> Self {
        let words = [
            "There are too many webhook endpoints",
            "There are 100, which is as many as there can be. Nothing was changed.",
            "Delete one that is not needed any more.",
        ];
        Self::new(StatusCode::CONFLICT, "too_many_endpoints", words)
    }

    pub const fn delivery_on_its_way() -> Self {
        let words = [
            "It is on its way already",
            "It is being sent, or waits for an earlier one of the same account. Nothing was changed.",
            "Wait for its outcome, and try again then.",
        ];
        Self::new(StatusCode::CONFLICT, "delivery_on_its_way", words)
    }

    pub const fn delivery_wiped() -> Self {
        let words = [
            "It cannot be sent again",
            "It had a link in it that only its receiver may read, and that was wiped when it was done.",
            "Make a new link.",
        ];
        Self::new(StatusCode::CONFLICT, "delivery_wiped", words)
    }

    pub const fn no_such_place() -> Self {
        let words = [
            "There is no such place in the list",
            "The cursor is not one that this list gave.",
            "Begin without a cursor and follow the header Link.",
        ];
        Self::new(StatusCode::NOT_FOUND, "cursor_unknown", words)
    }

    pub const fn owner_taken() -> Self {
        let words = [
            "This owner already has that account",
            "The owner is linked to the same Qlik user already. Nothing was changed.",
            "Edit or delete the account that is there.",
        ];
        Self::new(StatusCode::CONFLICT, "owner_taken", words)
    }

    pub const fn renewal_off() -> Self {
        let words = [
            "This hub does not renew keys",
            "Renewal is not switched on for this hub. Nothing was changed.",
            "Whoever runs the hub can switch it on: LINKHUB_RENEWAL.",
        ];
        Self::new(StatusCode::CONFLICT, "renewal_off", words)
    }

    pub const fn account_suspended() -> Self {
        let words = [
            "This account is suspended",
            "Its key is kept, but handed to nobody.",
            "Resume it first: POST /api/accounts/{id}/resume.",
        ];
        Self::new(StatusCode::PRECONDITION_FAILED, "account_suspended", words)
    }

    pub const fn idempotency_key_in_use() -> Self {
        let words = [
            "The same request is still under way",
            "Another request with this Idempotency-Key has not been answered yet.",
            "Wait a little and send it again.",
        ];
        Self::new(StatusCode::CONFLICT, "idempotency_key_in_use", words)
    }

    pub const fn idempotency_key_reused() -> Self {
        let words = [
            "This Idempotency-Key belongs to another request",
            "It was sent within the last day with another method, path or body. Nothing was changed.",
            "Use a new key for a new request.",
        ];
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", words)
    }

    pub const fn origin_not_allowed() -> Self {
        let words = [
            "This page may not be used to connect",
            "Its address is not among those that the connect session allows. Nothing was changed.",
            "Whoever runs the page must name its origin in allowed_origins or in LINKHUB_ALLOWED_ORIGINS.",
        ];
        Self::new(StatusCode::FORBIDDEN, "origin_not_allowed", words)
    }

    /// What went wrong with Qlik or with a connect session, in the words that people read.
    /// `host` is the address that was tried, if there was one.
    pub fn of_failure(failure: &Failure, host: &str, language: Language) -> Self {
        let words = words::of(failure, host, language);
        Self {
            title: words.title.into(),
            reason: words.reason.into(),
            next_step: words.next_step.into(),
            retry_after: failure.retry_after,
            ..Self::new(hub::status(failure), failure.code.as_str(), [""; 3])
        }
    }
}

impl From<FailureCode> for WebError {
    fn from(code: FailureCode) -> Self {
        Self::of_failure(&code.into(), "", Language::default())
    }
}
