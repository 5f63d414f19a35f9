//! Table `events`: history, written in the transaction of the change that it tells of.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, EventId};
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

impl Store {
    pub async fn list_events(&self, query: EventQuery<'_>) -> Result<Vec<Event>, StoreError> {
        let mut select =
            sql("SELECT id, occurred_at, action, actor_kind, actor_name, account_id, \
             request_id, address, detail FROM events WHERE account_id = $1")
            .bind(query.account_id.as_str());
        if let Some((at, id)) = query.before {
            select.push(" AND (occurred_at, id) < (").push_bind(at).push(", ");
            select.push_bind(id.as_str()).push(")");
        }
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        select.push(" ORDER BY occurred_at DESC, id DESC LIMIT ").push_bind(limit);
        let rows: Vec<EventRow> = self.fetch_all(select).await?;
        rows.into_iter().map(Event::try_from).collect()
    }

    /// Records what happened where nothing else changed, such as a failed attempt.
    pub async fn record_event(&self, event: &Event) -> Result<(), StoreError> {
        let change = Change::unguarded(insert(event));
        let _ = self.write(change.then_all(webhook_deliveries::enqueue(event))).await?;
        Ok(())
    }
}
