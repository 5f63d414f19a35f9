//! Pages and API over HTTP: handlers translate, they decide nothing.

pub mod api;
pub mod assets;
pub mod brand;
pub mod components;
pub mod csv;
pub mod error;
pub mod events;
pub mod extract;
pub mod guide;
pub mod health;
pub mod hub;
pub mod language;
pub mod layers;
pub mod layout;
pub mod pages;
pub mod paths;
pub mod pictures;
pub mod routes;
pub mod session;
pub mod texts;
pub mod words;

#[cfg(test)]
mod samples;

use std::net::SocketAddr;

use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse as _, Response};

use crate::state::AppState;
use crate::web::error::WebError;

/// The address of the client's end of the connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Everything that the hub answers.
pub fn router(state: AppState) -> Router {
    let routes = routes::all().router.fallback(async || WebError::not_found());
    layers::around(routes, &state).with_state(state)
}

pub fn render(page: &impl Template) -> Result<Response, WebError> {
    let html = page.render().map_err(WebError::internal)?;
    Ok(Html(html).into_response())
}
