//! Table `events`: history, written in the transaction of the change that it tells of.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, ApiKeyId, EventId};
use crate::model::event::{Action, Actor, Caller, Event};
use crate::store::change::Change;
use crate::store::sql::{Statement, sql};
use crate::store::webhook_deliveries;
use crate::store::{Store, StoreError};

#[derive(FromRow)]
struct EventRow {
    id: String,
    occurred_at: i64,
    action: String,
    actor_kind: String,
    actor_name: String,
    account_id: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
    detail: String,
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged;
        let actor =
            Actor::parse(&row.actor_kind, &row.actor_name).ok_or(damaged("events.actor_name"))?;
        let account_id = row.account_id.map(AccountId::try_from).transpose();
        Ok(Self {
            id: EventId::try_from(row.id).map_err(|_| damaged("events.id"))?,
            at: Timestamp::from_millis(row.occurred_at),
            action: Action::parse(&row.action).ok_or(damaged("events.action"))?,
            caller: Caller { actor, request_id: row.request_id, address: row.address },
            account_id: account_id.map_err(|_| damaged("events.account_id"))?,
            detail: serde_json::from_str(&row.detail).map_err(|_| damaged("events.detail"))?,
            subject: None,
        })
    }
}

pub(super) fn insert(event: &Event) -> Statement {
    sql("INSERT INTO events (id, occurred_at, action, actor_kind, actor_name, account_id, \
         request_id, address, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(event.id.as_str())
    .bind(event.at)
    .bind(event.action.as_str())
    .bind(event.caller.actor.kind())
    .bind(event.caller.actor.text())
    .bind(event.account_id.as_ref().map(ToString::to_string))
    .bind(event.caller.request_id.clone())
    .bind(event.caller.address.clone())
    .bind(event.detail.to_string())
}

/// Which lines of an account's history: newest first, `limit` at most, older than `before`.
#[derive(Debug, Clone)]
pub struct EventQuery<'a> {
    pub account_id: &'a AccountId,
    pub before: Option<(Timestamp, EventId)>,
    pub limit: usize,
}

/// Who did what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// As [`Actor::kind`] calls it.
    Kind(&'static str),
    ApiKey(ApiKeyId),
}

/// What a line of history must be to be listed; what is not given is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    pub account_id: Option<AccountId>,
    /// One of these; any if there is none.
    pub actions: Vec<Action>,
    pub who: Option<Who>,
    pub from: Option<Timestamp>,
    /// The first instant that is too late.
    pub to: Option<Timestamp>,
    pub request_id: Option<String>,
}

/// A page beside one that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    Older(Timestamp, EventId),
    Newer(Timestamp, EventId),
}

macro_rules! columns {
    () => {
        "id, occurred_at, action, actor_kind, actor_name, account_id, request_id, address, detail"
    };
}

/// How the lines are found. Each way walks one index in the order of time, so that a page costs what it shows and
/// what it passes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By what few lines have: the account, the request, or a rare kind of actor.
    Rare,
    /// By each action for itself.
    Actions,
    Time,
}

impl Way {
    fn of(filter: &EventFilter) -> Self {
        // Most of what happens the hub does by itself.
        let rare_actor = filter.who.as_ref().is_some_and(|who| *who != Who::Kind("system"));
        if filter.account_id.is_some() || filter.request_id.is_some() || rare_actor {
            Self::Rare
        } else if filter.actions.is_empty() {
            Self::Time
        } else {
            Self::Actions
        }
    }
}

