//! Auth links: made here to be sent to somebody, listed, and revoked.

mod form;
mod new;
mod rows;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::id::ConnectSessionId;
use crate::linking::SessionError;
use crate::model::connect_session::ConnectSession;
use crate::state::AppState;
use crate::store::SessionQuery;
use crate::web::components::{Choice, Pagination};
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render};

pub use form::{LinkForm, Problems, lifetime, lifetimes, missing_owner};
pub use new::{Back, NewLinkPage, link_of};
pub use rows::{EndedLink, OpenLink};

const PAGE: usize = 25;
/// So many of those that have ended are shown.
const ENDED: usize = 25;

#[derive(Template)]
#[template(path = "pages/links.html")]
pub struct LinksPage {
    pub layout: Layout,
    pub typed: LinkForm,
    pub problems: Problems,
    pub lifetimes: Vec<Choice>,
    pub languages: Vec<Choice>,
    pub open: Vec<OpenLink>,
    pub ended: Vec<EndedLink>,
    pub pagination: Pagination,
    pub notice: Option<(&'static str, &'static str)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    before: String,
    revoked: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let layout = admin.layout(Nav::Links);
    render(&load(&state, layout, &params, LinkForm::default(), Problems::default()).await?)
}

/// Answers with the link itself, which is shown this once.
pub async fn create(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(form): Form<LinkForm>,
) -> Result<Response, WebError> {
    let layout = admin.layout(Nav::Links);
    let (terms, lifetime) = match form.read() {
        Ok(read) => read,
        Err(problems) => {
            let page = load(&state, layout, &Params::default(), form, problems).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)?).into_response());
        }
    };
    match state.linking.create_connect_session(terms, lifetime, &admin.caller).await {
        Ok(new) => {
            let now = state.clock.now();
            render(&NewLinkPage::new(layout, &state.site.origin(), &new, Back::links(), now))
        }
        Err(SessionError::NoSuchAccount) => Err(WebError::not_found()),
        Err(SessionError::Store(error)) => Err(error.into()),
    }
}

pub async fn revoke(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<ConnectSessionId>,
) -> Result<Response, WebError> {
    let revoked = state.linking.revoke_connect_session(&id, &admin.caller).await?;
    if !revoked && state.store.find_connect_session(id.as_str()).await?.is_none() {
        return Err(WebError::not_found());
    }
    let outcome = if revoked { "yes" } else { "late" };
    Ok(Redirect::to(&format!("{}?revoked={outcome}", paths::LINKS)).into_response())
}

async fn load(
    state: &AppState,
    layout: Layout,
    params: &Params,
    typed: LinkForm,
    problems: Problems,
) -> Result<LinksPage, WebError> {
    let now = state.clock.now();
    let before = place(&params.before);
    let query = SessionQuery {
        open_at: Some(now),
        before: before.clone(),
        limit: PAGE + 1,
        ..SessionQuery::default()
    };
    let open = state.store.list_connect_sessions(&query).await?;
    let query = SessionQuery { ended_at: Some(now), limit: ENDED, ..SessionQuery::default() };
    let ended = state.store.list_connect_sessions(&query).await?;
    let page = LinksPage::new(layout, typed, problems, &open, &ended, now);
    let previous = before.map(|_| paths::LINKS.to_owned());
    let pagination = Pagination { previous, ..page.pagination };
    Ok(LinksPage { notice: notice(&params.revoked), pagination, ..page })
}

/// The URL of the links that were made before this one.
fn older(session: &ConnectSession) -> String {
    format!("{}?before={}.{}", paths::LINKS, session.created_at.as_millis(), session.id)
}

/// Reads the place that [`older`] wrote.
fn place(text: &str) -> Option<(Timestamp, ConnectSessionId)> {
    let (at, id) = text.split_once('.')?;
    let id = ConnectSessionId::try_from(id.to_owned()).ok()?;
    Some((Timestamp::from_millis(at.parse().ok()?), id))
}

fn notice(revoked: &str) -> Option<(&'static str, &'static str)> {
    match revoked {
        "yes" => Some(("The link is revoked", "Whoever opens it is told so.")),
        "late" => Some(("It had ended before", "It was used or revoked already.")),
        _ => None,
    }
}

impl LinksPage {
    /// `open` holds one more than a page shows if there are more.
    pub fn new(
        layout: Layout,
        typed: LinkForm,
        problems: Problems,
        open: &[ConnectSession],
        ended: &[ConnectSession],
        now: Timestamp,
    ) -> Self {
        let shown = &open[..open.len().min(PAGE)];
        let next = shown.last().filter(|_| open.len() > PAGE).map(older);
        let summary = match (shown.len(), &next) {
            (1, None) => "1 open link".to_owned(),
            (count, None) => format!("{count} open links"),
            (count, Some(_)) => format!("{count} open links, and more"),
        };
        Self {
            layout,
            lifetimes: typed.lifetimes(),
            languages: typed.languages(),
            typed,
            problems,
            open: shown.iter().map(|session| OpenLink::new(session, now)).collect(),
            ended: ended.iter().map(|session| EndedLink::new(session, now)).collect(),
            pagination: Pagination { summary, previous: None, next },
            notice: None,
        }
    }
}
