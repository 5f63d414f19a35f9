//! What is done with one account by a press of a button.

use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::id::AccountId;
use crate::linking::{RenewalError, SessionError, SuspendError};
use crate::model::connect_session::Terms;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, SignedIn};
use crate::web::layout::Nav;
use crate::web::pages::links::{Back, NewLinkPage};
use crate::web::{paths, render};

/// Long enough for an e-mail to be read.
const LIFETIME: Duration = Duration::from_hours(24);

pub async fn suspend(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    turned(&id, "suspended", state.linking.suspend(&id, &admin.caller).await.err())
}

pub async fn resume(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    turned(&id, "resumed", state.linking.resume(&id, &admin.caller).await.err())
}

fn turned(
    id: &AccountId,
    outcome: &str,
    error: Option<SuspendError>,
) -> Result<Response, WebError> {
    match error {
        None => {
            let to = format!("{}?turned={outcome}", paths::account(id));
            Ok(Redirect::to(&to).into_response())
        }
        Some(SuspendError::NotFound) => Err(WebError::not_found()),
        Some(SuspendError::Store(error)) => Err(error.into()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RenewalForm {
    /// `yes` or `no`; `again` while there is a problem.
    allowed: String,
}

pub async fn set_renewal(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
    Form(form): Form<RenewalForm>,
) -> Result<Response, WebError> {
    let (allowed, outcome) = match form.allowed.as_str() {
        "yes" => (true, "renewal-allowed"),
        "again" => (true, "renewal-again"),
        _ => (false, "renewal-stopped"),
    };
    match state.linking.set_renewal(&id, allowed, &admin.caller).await {
        Ok(_) => {
            let to = format!("{}?turned={outcome}", paths::account(&id));
            Ok(Redirect::to(&to).into_response())
        }
        Err(RenewalError::NotFound) => Err(WebError::not_found()),
        Err(RenewalError::NotOffered) => Err(WebError::renewal_off()),
        Err(RenewalError::Store(error)) => Err(error.into()),
    }
}

/// Makes a link that renews this account and no other, and shows it once.
pub async fn link(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let terms = Terms { account_id: Some(id.clone()), ..Terms::default() };
    match state.linking.create_connect_session(terms, LIFETIME, &admin.caller).await {
        Ok(new) => {
            let (layout, back) = (admin.layout(Nav::Accounts), Back::account(&id));
            let now = state.clock.now();
            render(&NewLinkPage::new(layout, &state.site.origin(), &new, back, now))
        }
        Err(SessionError::NoSuchAccount) => Err(WebError::not_found()),
        Err(SessionError::Store(error)) => Err(error.into()),
    }
}
