//! One account: who, what key, how it is, and its history.

mod actions;
mod details;
pub mod history;
mod renewal;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::{CheckError, Edit, EditError};
use crate::model::account::Account;
use crate::model::event::Action;
use crate::state::AppState;
use crate::store::{EventFilter, EventQuery};
use crate::web::components::Problem;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, pictures, render, words};

pub use actions::{link, resume, set_renewal, suspend};
pub use details::{Details, Past};
pub use renewal::RenewalPanel;

use history::Line;

const HISTORY: usize = 50;
const LONGEST: usize = 200;

#[derive(Template)]
#[template(path = "pages/account.html")]
pub struct OneAccountPage {
    pub layout: Layout,
    pub id: String,
    pub href: String,
    /// `None` after unlinking: only the history is left.
    pub account: Option<Details>,
    pub renewal: Option<RenewalPanel>,
    pub history: Vec<Line>,
    pub older: Option<String>,
    pub notice: Option<Notice>,
    pub edit_problem: Option<Problem>,
}

#[derive(Debug)]
pub struct Notice {
    pub tone: &'static str,
    pub code: String,
    pub title: String,
    pub text: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    before: String,
    checked: String,
    saved: String,
    turned: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EditForm {
    label: String,
    owner_id: String,
    owner_name: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    render(&load(&state, admin.layout(Nav::Accounts), &id, &params).await?)
}

pub async fn check(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    match state.linking.check(&id, &admin.caller).await {
        Ok(checked) => {
            let code = checked.failure.map_or("good", |failure| failure.code.as_str());
            let to = format!("{}?checked={code}", paths::account(&id));
            Ok(Redirect::to(&to).into_response())
        }
        Err(CheckError::NotFound) => Err(WebError::not_found()),
        Err(CheckError::Store(error)) => Err(error.into()),
    }
}

pub async fn edit(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<AccountId>,
    Form(form): Form<EditForm>,
) -> Result<Response, WebError> {
    let edit = Edit {
        label: Some(tidy(&form.label)),
        owner_id: Some(tidy(&form.owner_id)),
        owner_name: Some(tidy(&form.owner_name)),
        ..Edit::default()
    };
    let (code, text) = match state.linking.edit(&id, &edit, &admin.caller).await {
        Ok(_) => {
            let to = format!("{}?saved=yes", paths::account(&id));
            return Ok(Redirect::to(&to).into_response());
        }
        Err(EditError::NotFound) => return Err(WebError::not_found()),
        Err(EditError::Store(error)) => return Err(error.into()),
        Err(EditError::OwnerTaken) => (
            "owner_taken",
            "This owner already has an account for the same Qlik user. Nothing was changed.",
        ),
        Err(EditError::MetadataTooLarge) => (
            "metadata_too_large",
            "What back ends keep with this account is too much. Nothing was changed.",
        ),
        Err(EditError::SecretDamaged(_)) => (
            "secret_damaged",
            "The stored key cannot be read, so it cannot be given to another owner. Nothing was changed.",
        ),
    };
    let mut page = load(&state, admin.layout(Nav::Accounts), &id, &Params::default()).await?;
    if let Some(details) = &mut page.account {
        details.label = edit.label.unwrap_or_default();
        details.owner_id = edit.owner_id.unwrap_or_default();
        details.owner_name = edit.owner_name.unwrap_or_default();
    }
    page.edit_problem = Problem::some(code, text);
    Ok((StatusCode::CONFLICT, render(&page)?).into_response())
}

/// One line without control characters, cut to what a list can show.
pub fn tidy(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    text.trim().to_owned()
}

async fn load(
    state: &AppState,
    layout: Layout,
    id: &AccountId,
    params: &Params,
) -> Result<OneAccountPage, WebError> {
    let account = state.store.find_account(id).await?;
    let before = history::place(&params.before);
    let query = EventQuery { account_id: id, before, limit: HISTORY + 1 };
    let mut events = state.store.list_events(query).await?;
    if account.is_none() && events.is_empty() {
        return Err(WebError::not_found());
    }
    let more = events.len() > HISTORY;
    events.truncate(HISTORY);
    let now = state.clock.now();
    let rules = state.linking.rules();
    let consent = match &account {
        Some(account) if account.renewal.allowed_at.is_some() => {
            let filter = EventFilter {
                account_id: Some(id.clone()),
                actions: vec![Action::RenewalAllowed],
                ..EventFilter::default()
            };
            state.store.list_history(&filter, None, 1).await?.pop()
        }
        _ => None,
    };
    let past = match &account {
        Some(account) => past(state, account, now).await?,
        None => Past::default(),
    };
    Ok(OneAccountPage {
        layout,
        id: id.to_string(),
        href: paths::account(id),
        notice: account.as_ref().and_then(|account| notice(account, params)),
        renewal: account
            .as_ref()
            .and_then(|account| RenewalPanel::new(account, consent.as_ref(), rules, now)),
        account: account.map(|account| Details::new(&account, &past, rules, now)),
        older: events.last().filter(|_| more).map(|event| history::older(id, event)),
        history: events.iter().map(|event| Line::new(event, now)).collect(),
        edit_problem: None,
    })
}

async fn past(state: &AppState, account: &Account, now: Timestamp) -> Result<Past, WebError> {
    let since = pictures::checks_since(account.linked_at, now);
    Ok(Past {
        checks: state.store.list_checks(&account.id, since, pictures::CHECKS).await?,
        keys: state.store.list_stored_keys(&account.id, pictures::KEYS).await?,
    })
}

fn notice(account: &Account, params: &Params) -> Option<Notice> {
    let good = |title: &str, text: &str| {
        let (title, text) = (title.to_owned(), text.to_owned());
        Some(Notice { tone: "good", code: String::new(), title, text })
    };
    if !params.saved.is_empty() {
        return good("Saved", "The account was changed.");
    }
    match params.turned.as_str() {
        "suspended" => {
            return good(
                "Suspended",
                "Back ends may not use the account; its key is kept and checked on.",
            );
        }
        "renewal-allowed" => {
            return good("Renewal is allowed", "A successor is made before the key expires.");
        }
        "renewal-stopped" => {
            return good("Renewal is stopped", "The stored key stays as it is until it expires.");
        }
        "renewal-again" => {
            return good("It is tried again", "Reload the page in a moment to see how it went.");
        }
        "resumed" => return good("Resumed", "The account is again what its key is."),
        _ => {}
    }
    if params.checked == "good" {
        return good("The key works", "Qlik Cloud has just accepted it.");
    }
    Notice::of_code(&params.checked, &account.host)
}

impl Notice {
    pub fn of_code(code: &str, host: &str) -> Option<Self> {
        words::by_code(code, host).map(|words| Self {
            tone: "bad",
            code: code.to_owned(),
            title: words.title,
            text: format!("{} {}", words.reason, words.next_step),
        })
    }
}
