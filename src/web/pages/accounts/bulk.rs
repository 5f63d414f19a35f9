//! Something is done with many accounts by one press of a button.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::select::{self, Selected, Selection};
use crate::clock::Timestamp;
use crate::linking::NewSession;
use crate::model::account::Account;
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
        "check" => check(&state, &selection, &selected).await,
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
        _ => Err(WebError::bad_request()),
    }
}

async fn check(
    state: &AppState,
    selection: &Selection,
    selected: &Selected,
) -> Result<Response, WebError> {
    let found = state.linking.check_soon(&selected.ids).await?;
    let gone = selected.ids.len() + selection.strange - found;
    let did = if selected.more { "tested_first" } else { "tested" };
    let to = selection.params.href(&[
        ("did", did),
        ("count", &found.to_string()),
        ("gone", &gone.to_string()),
    ]);
    Ok(Redirect::to(&to).into_response())
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
