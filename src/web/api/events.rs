//! An account's history.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::id::{AccountId, EventId};
use crate::model::event::Event;
use crate::state::AppState;
use crate::store::EventQuery;
use crate::web::api::auth::{EventsRead, Key};
use crate::web::api::connect_sessions::view::MadeBy;
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::api::{answer, paging};
use crate::web::error::WebError;
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
    fn of(event: &Event) -> Self {
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
