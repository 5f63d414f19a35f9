//! Calendar feeds: secret links to a calendar of expiries, made here, shown once, listed and revoked.

pub mod feed;
mod ics;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::id::CalendarFeedId;
use crate::linking::{CALENDAR_ENTRIES, NewCalendarFeed};
use crate::model::calendar_feed::CalendarFeed;
use crate::state::AppState;
use crate::web::components::who;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::tidy;
use crate::web::pages::accounts::Moment;
use crate::web::{paths, render};

/// So many feeds are listed; a hub has few.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "pages/calendar.html")]
pub struct CalendarPage {
    pub layout: Layout,
    pub feeds: Vec<Row>,
    pub revoked: Vec<Row>,
    pub entries: usize,
    pub notice: bool,
}

#[derive(Debug)]
pub struct Row {
    pub note: String,
    pub id: String,
    pub made: Moment,
    pub made_by: String,
    pub used: Option<Moment>,
    pub revoke: String,
}

/// A feed that has just been made: its link is shown once.
#[derive(Template)]
#[template(path = "pages/new_calendar.html")]
pub struct NewCalendarPage {
    pub layout: Layout,
    pub note: String,
    pub link: String,
    /// The same for the program that the system opens calendars with.
    pub subscribe: String,
    pub revoke: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    revoked: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FeedForm {
    note: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let feeds = state.store.list_calendar_feeds(LISTED).await?;
    let page = CalendarPage::new(admin.layout(Nav::Accounts), &feeds, state.clock.now());
    render(&CalendarPage { notice: !params.revoked.is_empty(), ..page })
}

/// Answers with the link itself, which is shown this once.
pub async fn create(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(form): Form<FeedForm>,
) -> Result<Response, WebError> {
    let new = state.linking.create_calendar_feed(&tidy(&form.note), &admin.caller).await?;
    render(&NewCalendarPage::new(admin.layout(Nav::Accounts), &state.site.origin(), &new))
}

pub async fn revoke(
    State(state): State<AppState>,
    admin: SignedIn,
    Path(id): Path<CalendarFeedId>,
) -> Result<Response, WebError> {
    state.store.find_calendar_feed(id.as_str()).await?.ok_or(WebError::not_found())?;
    // Revoked is revoked, whoever did it first.
    let _ = state.linking.revoke_calendar_feed(&id, &admin.caller).await?;
    Ok(Redirect::to(&format!("{}?revoked=yes", paths::CALENDAR)).into_response())
}

impl CalendarPage {
    pub fn new(layout: Layout, feeds: &[CalendarFeed], now: Timestamp) -> Self {
        let (revoked, feeds): (Vec<_>, Vec<_>) =
            feeds.iter().partition(|feed| feed.revoked_at.is_some());
        let rows =
            |feeds: Vec<&CalendarFeed>| feeds.into_iter().map(|feed| Row::new(feed, now)).collect();
        Self {
            layout,
            feeds: rows(feeds),
            revoked: rows(revoked),
            entries: CALENDAR_ENTRIES,
            notice: false,
        }
    }
}

impl Row {
    fn new(feed: &CalendarFeed, now: Timestamp) -> Self {
        Self {
            note: feed.note.clone(),
            id: feed.id.to_string(),
            made: Moment::of(feed.created_at, now),
            made_by: who(&feed.made_by),
            used: feed.last_used_at.map(|at| Moment::of(at, now)),
            revoke: paths::calendar_revoke(&feed.id),
        }
    }
}

impl NewCalendarPage {
    /// `origin` is the hub's own, as calendar programs reach it.
    pub fn new(layout: Layout, origin: &str, new: &NewCalendarFeed) -> Self {
        let link = format!("{origin}{}/{}.ics", paths::CALENDAR, new.token.reveal().as_str());
        let subscribe = link.split_once(':').map_or(&*link, |(_, rest)| rest);
        Self {
            layout,
            note: new.feed.note.clone(),
            subscribe: format!("webcal:{subscribe}"),
            revoke: paths::calendar_revoke(&new.feed.id),
            link,
        }
    }
}
