//! The page of every error that has no page of its own.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::id::RequestId;
use crate::state::AppState;
use crate::web::api::envelope;
use crate::web::components::FailureBox;
use crate::web::error::WebError;
use crate::web::layers::wants_json;
use crate::web::layout::{Layout, Nav};
use crate::web::render;

#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub layout: Layout,
    pub status: u16,
    pub failure: FailureBox,
}

/// Draws the [`WebError`] of a response, if there is one, and gives errors of the router our form.
pub async fn draw(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let place = envelope::Place::of(request.uri().path());
    let json = place != envelope::Place::Page || wants_json(request.headers());
    let request_id = request.extensions().get::<RequestId>().map(ToString::to_string);
    let mut response = next.run(request).await;
    let error = match response.extensions().get::<WebError>() {
        Some(error) => error.clone(),
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => {
            WebError::method_not_allowed()
        }
        None => return response,
    };
    let support_id = request_id.unwrap_or_default();
    let drawn = if json {
        let body = envelope::body(&error, place, &support_id, state.clock.now());
        ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    } else {
        page(&error, support_id)
    };
    response.headers_mut().remove(header::CONTENT_LENGTH);
    for (name, value) in drawn.headers() {
        response.headers_mut().insert(name, value.clone());
    }
    *response.body_mut() = drawn.into_body();
    response.extensions_mut().insert(error);
    response
}

fn page(error: &WebError, support_id: String) -> Response {
    let failure = FailureBox {
        code: error.code,
        step: "",
        title: error.title.clone().into_owned(),
        reason: error.reason.clone().into_owned(),
        next_step: error.next_step.clone().into_owned(),
        support_id,
        focus: false,
    };
    let layout = Layout::visitor(Nav::Elsewhere);
    let page = ErrorPage { layout, status: error.status.as_u16(), failure };
    render(&page).unwrap_or_else(|_| Html(error.title.clone().into_owned()).into_response())
}
