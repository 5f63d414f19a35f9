//! Table `webhook_deliveries`: the outbox. What is told of a change is written in its transaction.
//!
//! Of each order, which is an endpoint and an ordering key, only the first that is pending has a
//! `next_attempt_at`; whoever finishes it gives one to the next.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{ClaimId, EventId, WebhookEndpointId};
use crate::model::event::{Action, Event};
use crate::model::webhook::{Announcement, Attempt, Delivery, DeliveryState};
use crate::secret::Sealed;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};
use crate::store::{events, webhook_attempts};

/// So many old deliveries are removed at a time, so that other writes get their turn.
const REMOVED_AT_ONCE: i64 = 500;
/// So many orders are set going again at a time.
const SWEPT_AT_ONCE: i64 = 500;

macro_rules! columns {
    () => {
        "endpoint_id, event_id, event_type, ordering_key, payload, sealed_key_id, \
         sealed_wrapped_key, sealed_ciphertext, created_at, state, attempts, next_attempt_at, \
         finished_at"
    };
}

#[derive(FromRow)]
struct DeliveryRow {
    endpoint_id: String,
    event_id: String,
    event_type: String,
    ordering_key: String,
    payload: String,
    sealed_key_id: Option<String>,
    sealed_wrapped_key: Option<Vec<u8>>,
    sealed_ciphertext: Option<Vec<u8>>,
    created_at: i64,
    state: String,
    attempts: i64,
    next_attempt_at: Option<i64>,
    finished_at: Option<i64>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged;
        let instant = Timestamp::from_millis;
        let sealed = match (row.sealed_key_id, row.sealed_wrapped_key, row.sealed_ciphertext) {
            (Some(key_id), Some(wrapped_key), Some(ciphertext)) => {
                Some(Sealed { key_id, wrapped_key, ciphertext })
            }
            _ => None,
        };
        Ok(Self {
            endpoint_id: WebhookEndpointId::try_from(row.endpoint_id)
                .map_err(|_| damaged("webhook_deliveries.endpoint_id"))?,
            event_id: EventId::try_from(row.event_id)
                .map_err(|_| damaged("webhook_deliveries.event_id"))?,
            event_type: row.event_type,
            ordering_key: row.ordering_key,
            payload: row.payload,
            sealed,
            created_at: instant(row.created_at),
            state: DeliveryState::parse(&row.state).ok_or(damaged("webhook_deliveries.state"))?,
            attempts: u32::try_from(row.attempts)
                .map_err(|_| damaged("webhook_deliveries.attempts"))?,
            next_attempt_at: row.next_attempt_at.map(instant),
            finished_at: row.finished_at.map(instant),
        })
    }
}

/// One delivery for each endpoint that asks for such events; none if the event is for the history alone.
pub(super) fn enqueue(event: &Event) -> Option<Statement> {
    let announcement = event.announcement()?;
    let statement = sql("INSERT INTO webhook_deliveries (endpoint_id, event_id, event_type, \
         ordering_key, position, payload, created_at, state, attempts, next_attempt_at) \
         SELECT e.id, $1, $2, $3, COALESCE((SELECT MAX(d.position) FROM webhook_deliveries d \
         WHERE d.endpoint_id = e.id AND d.ordering_key = $3), 0) + 1, $4, $5, 'pending', 0, \
         CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries p WHERE p.endpoint_id = e.id \
         AND p.ordering_key = $3 AND p.state = 'pending') THEN NULL ELSE $5 END \
         FROM webhook_endpoints e WHERE e.disabled_at IS NULL \
         AND (e.events = '[\"*\"]' OR e.events LIKE $6)");
    let pattern = format!("%\"{}\"%", announcement.event_type);
    Some(bind(statement, event, &announcement).bind(pattern))
}

fn bind(statement: Statement, event: &Event, announcement: &Announcement) -> Statement {
    statement
        .bind(event.id.as_str())
        .bind(announcement.event_type)
        .bind(&announcement.ordering_key)
        .bind(announcement.payload.to_string())
        .bind(event.at)
}

