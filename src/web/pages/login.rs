//! Signing in and out.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

use crate::linking::SignInError;
use crate::state::AppState;
use crate::web::components::{Problem, length};
use crate::web::error::WebError;
use crate::web::extract::{Form, Query, SignedIn, Visitor};
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render, session};

#[derive(Template)]
#[template(path = "pages/login.html")]
pub struct LoginPage {
    pub layout: Layout,
    /// Where to go after signing in: a path of this hub.
    pub next: String,
    pub problem: Option<Problem>,
    /// There is no admin yet; the way in is the setup link.
    pub needs_setup: bool,
}

#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub struct Credentials {
    password: String,
    #[serde(default)]
    next: String,
}

#[derive(Debug, Deserialize)]
pub struct SignOut {
    #[serde(default)]
    everywhere: String,
}

pub async fn show(
    State(state): State<AppState>,
    Query(query): Query<Next>,
) -> Result<Response, WebError> {
    let needs_setup = state.linking.needs_setup().await?;
    page(&state, local(&query.next), None, needs_setup)
}

pub async fn sign_in(
    State(state): State<AppState>,
    Visitor(caller): Visitor,
    Form(form): Form<Credentials>,
) -> Result<Response, WebError> {
    let next = local(&form.next);
    match state.linking.sign_in(SecretString::from(form.password), &caller).await {
        Ok(started) => {
            let cookie = session::start(&started.token, &state.site);
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
        }
        Err(SignInError::WrongPassword) => {
            let needs_setup = state.linking.needs_setup().await?;
            let text = "This password is wrong. Check Caps Lock and try again.";
            let problem = Problem::some("wrong_password", text);
            let page = page(&state, next, problem, needs_setup)?;
            Ok((StatusCode::UNAUTHORIZED, page).into_response())
        }
        Err(SignInError::TooMany { retry_after }) => {
            let wait = retry_after.max(Duration::from_secs(1));
            let text = format!("Too many passwords were tried. Try again in {}.", length(wait));
            let problem = Problem::some("too_many_attempts", &text);
            let page = page(&state, next, problem, false)?;
            let seconds = [(header::RETRY_AFTER, wait.as_secs().to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, seconds, page).into_response())
        }
        Err(SignInError::Store(error)) => Err(error.into()),
    }
}

pub async fn sign_out(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(form): Form<SignOut>,
) -> Result<Response, WebError> {
    if form.everywhere.is_empty() {
        state.linking.sign_out(&admin.who, &admin.caller).await?;
    } else {
        state.linking.sign_out_everywhere(&admin.who, &admin.caller).await?;
    }
    let cookie = session::end(&state.site);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(paths::LOGIN)).into_response())
}

fn page(
    state: &AppState,
    next: String,
    problem: Option<Problem>,
    needs_setup: bool,
) -> Result<Response, WebError> {
    let layout = Layout::visitor(&state.site.brand, Nav::Elsewhere);
    render(&LoginPage { layout, next, problem, needs_setup })
}

/// Only a path of this hub, so that nobody can use the login page to send people elsewhere.
fn local(next: &str) -> String {
    let is_path = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && next.bytes().all(|byte| byte.is_ascii_graphic());
    if is_path { next.to_owned() } else { paths::ACCOUNTS.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_signing_in_one_stays_at_this_hub() {
        assert_eq!(local("/connect?owner_id=7"), "/connect?owner_id=7");
        for elsewhere in
            ["", "//example.com", "https://example.com", "/\\example.com", "/a\nb", "javascript:x"]
        {
            assert_eq!(local(elsewhere), paths::ACCOUNTS, "{elsewhere:?}");
        }
    }
}
