//! The page of every error that has no page of its own.

use std::borrow::Cow;

use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use crate::id::RequestId;
use crate::model::language::Language;
use crate::state::AppState;
use crate::web::api::envelope;
use crate::web::components::FailureBox;
use crate::web::error::WebError;
use crate::web::language::{self, varied};
use crate::web::layers::wants_json;
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render, texts};

#[derive(Template)]
#[template(path = "pages/error.html")]
pub struct ErrorPage {
    pub layout: Layout,
    pub status: String,
    pub failure: FailureBox,
}

/// Draws the [`WebError`] of a response, if there is one, and gives errors of the router our form.
pub async fn draw(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let language = language(&request);
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
        page(&state, &error, support_id, language)
    };
    response.headers_mut().remove(header::CONTENT_LENGTH);
    for (name, value) in drawn.headers() {
        response.headers_mut().insert(name, value.clone());
    }
    *response.body_mut() = drawn.into_body();
    response.extensions_mut().insert(error);
    response
}

/// `None` where only admins go: what they see is English and says what an operator needs.
fn language(request: &Request) -> Option<Language> {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let everybody = path.is_none_or(paths::is_for_end_users);
    everybody.then(|| language::of(request.uri(), request.headers()))
}

fn page(
    state: &AppState,
    error: &WebError,
    support_id: String,
    language: Option<Language>,
) -> Response {
    let words = |part: &str, own: &str| {
        let key = format!("error-{}{part}", error.code);
        let text = language.and_then(|language| texts::find(language, &key));
        text.map_or_else(|| own.to_owned(), Cow::into_owned)
    };
    let failure = FailureBox {
        code: error.code,
        title: words("", &error.title),
        reason: words(".reason", &error.reason),
        next_step: words(".next", &error.next_step),
        support_id,
        ..FailureBox::default()
    };
    let layout = Layout::visitor(&state.site.brand, Nav::Elsewhere)
        .in_language(language.unwrap_or_default());
    let page = ErrorPage { layout, status: error.status.as_u16().to_string(), failure };
    let drawn =
        render(&page).unwrap_or_else(|_| Html(error.title.clone().into_owned()).into_response());
    if language.is_some() { varied(drawn) } else { drawn }
}