/// As [`enqueue`], to one endpoint, with what only its receiver may read.
fn enqueue_sealed(
    event: &Event,
    announcement: &Announcement,
    endpoint: &WebhookEndpointId,
    sealed: &Sealed,
) -> Statement {
    let statement = sql("INSERT INTO webhook_deliveries (endpoint_id, event_id, event_type, \
         ordering_key, position, payload, created_at, state, attempts, next_attempt_at, \
         sealed_key_id, sealed_wrapped_key, sealed_ciphertext) \
         SELECT e.id, $1, $2, $3, COALESCE((SELECT MAX(d.position) FROM webhook_deliveries d \
         WHERE d.endpoint_id = e.id AND d.ordering_key = $3), 0) + 1, $4, $5, 'pending', 0, \
         CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries p WHERE p.endpoint_id = e.id \
         AND p.ordering_key = $3 AND p.state = 'pending') THEN NULL ELSE $5 END, $7, $8, $9 \
         FROM webhook_endpoints e WHERE e.id = $6 AND e.disabled_at IS NULL");
    bind(statement, event, announcement)
        .bind(endpoint.as_str())
        .bind(&sealed.key_id)
        .bind(sealed.wrapped_key.as_slice())
        .bind(sealed.ciphertext.as_slice())
}

/// Nothing of an endpoint is due any more; what is being sent is not called back.
pub(super) fn hold(endpoint: &WebhookEndpointId) -> Statement {
    sql("UPDATE webhook_deliveries SET next_attempt_at = NULL WHERE endpoint_id = $1 \
         AND next_attempt_at IS NOT NULL")
    .bind(endpoint.as_str())
}

/// The first of each order that waits is due now, unless one of its order is due or being sent.
pub(super) fn resume(endpoint: &WebhookEndpointId, now: Timestamp) -> Statement {
    first_waiting(now).bind(endpoint.as_str())
}

/// As [`resume`], for one order.
fn resume_order(endpoint: &str, ordering_key: &str, now: Timestamp) -> Statement {
    let mut statement = first_waiting(now).bind(endpoint);
    statement.push(" AND ordering_key = ").push_bind(ordering_key);
    statement
}

/// The placeholder that it still lacks is the endpoint's.
fn first_waiting(now: Timestamp) -> Statement {
    sql("UPDATE webhook_deliveries SET next_attempt_at = $1, claim = NULL WHERE endpoint_id = $2 \
         AND state = 'pending' AND next_attempt_at IS NULL AND NOT EXISTS (SELECT 1 \
         FROM webhook_deliveries AS p WHERE p.endpoint_id = webhook_deliveries.endpoint_id \
         AND p.ordering_key = webhook_deliveries.ordering_key AND p.state = 'pending' \
         AND (p.next_attempt_at IS NOT NULL OR p.position < webhook_deliveries.position \
         OR (p.position = webhook_deliveries.position \
         AND p.event_id < webhook_deliveries.event_id))) AND EXISTS (SELECT 1 \
         FROM webhook_endpoints AS e WHERE e.id = $2 AND e.disabled_at IS NULL)")
    .bind(now)
}

/// Which deliveries of an endpoint: newest first, `limit` at most, older than `before`.
#[derive(Debug, Clone)]
pub struct DeliveryQuery {
    pub endpoint_id: WebhookEndpointId,
    pub state: Option<DeliveryState>,
    /// [`Delivery::created_at`] and id of the last one that was seen.
    pub before: Option<(Timestamp, EventId)>,
    pub limit: usize,
}

/// What has become of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    Failed,
}

impl Store {
    pub async fn list_deliveries(
        &self,
        query: &DeliveryQuery,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut select =
            sql(concat!("SELECT ", columns!(), " FROM webhook_deliveries WHERE endpoint_id = $1"))
                .bind(query.endpoint_id.as_str());
        if let Some(state) = query.state {
            select.push(" AND state = ").push_bind(state.as_str());
        }
        if let Some((at, id)) = &query.before {
            select.push(" AND (created_at, event_id) < (").push_bind(*at).push(", ");
            select.push_bind(id.as_str()).push(")");
        }
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        select.push(" ORDER BY created_at DESC, event_id DESC LIMIT ").push_bind(limit);
        let rows: Vec<DeliveryRow> = self.fetch_all(select).await?;
        rows.into_iter().map(Delivery::try_from).collect()
    }

