//! History: of one account, and as a whole.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::{AccountId, EventId};
use crate::model::event::Event;
use crate::state::AppState;
use crate::store::{EventQuery, Turn};
use crate::web::api::auth::{EventsRead, Key};
use crate::web::api::connect_sessions::view::MadeBy;
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::api::{answer, paging};
use crate::web::error::WebError;
use crate::web::events::export::{self, Format};
use crate::web::events::filter::Given;
use crate::web::extract::Path;
use crate::web::paths;

/// One line of history.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventView {
    #[schema(example = "evt_0198f0c2a1b37abc8def000000000000")]
    pub id: String,
    #[schema(format = DateTime)]
    pub timestamp: String,
    #[schema(example = "account.created")]
    pub action: &'static str,
    pub account_id: Option<String>,
    pub actor: MadeBy,
    pub request_id: Option<String>,
    /// The caller's network address.
    pub address: Option<String>,
    /// More about it; never a secret.
    #[schema(value_type = Option<Object>)]
    pub detail: Value,
}

impl EventView {
    pub fn of(event: &Event) -> Self {
        Self {
            id: event.id.to_string(),
            timestamp: event.at.to_string(),
            action: event.action.as_str(),
            account_id: event.account_id.as_ref().map(ToString::to_string),
            actor: MadeBy::of(&event.caller.actor),
            request_id: event.caller.request_id.clone(),
            address: event.caller.address.clone(),
            detail: event.detail.clone(),
        }
    }
}

/// Read the history of an account, the newest line first
///
/// It stays when the account is unlinked.
#[utoipa::path(get, path = "/accounts/{id}/events", tag = "Accounts", operation_id = "list_account_events",
    params(("id" = String, Path, description = "Of the account."),
        ("page_size" = Option<usize>, Query, minimum = 1, maximum = 100, description = "How many; 25 if not given."),
        ("cursor" = Option<String>, Query, description = "A place in the list, from the header Link.")),
    responses((status = 200, description = "The lines.", body = [EventView],
            headers(("Link" = String, description = "The next page, rel=\"next\"."))),
        (status = 404), (status = 422)),
    security(("api_key_basic" = ["events:read"]), ("api_key_bearer" = ["events:read"])))]
pub async fn list(
    State(state): State<AppState>,
    _: Key<EventsRead>,
    Path(id): Path<AccountId>,
    params: Params,
) -> Result<Response, WebError> {
    let mut problems = Problems::default();
    let limit = paging::page_size(&params, &mut problems);
    problems.none()?;
    let before = paging::place::<EventId>(&params)?;
    let query = EventQuery { account_id: &id, before, limit: limit + 1 };
    let mut events = state.store.list_events(query).await?;
    if events.is_empty() && state.store.find_account(&id).await?.is_none() {
        return Err(WebError::no_such_account());
    }
    let more = events.len() > limit;
    events.truncate(limit);
    let next = events.last().filter(|_| more);
    let next = next.map(|event| paging::place_of(event.at, event.id.as_str()));
    let views: Vec<_> = events.iter().map(EventView::of).collect();
    let path = paths::API_ACCOUNT_EVENTS.replace("{id}", id.as_str());
    let response = answer(StatusCode::OK, &views)?;
    Ok(paging::link(response, &state.site, &path, &params, &[("next", next)]))
}

