//! The first admin's password, by the one-time link that the first start prints. The token stands behind
//! the `#`, so that it is in no log; a script puts it into the form, without one it can be pasted.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use crate::linking::{PasswordError, SetupError};
use crate::state::AppState;
use crate::web::components::Problem;
use crate::web::error::WebError;
use crate::web::extract::{Form, Visitor};
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render, session};

#[derive(Template)]
#[template(path = "pages/setup.html")]
pub struct SetupPage {
    pub layout: Layout,
    pub link_problem: Option<Problem>,
    pub password_problem: Option<Problem>,
    /// There is an admin already.
    pub done: bool,
}

#[derive(Deserialize)]
pub struct SetupForm {
    #[serde(default)]
    setup_token: String,
    password: String,
}

pub async fn show(State(state): State<AppState>) -> Result<Response, WebError> {
    let done = !state.linking.needs_setup().await?;
    page(&state, None, None, done)
}

pub async fn set_up(
    State(state): State<AppState>,
    Visitor(caller): Visitor,
    Form(form): Form<SetupForm>,
) -> Result<Response, WebError> {
    let password = SecretString::from(form.password);
    let failed = match state.linking.set_up(&form.setup_token, password, &caller).await {
        Ok(started) => {
            let cookie = session::start(&started.token, &state.site);
            let to = Redirect::to(paths::ACCOUNTS);
            return Ok(([(header::SET_COOKIE, cookie)], to).into_response());
        }
        Err(SetupError::Store(error)) => return Err(error.into()),
        Err(SetupError::BadLink) => {
            let done = !state.linking.needs_setup().await?;
            let text = "This setup link is unknown, used or expired. Restart the hub: it prints a new one as long as there is no admin.";
            page(&state, Problem::some("setup_link_invalid", text), None, done)?
        }
        Err(SetupError::Password(error)) => {
            let text = match error {
                PasswordError::TooShort => "Use at least 12 characters. A few words are fine.",
                PasswordError::TooLong => "Use at most 256 characters.",
                PasswordError::TooSimple => "Use more different characters.",
            };
            page(&state, None, Problem::some("password_unfit", text), false)?
        }
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, failed).into_response())
}

fn page(
    state: &AppState,
    link_problem: Option<Problem>,
    password_problem: Option<Problem>,
    done: bool,
) -> Result<Response, WebError> {
    let layout = Layout::visitor(&state.site.brand, Nav::Elsewhere);
    render(&SetupPage { layout, link_problem, password_problem, done })
}