    pub async fn find_delivery(
        &self,
        endpoint_id: &WebhookEndpointId,
        event_id: &EventId,
    ) -> Result<Option<Delivery>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM webhook_deliveries WHERE endpoint_id = $1 AND event_id = $2"
        ));
        let query = query.bind(endpoint_id.as_str()).bind(event_id.as_str());
        let row: Option<DeliveryRow> = self.fetch_optional(query).await?;
        row.map(Delivery::try_from).transpose()
    }

    /// Takes over up to `limit` deliveries of an endpoint that are due, the longest due first. They are due
    /// again at `until`, for whoever is there then.
    pub async fn claim_deliveries(
        &self,
        endpoint_id: &WebhookEndpointId,
        claim: &ClaimId,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        // The condition stands twice: another hub may take the same rows while this one chooses them.
        let update = sql("UPDATE webhook_deliveries SET claim = $1, next_attempt_at = $2 \
             WHERE endpoint_id = $3 AND next_attempt_at <= $4 AND event_id IN (SELECT event_id \
             FROM webhook_deliveries WHERE endpoint_id = $3 AND next_attempt_at <= $4 \
             ORDER BY next_attempt_at, event_id LIMIT $5) AND EXISTS (SELECT 1 \
             FROM webhook_endpoints AS e WHERE e.id = $3 AND e.disabled_at IS NULL)")
        .bind(claim.as_str())
        .bind(until)
        .bind(endpoint_id.as_str())
        .bind(now)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let _ = self.write(Change::unguarded(update)).await?;
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM webhook_deliveries WHERE claim = $1 ORDER BY created_at, event_id"
        ));
        let rows: Vec<DeliveryRow> = self.fetch_all(query.bind(claim.as_str())).await?;
        rows.into_iter().map(Delivery::try_from).collect()
    }

    /// Stores what an attempt has come to, and lets the next of the order go if this one is finished. A
    /// conflict means that the claim was over and somebody else has taken the delivery; the attempt is
    /// logged all the same.
    pub async fn finish_attempt(
        &self,
        delivery: &Delivery,
        claim: &ClaimId,
        attempt: &Attempt,
        progress: Progress,
        now: Timestamp,
    ) -> Result<Applied, StoreError> {
        let endpoint = delivery.endpoint_id.as_str();
        let bind = |statement: Statement| {
            statement.bind(endpoint).bind(delivery.event_id.as_str()).bind(claim.as_str())
        };
        let finish = |state: &str| {
            bind(sql("UPDATE webhook_deliveries SET attempts = attempts + 1, claim = NULL, \
                 next_attempt_at = NULL, state = $4, finished_at = $5, sealed_key_id = NULL, \
                 sealed_wrapped_key = NULL, sealed_ciphertext = NULL \
                 WHERE endpoint_id = $1 AND event_id = $2 AND claim = $3"))
            .bind(state)
            .bind(now)
        };
        let mut change = match progress {
            Progress::Again(at) => Change::guarded(
                bind(sql("UPDATE webhook_deliveries SET attempts = attempts + 1, claim = NULL, \
                     next_attempt_at = CASE WHEN EXISTS (SELECT 1 FROM webhook_endpoints AS e \
                     WHERE e.id = $1 AND e.disabled_at IS NULL) THEN $4 ELSE NULL END \
                     WHERE endpoint_id = $1 AND event_id = $2 AND claim = $3"))
                .bind(at),
            ),
            Progress::Delivered => Change::guarded(finish(DeliveryState::Delivered.as_str())),
            Progress::Failed => Change::guarded(finish(DeliveryState::Failed.as_str())),
        };
        if !matches!(progress, Progress::Again(_)) {
            change = change.then(resume_order(endpoint, &delivery.ordering_key, now));
            if delivery.sealed.is_some() {
                change = change.shredding();
            }
        }
        let log = webhook_attempts::insert(attempt);
        let applied = self.write(change.then(log.clone())).await?;
        if applied == Applied::Conflict {
            let _ = self.write(Change::unguarded(log)).await?;
        }
        Ok(applied)
    }

    /// Stores an event for one endpoint alone, already taken by `claim`, whatever the endpoint asks for.
    pub async fn insert_claimed_delivery(
        &self,
        delivery: &Delivery,
        claim: &ClaimId,
        event: &Event,
    ) -> Result<(), StoreError> {
        let insert = sql("INSERT INTO webhook_deliveries (endpoint_id, event_id, event_type, \
             ordering_key, position, payload, created_at, state, attempts, next_attempt_at, claim) \
             SELECT e.id, $2, $3, $4, 1, $5, $6, 'pending', 0, $7, $8 \
             FROM webhook_endpoints AS e WHERE e.id = $1")
        .bind(delivery.endpoint_id.as_str())
        .bind(delivery.event_id.as_str())
        .bind(&delivery.event_type)
        .bind(&delivery.ordering_key)
        .bind(&delivery.payload)
        .bind(delivery.created_at)
        .bind(delivery.next_attempt_at)
        .bind(claim.as_str());
        let _ = self.write(Change::unguarded(insert).recorded(event)).await?;
        Ok(())
    }

    /// Puts a finished delivery at the end of its order, to be sent as if it were new; one that waits for its
    /// next attempt is due now. A conflict means that it is gone, is being sent, waits for another one of its
    /// order, or had a link that is wiped.
    pub async fn replay_delivery(
        &self,
        endpoint_id: &WebhookEndpointId,
        event_id: &EventId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE webhook_deliveries SET state = 'pending', claim = NULL, \
             finished_at = NULL, \
             attempts = CASE WHEN state = 'pending' THEN attempts ELSE 0 END, \
             position = CASE WHEN state = 'pending' THEN position ELSE 1 + (SELECT MAX(d.position) \
             FROM webhook_deliveries AS d WHERE d.endpoint_id = $1 \
             AND d.ordering_key = webhook_deliveries.ordering_key) END, \
             next_attempt_at = CASE WHEN state <> 'pending' AND EXISTS (SELECT 1 \
             FROM webhook_deliveries AS p WHERE p.endpoint_id = $1 AND p.state = 'pending' \
             AND p.ordering_key = webhook_deliveries.ordering_key) THEN NULL \
             WHEN EXISTS (SELECT 1 FROM webhook_endpoints AS e WHERE e.id = $1 \
             AND e.disabled_at IS NULL) THEN $3 ELSE NULL END \
             WHERE endpoint_id = $1 AND event_id = $2 \
             AND (state = 'pending' AND claim IS NULL AND next_attempt_at IS NOT NULL \
             OR state <> 'pending' AND event_type <> $4)")
        .bind(endpoint_id.as_str())
        .bind(event_id.as_str())
        .bind(event.at)
        .bind(Action::SessionCreated.as_str());
        self.write(Change::guarded(guard).recorded(event)).await
    }

    /// Sets orders going again whose first delivery is not due although nothing holds it: two hubs that
    /// worked on the same order at the same moment may leave one so. Answers whether there may be more.
    pub async fn sweep_deliveries(&self, now: Timestamp) -> Result<bool, StoreError> {
        // CROSS JOIN has SQLite begin with the few endpoints, and find what is pending by its index.
        let query = sql("SELECT DISTINCT d.endpoint_id, d.ordering_key \
             FROM webhook_endpoints AS e CROSS JOIN webhook_deliveries AS d \
             WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at IS NULL AND e.disabled_at IS NULL \
             AND NOT EXISTS (SELECT 1 FROM webhook_deliveries AS p \
             WHERE p.endpoint_id = d.endpoint_id AND p.ordering_key = d.ordering_key \
             AND p.state = 'pending' AND p.next_attempt_at IS NOT NULL) \
             ORDER BY d.endpoint_id, d.ordering_key LIMIT $1");
        let stalled: Vec<(String, String)> = self.fetch_all(query.bind(SWEPT_AT_ONCE)).await?;
        let more = stalled.len() == usize::try_from(SWEPT_AT_ONCE).unwrap_or(0);
        let mut resumes = stalled.iter().map(|(endpoint, key)| resume_order(endpoint, key, now));
        if let Some(first) = resumes.next() {
            let _ = self.write(Change::unguarded(first).then_all(resumes)).await?;
        }
        Ok(more)
    }

    /// Forgets deliveries that were finished before `before`, with their attempts.
    pub async fn delete_old_deliveries(&self, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let count = sql("SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries \
                 WHERE finished_at < $1 LIMIT $2) AS old");
            let found = self.fetch_count(count.bind(before).bind(REMOVED_AT_ONCE)).await?;
            if found > 0 {
                let delete =
                    sql("DELETE FROM webhook_deliveries WHERE (endpoint_id, event_id) IN \
                     (SELECT endpoint_id, event_id FROM webhook_deliveries WHERE finished_at < $1 \
                     ORDER BY finished_at, endpoint_id, event_id LIMIT $2)");
                let delete = delete.bind(before).bind(REMOVED_AT_ONCE);
                let _ = self.write(Change::unguarded(delete)).await?;
            }
            if found < REMOVED_AT_ONCE {
                return Ok(());
            }
        }
    }
}

/// Begins a change that happens only if each of these endpoints is there and switched on; `None` without any.
pub(super) fn if_all_listen(endpoints: &[WebhookEndpointId]) -> Option<Change> {
    let mut guards = endpoints.iter().map(|endpoint| {
        sql("UPDATE webhook_endpoints SET version = version WHERE id = $1 AND disabled_at IS NULL")
            .bind(endpoint.as_str())
    });
    let first = Change::guarded(guards.next()?);
    Some(guards.fold(first, Change::and_only_if))
}

/// An announcement with a sealed part for each of these endpoints, in their order.
pub(super) fn announce_sealed(
    change: Change,
    event: &Event,
    endpoints: &[WebhookEndpointId],
    sealed: &[Sealed],
) -> Change {
    let change = change.then(events::insert(event));
    let Some(announcement) = event.announcement() else { return change };
    let parts = endpoints.iter().zip(sealed);
    change.then_all(
        parts.map(|(endpoint, sealed)| enqueue_sealed(event, &announcement, endpoint, sealed)),
    )
}
