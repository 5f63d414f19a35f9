//! Unlinking asks once more, on a page of its own, so that it also works without JavaScript.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::id::AccountId;
use crate::linking::{AtQlik, UnlinkError};
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render};

#[derive(Template)]
#[template(path = "pages/unlink.html")]
pub struct UnlinkPage {
    pub layout: Layout,
    pub href: String,
    pub name: String,
    pub host: String,
    pub user: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct UnlinkForm {
    delete_at_qlik: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let account = state.store.find_account(&id).await?.ok_or(WebError::not_found())?;
    render(&UnlinkPage {
        layout: admin.layout(Nav::Accounts),
        href: paths::account(&id),
        name: account.name().to_owned(),
        host: account.host,
        user: account.user.name,
    })
}

pub async fn unlink(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
    Form(form): Form<UnlinkForm>,
) -> Result<Response, WebError> {
    let delete_at_qlik = !form.delete_at_qlik.is_empty();
    let outcome = match state.linking.unlink(id, delete_at_qlik, admin.caller).await {
        Ok(unlinked) => match unlinked.at_qlik {
            AtQlik::Kept => "kept",
            AtQlik::Deleted => "deleted",
            AtQlik::NotDeleted(_) => "not_deleted",
        },
        Err(UnlinkError::NotFound) => return Err(WebError::not_found()),
        Err(UnlinkError::Store(error)) => return Err(error.into()),
        Err(error @ UnlinkError::Busy) => return Err(WebError::unavailable(error)),
    };
    Ok(Redirect::to(&format!("{}?unlinked={outcome}", paths::ACCOUNTS)).into_response())
}
