//! Connect sessions: made by a back end for one of its owners, listed, read and revoked.

pub mod terms;
pub mod view;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::id::ConnectSessionId;
use crate::linking::SessionError;
use crate::model::connect_session::SessionState;
use crate::model::failure::FailureCode;
use crate::state::AppState;
use crate::store::SessionQuery;
use crate::web::api::auth::{Key, SessionsWrite};
use crate::web::api::body::Json;
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::api::{answer, paging};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::paths;

use terms::NewConnectSession;
use view::{ConnectSessionView, CreatedConnectSession};

/// Make a connect session
///
/// Its token opens the Hub for one owner. The token is shown in this answer only. An owner who has an
/// account already renews it, unless `multiple` is true.
#[utoipa::path(post, path = "/connect_sessions", tag = "Connect sessions", operation_id = "create_connect_session",
    request_body = NewConnectSession,
    responses((status = 201, description = "The session with its token.", body = CreatedConnectSession,
            links(("read" = (operation_id = "get_connect_session", parameters(("id" = "$response.body#/connect_session_id")))),
                ("revoke" = (operation_id = "revoke_connect_session", parameters(("id" = "$response.body#/connect_session_id")))))),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["sessions:write"]), ("api_key_bearer" = ["sessions:write"])))]
pub async fn create(
    State(state): State<AppState>,
    key: Key<SessionsWrite>,
    Json(new): Json<NewConnectSession>,
) -> Result<Response, WebError> {
    let (terms, lifetime) = new.read()?;
    let made = state.linking.create_connect_session(terms, lifetime, &key.caller).await;
    let made = made.map_err(|error| match error {
        SessionError::NoSuchAccount => WebError::no_such_account(),
        SessionError::Store(error) => error.into(),
    })?;
    let view = CreatedConnectSession::of(&made, &state.site, state.clock.now());
    answer(StatusCode::CREATED, &view)
}

/// A token to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ShownToken {
    #[serde(deserialize_with = "secret")]
    #[schema(value_type = String, example = "lhc_0198f0c2a1b37abc8def000000000000.kTnX2g…")]
    token: SecretString,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

/// See which session a token opens
#[utoipa::path(post, path = "/connect_sessions/authenticate", tag = "Connect sessions",
    operation_id = "authenticate_connect_session", request_body = ShownToken,
    responses((status = 201, description = "The session, without its token.", body = ConnectSessionView),
        (status = 404), (status = 409), (status = 410), (status = 422)),
    security(("api_key_basic" = ["sessions:write"]), ("api_key_bearer" = ["sessions:write"])))]
pub async fn authenticate(
    State(state): State<AppState>,
    _: Key<SessionsWrite>,
    Json(shown): Json<ShownToken>,
) -> Result<Response, WebError> {
    let session = state.linking.connect_session(shown.token.expose_secret()).await?;
    let session = session.ok_or(FailureCode::SessionUnknown)?;
    let now = state.clock.now();
    if let Some(code) = session.state(now).refusal() {
        return Err(code.into());
    }
    answer(StatusCode::CREATED, &ConnectSessionView::of(&session, now))
}

/// List the open sessions, newest first
#[utoipa::path(get, path = "/connect_sessions", tag = "Connect sessions", operation_id = "list_connect_sessions",
    params(
        ("page_size" = Option<usize>, Query, minimum = 1, maximum = 100, description = "How many; 25 if not given."),
        ("cursor" = Option<String>, Query, description = "A place in the list, from the header Link."),
        ("origin_owner_id" = Option<String>, Query, max_length = 200, description = "Only those of this owner.")),
    responses((status = 200, description = "The sessions.", body = [ConnectSessionView],
            headers(("Link" = String, description = "The next page, rel=\"next\"."))),
        (status = 404), (status = 422)),
    security(("api_key_basic" = ["sessions:write"]), ("api_key_bearer" = ["sessions:write"])))]
pub async fn list(
    State(state): State<AppState>,
    _: Key<SessionsWrite>,
    params: Params,
) -> Result<Response, WebError> {
    let mut problems = Problems::default();
    let limit = paging::page_size(&params, &mut problems);
    let owner_id = params.all("origin_owner_id", &mut problems).pop();
    problems.none()?;
    let now = state.clock.now();
    let before = paging::place::<ConnectSessionId>(&params)?;
    let owner_id = owner_id.map(|id| id.replace('\0', "\u{fffd}"));
    let query = SessionQuery {
        open_at: Some(now),
        owner_id,
        before,
        limit: limit + 1,
        ..SessionQuery::default()
    };
    let mut sessions = state.store.list_connect_sessions(&query).await?;
    let more = sessions.len() > limit;
    sessions.truncate(limit);
    let last = sessions.last().filter(|_| more);
    let next = last.map(|session| paging::place_of(session.created_at, session.id.as_str()));
    let views: Vec<_> = sessions.iter().map(|s| ConnectSessionView::of(s, now)).collect();
    let response = answer(StatusCode::OK, &views)?;
    Ok(paging::link(response, &state.site, paths::API_CONNECT_SESSIONS, &params, &[("next", next)]))
}

/// Read one session, in whatever state
#[utoipa::path(get, path = "/connect_sessions/{id}", tag = "Connect sessions", operation_id = "get_connect_session",
    params(("id" = String, Path, description = "`connect_session_id` of the session.")),
    responses((status = 200, description = "The session.", body = ConnectSessionView), (status = 404)),
    security(("api_key_basic" = ["sessions:write"]), ("api_key_bearer" = ["sessions:write"])))]
pub async fn show(
    State(state): State<AppState>,
    _: Key<SessionsWrite>,
    Path(id): Path<ConnectSessionId>,
) -> Result<Response, WebError> {
    let session = state.store.find_connect_session(id.as_str()).await?;
    let session = session.ok_or(WebError::not_found())?;
    answer(StatusCode::OK, &ConnectSessionView::of(&session, state.clock.now()))
}

/// Revoke a session
///
/// Its token opens nothing any more. What was linked with it stays.
#[utoipa::path(delete, path = "/connect_sessions/{id}", tag = "Connect sessions", operation_id = "revoke_connect_session",
    params(("id" = String, Path, description = "`connect_session_id` of the session.")),
    responses((status = 200, description = "The session, now revoked.", body = ConnectSessionView),
        (status = 404), (status = 410, description = "The session was used already.")),
    security(("api_key_basic" = ["sessions:write"]), ("api_key_bearer" = ["sessions:write"])))]
pub async fn revoke(
    State(state): State<AppState>,
    key: Key<SessionsWrite>,
    Path(id): Path<ConnectSessionId>,
) -> Result<Response, WebError> {
    state.linking.revoke_connect_session(&id, &key.caller).await?;
    let session = state.store.find_connect_session(id.as_str()).await?;
    let session = session.ok_or(WebError::not_found())?;
    let now = state.clock.now();
    if session.state(now) == SessionState::Used {
        return Err(FailureCode::SessionUsed.into());
    }
    answer(StatusCode::OK, &ConnectSessionView::of(&session, now))
}
