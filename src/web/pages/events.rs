//! The Events page: the history of the whole hub, with filters that stand in its URL.

mod params;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::clock::Timestamp;
use crate::model::event::{Action, Event};
use crate::state::AppState;
use crate::store::{EventFilter, Turn};
use crate::web::components::{Choice, Pagination, Problem, who};
use crate::web::error::WebError;
use crate::web::events::export::{self, Format};
use crate::web::events::filter::Wrong;
use crate::web::extract::{Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::history::{Link, detail, request, what};
use crate::web::pages::accounts::Moment;
use crate::web::{paths, render};

pub use params::Params;

const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "pages/events.html")]
pub struct EventsPage {
    pub layout: Layout,
    pub typed: Params,
    pub actions: Vec<Choice>,
    pub actors: Vec<Choice>,
    pub problems: Problems,
    pub rows: Vec<Row>,
    pub pagination: Pagination,
    pub filtered: bool,
    /// The same lines as files; `None` where the filter is wrong.
    pub exports: Option<Exports>,
}

#[derive(Debug, Default)]
pub struct Problems {
    pub account_id: Option<Problem>,
    pub from: Option<Problem>,
    pub to: Option<Problem>,
    /// What the lists do not offer.
    pub other: Option<Problem>,
}

#[derive(Debug)]
pub struct Exports {
    pub csv: String,
    pub jsonl: String,
}

#[derive(Debug)]
pub struct Row {
    pub at: Moment,
    pub what: &'static str,
    pub action: &'static str,
    pub who: String,
    pub from: Option<String>,
    pub request: Option<Link>,
    pub account: Option<Link>,
    pub detail: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let layout = admin.layout(Nav::Events);
    let keys = state.store.list_api_keys().await?;
    let page = EventsPage::new(layout, params, &keys);
    let filter = match page.typed.filter() {
        Ok(filter) => filter,
        Err(wrong) => return render(&page.refused(&wrong)),
    };
    let turn = page.typed.turn();
    let events = state.store.list_history(&filter, turn.as_ref(), PAGE + 1).await?;
    render(&page.with(events, turn.as_ref(), state.clock.now()))
}

pub async fn csv(
    state: State<AppState>,
    admin: SignedIn,
    params: Query<Params>,
) -> Result<Response, WebError> {
    file(state, &admin, params, Format::Csv).await
}

pub async fn jsonl(
    state: State<AppState>,
    admin: SignedIn,
    params: Query<Params>,
) -> Result<Response, WebError> {
    file(state, &admin, params, Format::JsonLines).await
}

async fn file(
    State(state): State<AppState>,
    admin: &SignedIn,
    Query(params): Query<Params>,
    format: Format,
) -> Result<Response, WebError> {
    let filter: EventFilter = params.filter().map_err(|_| WebError::bad_request())?;
    export::answer(&state, &admin.caller, filter, format).await
}

impl EventsPage {
    pub fn new(layout: Layout, typed: Params, keys: &[crate::model::api_key::ApiKey]) -> Self {
        Self {
            layout,
            actions: params::actions(&typed.action),
            actors: params::actors(&typed.who, keys),
            filtered: typed.filtered(),
            typed,
            problems: Problems::default(),
            rows: Vec::new(),
            pagination: Pagination { summary: String::new(), previous: None, next: None },
            exports: None,
        }
    }

    #[must_use]
    pub fn refused(self, wrong: &[Wrong]) -> Self {
        let problem = |names: &[&str]| {
            let found = wrong.iter().find(|(name, _)| names.contains(name));
            found.map(|(name, text)| Problem {
                code: format!("{name}_malformed"),
                text: (*text).to_owned(),
            })
        };
        let problems = Problems {
            account_id: problem(&["account_id"]),
            from: problem(&["from"]),
            to: problem(&["to"]),
            other: problem(&["action", "who", "request_id"]),
        };
        Self { problems, ..self }
    }

    /// `events` holds one more than a page shows if there are more in the direction that was turned to.
    #[must_use]
    pub fn with(self, mut events: Vec<Event>, turn: Option<&Turn>, now: Timestamp) -> Self {
        let more = events.len() > PAGE;
        let newer = matches!(turn, Some(Turn::Newer(..)));
        if more && newer {
            events.remove(0);
        }
        events.truncate(PAGE);
        let older = events.last().filter(|_| more || newer);
        let next = older.map(|event| self.typed.turned("before", event));
        let first = events.first().filter(|_| if newer { more } else { turn.is_some() });
        let previous = match first {
            Some(event) => Some(self.typed.turned("after", event)),
            // Whoever follows an address that leads nowhere finds the way back.
            None => (events.is_empty() && turn.is_some()).then(|| self.typed.href(paths::EVENTS)),
        };
        let summary = match (events.len(), turn.is_some() || next.is_some()) {
            (1, false) => "1 line".to_owned(),
            (count, false) => format!("{count} lines"),
            (count, true) => format!("{count} lines of more"),
        };
        let exports = Exports {
            csv: self.typed.href(paths::EVENTS_CSV),
            jsonl: self.typed.href(paths::EVENTS_JSONL),
        };
        Self {
            rows: events.iter().map(|event| Row::new(event, now)).collect(),
            pagination: Pagination { summary, previous, next },
            exports: Some(exports),
            ..self
        }
    }
}

impl Row {
    fn new(event: &Event, now: Timestamp) -> Self {
        let caller = &event.caller;
        let account = event.account_id.as_ref();
        Self {
            at: Moment::of(event.at, now),
            what: what(event.action),
            action: event.action.as_str(),
            who: who(&caller.actor),
            from: caller.address.clone(),
            request: request(caller),
            account: account.map(|id| Link { text: id.to_string(), href: paths::account(id) }),
            detail: detail(&event.detail),
        }
    }
}
