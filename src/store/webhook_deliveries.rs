//! Table `webhook_deliveries`: the outbox. What is told of a change is written in its transaction.
//!
//! Of each order, which is an endpoint and an ordering key, only the first that is pending has a
//! `next_attempt_at`; whoever finishes it gives one to the next.
//!
//! Here it is read and forgotten; how a row gets in, waits for its turn and is sent is below.

mod claims;
mod enqueue;
mod orders;

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{EventId, WebhookEndpointId};
use crate::model::webhook::{Delivery, DeliveryState};
use crate::secret::Sealed;
use crate::store::change::Change;
use crate::store::sql::sql;
use crate::store::{Store, StoreError, webhook_endpoints};

pub use claims::Progress;
pub(super) use enqueue::{announce_sealed, enqueue, if_all_listen};
pub(super) use orders::{hold, resume};

/// So many old deliveries are removed at a time, so that other writes get their turn.
const REMOVED_AT_ONCE: i64 = 500;

const COUNT_OLD: &str = "SELECT count(*) FROM (SELECT 1 FROM webhook_deliveries \
     WHERE finished_at < $1 LIMIT $2) AS old";

const DELETE_OLD: &str = "DELETE FROM webhook_deliveries WHERE (endpoint_id, event_id) IN \
     (SELECT endpoint_id, event_id FROM webhook_deliveries WHERE finished_at < $1 \
     ORDER BY finished_at, endpoint_id, event_id LIMIT $2)";

/// What the outbox costs with every change, every second and every so often: for whoever wants to see that
/// each finds its rows by an index.
pub const OUTBOX: [(&str, &str); 8] = [
    ("enqueue", enqueue::ENQUEUE),
    ("list the endpoints that something is due for", webhook_endpoints::LIST_DUE),
    ("claim", claims::CLAIM),
    ("read what is claimed", claims::LIST_CLAIMED),
    ("let the next of an order go", orders::RESUME_ORDER),
    ("sweep", orders::LIST_STALLED),
    ("count what is old", COUNT_OLD),
    ("delete what is old", DELETE_OLD),
];

macro_rules! columns {
    () => {
        "endpoint_id, event_id, event_type, ordering_key, payload, sealed_key_id, \
         sealed_wrapped_key, sealed_ciphertext, created_at, state, attempts, next_attempt_at, \
         finished_at"
    };
}

use columns;

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

/// Which deliveries of an endpoint: newest first, `limit` at most, older than `before`.
#[derive(Debug, Clone)]
pub struct DeliveryQuery {
    pub endpoint_id: WebhookEndpointId,
    pub state: Option<DeliveryState>,
    /// [`Delivery::created_at`] and id of the last one that was seen.
    pub before: Option<(Timestamp, EventId)>,
    pub limit: usize,
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

    /// Forgets deliveries that were finished before `before`, with their attempts.
    pub async fn delete_old_deliveries(&self, before: Timestamp) -> Result<(), StoreError> {
        loop {
            let count = sql(COUNT_OLD).bind(before).bind(REMOVED_AT_ONCE);
            let found = self.fetch_count(count).await?;
            if found > 0 {
                let delete = sql(DELETE_OLD).bind(before).bind(REMOVED_AT_ONCE);
                let _ = self.write(Change::unguarded(delete)).await?;
            }
            if found < REMOVED_AT_ONCE {
                return Ok(());
            }
        }
    }
}