/// The newest lines, or with [`Turn::Newer`] the oldest of those that are newer.
fn select(filter: &EventFilter, turn: Option<&Turn>, limit: usize) -> Statement {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let order = match turn {
        Some(Turn::Newer(..)) => " ORDER BY occurred_at, id LIMIT ",
        _ => " ORDER BY occurred_at DESC, id DESC LIMIT ",
    };
    let way = Way::of(filter);
    let mut select = sql("");
    let parts: &[Action] = if way == Way::Actions { &filter.actions } else { &[] };
    for (n, action) in parts.iter().enumerate() {
        select.push(if n == 0 { "SELECT " } else { " UNION ALL SELECT " });
        select.push(concat!(
            columns!(),
            " FROM (SELECT ",
            columns!(),
            " FROM events WHERE action = "
        ));
        select.push_bind(action.as_str());
        narrow(&mut select, filter, turn, way);
        select.push(order).push_bind(limit).push(") AS part");
    }
    if parts.is_empty() {
        select.push(concat!("SELECT ", columns!(), " FROM events WHERE 1 = 1"));
        narrow(&mut select, filter, turn, way);
    }
    select.push(order).push_bind(limit);
    select
}

fn narrow(select: &mut Statement, filter: &EventFilter, turn: Option<&Turn>, way: Way) {
    if let Some(id) = &filter.account_id {
        select.push(" AND account_id = ").push_bind(id.as_str());
    }
    if let Some(id) = &filter.request_id {
        select.push(" AND request_id = ").push_bind(id);
    }
    if way == Way::Rare && !filter.actions.is_empty() {
        // As an expression, so that no index of it is taken for the rare one.
        select.push(" AND action || '' IN (");
        for (n, action) in filter.actions.iter().enumerate() {
            select.push(if n == 0 { "" } else { ", " }).push_bind(action.as_str());
        }
        select.push(")");
    }
    let known = filter.account_id.is_some() || filter.request_id.is_some() || way != Way::Rare;
    let kind = if known { " AND actor_kind || '' = " } else { " AND actor_kind = " };
    match &filter.who {
        Some(Who::Kind(name)) => {
            select.push(kind).push_bind(*name);
        }
        Some(Who::ApiKey(id)) => {
            // As a constant, so that the engines see which index holds these lines.
            let kind = if known {
                " AND actor_kind || '' = 'api_key'"
            } else {
                " AND actor_kind = 'api_key'"
            };
            select.push(kind).push(" AND substr(actor_name, 1, 36) = ").push_bind(id.as_str());
        }
        None => {}
    }
    if let Some(from) = filter.from {
        select.push(" AND occurred_at >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        select.push(" AND occurred_at < ").push_bind(to);
    }
    let (than, (at, id)) = match turn {
        Some(Turn::Older(at, id)) => (" AND (occurred_at, id) < (", (at, id)),
        Some(Turn::Newer(at, id)) => (" AND (occurred_at, id) > (", (at, id)),
        None => return,
    };
    select.push(than).push_bind(*at).push(", ").push_bind(id.as_str()).push(")");
}

impl Store {
    pub async fn list_events(&self, query: EventQuery<'_>) -> Result<Vec<Event>, StoreError> {
        let account_id = Some(query.account_id.clone());
        let filter = EventFilter { account_id, ..EventFilter::default() };
        let turn = query.before.map(|(at, id)| Turn::Older(at, id));
        self.list_history(&filter, turn.as_ref(), query.limit).await
    }

    /// The lines that fit, newest first: the newest ones, or those beside a place.
    pub async fn list_history(
        &self,
        filter: &EventFilter,
        turn: Option<&Turn>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let rows: Vec<EventRow> = self.fetch_all(select(filter, turn, limit)).await?;
        let mut events: Vec<Event> =
            rows.into_iter().map(Event::try_from).collect::<Result<_, _>>()?;
        if let Some(Turn::Newer(..)) = turn {
            events.reverse();
        }
        Ok(events)
    }

    /// How the database looks for lines, step by step: for whoever wants to see that it walks an index.
    pub async fn explain_history(
        &self,
        filter: &EventFilter,
        turn: Option<&Turn>,
        limit: usize,
    ) -> Result<Vec<String>, StoreError> {
        self.explain(select(filter, turn, limit)).await
    }

    /// Records what happened where nothing else changed, such as a failed attempt.
    pub async fn record_event(&self, event: &Event) -> Result<(), StoreError> {
        let change = Change::unguarded(insert(event));
        let _ = self.write(change.then_all(webhook_deliveries::enqueue(event))).await?;
        Ok(())
    }
}
