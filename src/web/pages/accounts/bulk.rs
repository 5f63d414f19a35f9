//! Something is done with many accounts by one press of a button.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::select::{self, Selected, Selection};
use crate::clock::Timestamp;
use crate::linking::{AnnounceError, NewSession, SessionError};
use crate::model::account::Account;
use crate::secret::PlainToken;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::accounts::{Moment, Params};
use crate::web::pages::links::{lifetime, link_of};
use crate::web::{csv, render};

/// Links that have just been made, in a file that is shown this once.
#[derive(Template)]
#[template(path = "pages/reconnect_links.html")]
pub struct ReconnectLinksPage {
    pub layout: Layout,
    pub said: String,
    /// The file as the address of itself; empty if there is no link.
    pub file: String,
    pub name: String,
    pub ends: Option<Moment>,
    pub back: String,
}

pub async fn act(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let field = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map_or("", |(_, value)| value.as_str())
    };
    let selection = Selection::read(&fields);
    let selected = selection.find(&state).await?;
    if selected.ids.is_empty() && selection.strange == 0 {
        let to = selection.params.href(&[("did", "nothing")]);
        return Ok(Redirect::to(&to).into_response());
    }
    match field("action") {
        "check" => check(&state, &admin, &selection, &selected).await,
        "links" => {
            let lifetime = lifetime(field("lifetime"));
            let made = state
                .linking
                .create_reconnect_sessions(&selected.ids, lifetime, &admin.caller)
                .await?;
            let gone = selected.ids.len() + selection.strange - made.len();
            let (origin, now) = (state.site.origin(), state.clock.now());
            let page = ReconnectLinksPage::new(
                admin.layout(Nav::Accounts),
                &origin,
                &made,
                gone,
                selected.more,
                now,
            );
            render(&page.back_to(&selection.params))
        }
        "announce" => announce(&state, &admin, &selection, &selected, field("lifetime")).await,
        _ => Err(WebError::bad_request()),
    }
}

async fn announce(
    state: &AppState,
    admin: &SignedIn,
    selection: &Selection,
    selected: &Selected,
    chosen: &str,
) -> Result<Response, WebError> {
    let origin = state.site.origin();
    let auth_link = |token: &PlainToken| link_of(&origin, token).into();
    let announced = state
        .linking
        .announce_reconnect_links(&selected.ids, lifetime(chosen), auth_link, &admin.caller)
        .await;
    let (did, found) = match announced {
        Ok(found) if selected.more => ("announced_first", found),
        Ok(found) => ("announced", found),
        Err(AnnounceError::NobodyListens) => {
            let to = selection.params.href(&[("did", "nobody")]);
            return Ok(Redirect::to(&to).into_response());
        }
        Err(AnnounceError::Session(SessionError::Store(error)) | AnnounceError::Store(error)) => {
            return Err(error.into());
        }
        Err(AnnounceError::Session(SessionError::NoSuchAccount)) => {
            return Err(WebError::not_found());
        }
    };
    Ok(told(selection, selected, did, found))
}

/// Back to the list, which says what was done.
fn told(selection: &Selection, selected: &Selected, did: &str, found: usize) -> Response {
    let gone = selected.ids.len() + selection.strange - found;
    let to = selection.params.href(&[
        ("did", did),
        ("count", &found.to_string()),
        ("gone", &gone.to_string()),
    ]);
    Redirect::to(&to).into_response()
}

async fn check(
    state: &AppState,
    admin: &SignedIn,
    selection: &Selection,
    selected: &Selected,
) -> Result<Response, WebError> {
    let found = state.linking.check_soon(&selected.ids, &admin.caller).await?;
    let did = if selected.more { "tested_first" } else { "tested" };
    Ok(told(selection, selected, did, found))
}

impl ReconnectLinksPage {
    /// `origin` is the hub's own, as people reach it.
    pub fn new(
        layout: Layout,
        origin: &str,
        made: &[(Account, NewSession)],
        gone: usize,
        more: bool,
        now: Timestamp,
    ) -> Self {
        let count = made.len();
        let links = if count == 1 {
            "1 link was made.".to_owned()
        } else {
            format!("{count} links were made.")
        };
        let ends = made.first().map(|(_, new)| Moment::of(new.session.expires_at, now));
        let file = if made.is_empty() { String::new() } else { address(&lines(origin, made)) };
        Self {
            layout,
            said: format!("{links}{}{}", select::gone(gone), select::more(more)),
            file,
            name: format!("reconnect-links-{}.csv", now.to_string().get(..10).unwrap_or_default()),
            ends,
            back: Params::default().href(&[]),
        }
    }

    fn back_to(self, params: &Params) -> Self {
        Self { back: params.href(&[]), ..self }
    }
}

fn lines(origin: &str, made: &[(Account, NewSession)]) -> String {
    let head =
        ["account_id", "label", "owner_id", "owner_name", "tenant", "host", "link", "expires_at"];
    let mut file = csv::line(head);
    for (account, new) in made {
        file += &csv::line([
            account.id.as_str(),
            &account.label,
            &account.owner.id,
            &account.owner.name,
            &account.tenant.name,
            &account.host,
            &link_of(origin, &new.token),
            &new.session.expires_at.to_string(),
        ]);
    }
    file
}

/// The links are in no place but this page, so the page holds the file.
fn address(file: &str) -> String {
    format!("data:text/csv;charset=utf-8,{}", utf8_percent_encode(file, NON_ALPHANUMERIC))
}
