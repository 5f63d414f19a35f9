//! Which session a request brings, and whether the page that sends it may use it.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::model::connect_session::ConnectSession;
use crate::model::event::Caller;
use crate::model::failure::FailureCode;
use crate::model::language::Language;
use crate::state::AppState;
use crate::web::api::envelope::Place;
use crate::web::error::WebError;
use crate::web::extract::Visitor;
use crate::web::language;

pub const TOKEN: HeaderName = HeaderName::from_static("x-hub-session-token");
/// Only StackOne's component sends it.
const VERSION: HeaderName = HeaderName::from_static("x-hub-version");

const ANY: HeaderValue = HeaderValue::from_static("*");
const PREFLIGHT: [(HeaderName, &str); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PATCH, DELETE, OPTIONS"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, x-hub-session-token, x-hub-version"),
    (header::ACCESS_CONTROL_MAX_AGE, "7200"),
];
const VARIES: &str = "Origin, X-Hub-Session-Token, Accept-Language";
const READABLE: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");

/// What a request may do.
#[derive(Debug, Clone)]
pub enum Visit {
    Open(Box<OpenSession>),
    /// Nothing, and why.
    Closed {
        error: WebError,
        told: bool,
        language: Language,
    },
}

/// A session with which an account can be linked now.
#[derive(Debug, Clone)]
pub struct OpenSession {
    pub session: ConnectSession,
    pub caller: Caller,
    /// What the person is told is in this language.
    pub language: Language,
}

impl FromRequestParts<AppState> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, WebError> {
        let visit = parts.extensions.get::<Self>().cloned();
        visit.ok_or_else(|| FailureCode::SessionUnknown.into())
    }
}

impl FromRequestParts<AppState> for OpenSession {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        match Visit::from_request_parts(parts, state).await? {
            Visit::Open(open) => Ok(*open),
            Visit::Closed { error, .. } => Err(error),
        }
    }
}

/// Answers what browsers ask beforehand, finds the session, and lets only pages read that may.
pub async fn guarded(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if Place::of(request.uri().path()) != Place::HubApi {
        return next.run(request).await;
    }
    if request.method() == Method::OPTIONS {
        return preflight();
    }
    let (mut parts, body) = request.into_parts();
    let (visit, readers) = match admit(&mut parts, &state).await {
        Ok(admitted) => admitted,
        Err(error) => {
            // Without it a component can only say that nothing was fetched.
            return ([(header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY)], error).into_response();
        }
    };
    parts.extensions.insert(visit);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static(VARIES));
    if let Some(readers) = readers {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, readers);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, READABLE);
    }
    response
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for (name, value) in PREFLIGHT {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The visit, and which pages may read the answer.
async fn admit(
    parts: &mut Parts,
    state: &AppState,
) -> Result<(Visit, Option<HeaderValue>), WebError> {
    let told = parts.method == Method::GET && parts.headers.contains_key(VERSION);
    let token = parts.headers.get(TOKEN).and_then(|value| value.to_str().ok());
    let session = match token {
        Some(token) => state.linking.connect_session(token).await?,
        None => None,
    };
    let spoken = language::of(&parts.uri, &parts.headers);
    let Some(session) = session else {
        // Whoever asks learns only what it knows: that this is no token.
        let error = WebError::of_failure(&FailureCode::SessionUnknown.into(), "", spoken);
        return Ok((Visit::Closed { error, told, language: spoken }, Some(ANY)));
    };
    let origin = parts.headers.get(header::ORIGIN).cloned();
    if !is_allowed(&parts.headers, &session, state) {
        let error = WebError::origin_not_allowed();
        let readers = origin.filter(|_| told);
        return Ok((Visit::Closed { error, told, language: spoken }, readers));
    }
    let Ok(Visitor(caller)) = Visitor::from_request_parts(parts, state).await;
    let language = session.terms.language.unwrap_or(spoken);
    let visit = match session.state(state.clock.now()).refusal() {
        Some(code) => {
            let error = WebError::of_failure(&code.into(), "", language);
            Visit::Closed { error, told, language }
        }
        None => Visit::Open(Box::new(OpenSession { session, caller, language })),
    };
    Ok((visit, origin))
}

/// A request without an origin is from no other page: from our own, or from a program.
fn is_allowed(headers: &HeaderMap, session: &ConnectSession, state: &AppState) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let allowed = state.site.origins_of(session);
    origin == state.site.origin() || allowed.iter().any(|allowed| allowed.as_str() == origin)
}
