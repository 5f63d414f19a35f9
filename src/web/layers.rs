//! What every request and answer passes, outermost first: request id and log, security headers,
//! compression, drawing of errors, panics, requests of other sites, who may use the Hub's API, panics
//! again, time, requests that come again.

use std::any::Any;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{
    Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header,
};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;

use crate::id::RequestId;
use crate::model::connect_session::Origin;
use crate::state::AppState;
use crate::web::api;
use crate::web::error::WebError;
use crate::web::pages::error;
use crate::web::paths;

/// Nothing that a form of this hub sends is larger.
const BODY_LIMIT: usize = 16 * 1024;

/// `connect-src 'self'` is also what Lighthouse's robots.txt check needs.
macro_rules! policy {
    ($ancestors:literal) => {
        concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; \
             require-trusted-types-for 'script'; frame-ancestors ",
            $ancestors
        )
    };
}
const CONTENT_SECURITY_POLICY: &str = policy!("'none'");

/// Goes with an answer that the page of `parent` frames: these origins may, and nobody else.
#[derive(Debug, Clone)]
pub struct Framing {
    pub parent: Origin,
    pub ancestors: Vec<Origin>,
}

impl Framing {
    /// The policy for the parts of a page, with these origins as the only ancestors.
    fn policy(&self) -> Option<HeaderValue> {
        let ancestors: Vec<&str> = self.ancestors.iter().map(Origin::as_str).collect();
        HeaderValue::try_from(format!(policy!("{}"), ancestors.join(" "))).ok()
    }
}

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // With `no-referrer` browsers send `Origin: null` with our own forms over plain http.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];
const STRICT_TRANSPORT_SECURITY: HeaderValue = HeaderValue::from_static("max-age=63072000");

pub fn around(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    let csrf = CsrfLayer::new().with_insecure_bypass(|_, uri| needs_a_token(uri.path()));
    let csrf = match csrf.clone().add_trusted_origin(state.site.origin()) {
        Ok(csrf) => csrf,
        // An origin that no browser sends can be trusted by nobody.
        Err(_) => csrf,
    };
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), api::idempotency::once))
        .layer(from_fn_with_state(state.clone(), in_time))
        // Inside of what says which page may read the answer, so that it may read this one too.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), api::hub::door::guarded))
        .layer(csrf.with_rejection_response(|_| WebError::cross_site().into_response()))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), error::draw))
        .layer(CompressionLayer::new().compress_when(is_compressible))
        .layer(from_fn_with_state(state.clone(), secured))
        .layer(from_fn(logged))
}

/// Goes with an answer whose length tells a stranger nothing: whoever can ask for it knows what is in it.
/// Pages behind a cookie are sent as they are, since they hold what a stranger's words in the address
/// could be compared with.
#[derive(Debug, Clone)]
struct Compressible;

pub fn compressible(mut response: Response) -> Response {
    response.extensions_mut().insert(Compressible);
    response
}

fn is_compressible(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<Compressible>().is_some()
}

/// Where neither cookies nor what a browser keeps of HTTP Basic is read, another site gains nothing by
/// sending a request: whoever asks must hold the token of a connect session.
pub fn needs_a_token(path: &str) -> bool {
    is_below("/hub", path) || is_below("/api/hub", path)
}

fn is_below(room: &str, path: &str) -> bool {
    path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

async fn in_time(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.site.answer_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => WebError::too_slow().into_response(),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the layer gives it so")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let text = cause
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| cause.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown");
    WebError::internal(anyhow::anyhow!("panic: {text}")).into_response()
}

async fn secured(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let names_token = paths::may_hold_token(request.uri().path());
    let mut response = next.run(request).await;
    let framing = response.extensions_mut().remove::<Framing>();
    let policy = framing.as_ref().and_then(Framing::policy);
    let head = response.headers_mut();
    if let Some(policy) = policy {
        head.insert(header::CONTENT_SECURITY_POLICY, policy);
        head.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    }
    if names_token {
        head.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    for (name, value) in HEADERS {
        // It knows no list of origins, and would forbid what the policy allows.
        if framing.is_some() && name == header::X_FRAME_OPTIONS {
            continue;
        }
        if !head.contains_key(&name) {
            head.insert(name, HeaderValue::from_static(value));
        }
    }
    if !head.contains_key(header::CACHE_CONTROL) {
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if state.site.is_https() {
        head.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT_SECURITY);
    }
    response
}

/// One line a request. The route's template stands for the path, which may hold a token; what the
/// client calls its request is not believed.
async fn logged(mut request: Request, next: Next) -> Response {
    let id = RequestId::new();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    request.extensions_mut().insert(id.clone());
    let started = Instant::now();
    let mut response = next.run(request).await;
    let status = response.status();
    log(&id, &method, route.as_deref().unwrap_or("none"), status, started.elapsed());
    if let Some(error) = response.extensions().get::<WebError>()
        && let Some(cause) = &error.cause
    {
        tracing::error!(request_id = %id, code = error.code, cause = format!("{cause:#}"), "failed");
    }
    if let Ok(id) = HeaderValue::from_str(id.as_str()) {
        response.headers_mut().insert("x-request-id", id);
    }
    response
}

fn log(id: &RequestId, method: &Method, route: &str, status: StatusCode, took: Duration) {
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let status = status.as_u16();
    let quiet = ["/healthz", "/readyz", "/static", "/brand"];
    if quiet.iter().any(|path| route.starts_with(path)) {
        tracing::debug!(request_id = %id, %method, route, status, took, "answered");
    } else {
        tracing::info!(request_id = %id, %method, route, status, took, "answered");
    }
}

/// Whether the client prefers JSON to a page.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepts.is_some_and(|accepts| accepts.contains("json") && !accepts.contains("text/html"))
}