/// Read the history of the whole hub, the newest line first
///
/// With `format=csv` or `format=jsonl`, or when the header Accept asks for `text/csv` or `application/jsonl`, the
/// answer is a file with every line that fits; `page_size` and `cursor` then count for nothing. That is itself recorded.
#[utoipa::path(get, path = "/events", tag = "Events", operation_id = "list_events",
    params(
        ("action" = Option<Vec<String>>, Query, example = json!(["account.*"]), description = "Names of actions, or of families of them such as `account.*`. May be given several times."),
        ("who" = Option<String>, Query, example = "admin", description = "`admin`, `api_key`, `visitor`, `system`, or the id of an API key."),
        ("account_id" = Option<String>, Query, description = "Of the account; also of one that was unlinked."),
        ("from" = Option<String>, Query, example = "2026-11-23T00:00:00Z", description = "The first instant, RFC 3339."),
        ("to" = Option<String>, Query, example = "2026-11-24T00:00:00Z", description = "The first instant that is too late, RFC 3339."),
        ("request_id" = Option<String>, Query, description = "Of the request that did it; people know it as support id."),
        ("format" = Option<ExportFormat>, Query, description = "A file instead of a page: `csv` or `jsonl`."),
        ("page_size" = Option<usize>, Query, minimum = 1, maximum = 100, description = "How many; 25 if not given."),
        ("cursor" = Option<String>, Query, description = "A place in the list, from the header Link.")),
    responses((status = 200, description = "The lines.",
            content(([EventView] = "application/json"), (String = "text/csv"), (String = "application/jsonl")),
            headers(("Link" = String, description = "The next and the previous page, rel=\"next\" and rel=\"prev\"."))),
        (status = 404), (status = 422)),
    security(("api_key_basic" = ["events:read"]), ("api_key_bearer" = ["events:read"])))]
pub async fn list_all(
    State(state): State<AppState>,
    key: Key<EventsRead>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, WebError> {
    let mut problems = Problems::default();
    let limit = paging::page_size(&params, &mut problems);
    let format = format(&params, &headers, &mut problems);
    let actions = params.all("action", &mut problems);
    let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
    let one = |name| params.one(name).unwrap_or_default();
    let given = Given {
        actions: &actions,
        who: one("who"),
        account_id: one("account_id"),
        from: one("from"),
        to: one("to"),
        request_id: one("request_id"),
    };
    let read = given.read();
    for (field, sentence) in read.as_ref().err().into_iter().flatten() {
        problems.add(field, *sentence);
    }
    problems.none()?;
    let filter = read.unwrap_or_default();
    if let Some(format) = format {
        return export::answer(&state, &key.caller, filter, format).await;
    }
    let turn = turn(&params)?;
    let mut events = state.store.list_history(&filter, turn.as_ref(), limit + 1).await?;
    let more = events.len() > limit;
    let newer = matches!(turn, Some(Turn::Newer(..)));
    if more && newer {
        events.remove(0);
    }
    events.truncate(limit);
    let place = |event: &Event| paging::place_of(event.at, event.id.as_str());
    let next = events.last().filter(|_| more || newer).map(place);
    let previous = events.first().filter(|_| if newer { more } else { turn.is_some() });
    let previous = previous.map(|event| format!("{NEWER}{}", place(event)));
    let views: Vec<_> = events.iter().map(EventView::of).collect();
    let response = answer(StatusCode::OK, &views)?;
    let places = [("next", next), ("prev", previous)];
    Ok(paging::link(response, &state.site, paths::API_EVENTS, &params, &places))
}

/// Begins the cursor of a page of newer lines.
const NEWER: &str = "newer.";

fn turn(params: &Params) -> Result<Option<Turn>, WebError> {
    let Some(cursor) = params.one("cursor") else { return Ok(None) };
    let (newer, place) = match cursor.strip_prefix(NEWER) {
        Some(place) => (true, place),
        None => (false, cursor),
    };
    let (at, id) = paging::place_in::<EventId>(place).ok_or(WebError::no_such_place())?;
    Ok(Some(if newer { Turn::Newer(at, id) } else { Turn::Older(at, id) }))
}

/// Names a file instead of a page.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum ExportFormat {
    Csv,
    Jsonl,
}

fn format(params: &Params, headers: &HeaderMap, problems: &mut Problems) -> Option<Format> {
    if let Some(text) = params.one("format") {
        let format = Format::parse(text);
        if format.is_none() {
            problems.add("format", "It must be csv or jsonl.");
        }
        return format;
    }
    let accept = headers.get(header::ACCEPT)?.to_str().ok()?;
    let first = accept.split([',', ';']).next().unwrap_or_default().trim();
    match first {
        "text/csv" => Some(Format::Csv),
        "application/jsonl" | "application/x-ndjson" => Some(Format::JsonLines),
        _ => None,
    }
}
