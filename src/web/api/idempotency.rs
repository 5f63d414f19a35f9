//! `Idempotency-Key` on a POST of a back end: the request is carried out once, whoever sends it again
//! within a day gets the same answer.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::linking::{Idempotency, IdempotentRequest};
use crate::state::AppState;
use crate::web::api::envelope::{self, Place};
use crate::web::api::problems::Problems;
use crate::web::api::{auth, body};
use crate::web::error::WebError;

pub const HEADER: &str = "idempotency-key";
pub const LONGEST: usize = 255;

pub async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_ours = request.method() == Method::POST && Place::of(request.uri().path()) == Place::Api;
    match request.headers().get(HEADER).cloned() {
        Some(name) if is_ours => {
            // It goes on when the client leaves: what was carried out must be known to have been.
            let work = async move { answered(&state, &name, request, next).await };
            let answered =
                tokio::spawn(work).await.unwrap_or_else(|cut| Err(WebError::internal(cut)));
            answered.unwrap_or_else(WebError::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn answered(
    state: &AppState,
    name: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let (mut parts, body) = request.into_parts();
    let client = auth::authenticate(&mut parts, state).await?;
    let name = readable(name)?;
    let bytes = body::read(body).await?;
    let mut print = Sha256::new();
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    for part in [parts.method.as_str().as_bytes(), target.as_bytes(), &bytes] {
        print.update(part.len().to_be_bytes());
        print.update(part);
    }
    let fingerprint = print.finalize().to_vec();
    let named = IdempotentRequest { api_key_id: client.key.id.clone(), name, fingerprint };
    let reservation = match state.linking.reserve_request(&named).await? {
        Idempotency::First(reservation) => reservation,
        Idempotency::Again { status, body } => return Ok(replayed(status, &body)),
        Idempotency::UnderWay => return Err(WebError::idempotency_key_in_use()),
        Idempotency::Other => return Err(WebError::idempotency_key_reused()),
    };
    let request_id = client.caller.request_id.clone().unwrap_or_default();
    parts.extensions.insert(client);
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let (mut parts, body) = response.into_parts();
    // A refusal is drawn further out, so it is drawn here for those who ask again.
    let answer = match parts.extensions.get::<WebError>() {
        Some(error) => {
            envelope::body(error, Place::Api, &request_id, state.clock.now()).to_string().into()
        }
        None => body::read(body).await?,
    };
    let text = SecretString::from(String::from_utf8_lossy(&answer).into_owned());
    let kept = state.linking.remember_answer(&reservation, parts.status.as_u16(), &text).await;
    if let Err(error) = kept {
        // What was asked for is done, and is answered.
        tracing::warn!(error = &error as &dyn std::error::Error, "an answer was not kept");
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(parts, Body::from(answer)))
}

fn readable(name: &HeaderValue) -> Result<String, WebError> {
    let text = name.to_str().ok().filter(|text| (1..=LONGEST).contains(&text.len()));
    text.map(str::to_owned).ok_or_else(|| {
        let mut problems = Problems::default();
        problems.add(HEADER, "It must be 1 to 255 visible characters of ASCII.");
        problems.into()
    })
}

fn replayed(status: u16, body: &SecretString) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let headers = [("content-type", "application/json"), ("idempotent-replayed", "true")];
    (status, headers, body.expose_secret().to_owned()).into_response()
}
