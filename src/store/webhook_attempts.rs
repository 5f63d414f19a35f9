//! Table `webhook_attempts`: each try to deliver, and what came of it.

use std::time::Duration;

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{EventId, WebhookAttemptId, WebhookEndpointId};
use crate::model::webhook::Attempt;
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

/// More than a delivery has, unless it was replayed very often.
const MOST: i64 = 200;

#[derive(FromRow)]
struct AttemptRow {
    id: String,
    endpoint_id: String,
    event_id: String,
    attempted_at: i64,
    duration_ms: i64,
    url: String,
    status: Option<i64>,
    error: Option<String>,
    answer: String,
}

impl TryFrom<AttemptRow> for Attempt {
    type Error = StoreError;

    fn try_from(row: AttemptRow) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged;
        Ok(Self {
            id: WebhookAttemptId::try_from(row.id).map_err(|_| damaged("webhook_attempts.id"))?,
            endpoint_id: WebhookEndpointId::try_from(row.endpoint_id)
                .map_err(|_| damaged("webhook_attempts.endpoint_id"))?,
            event_id: EventId::try_from(row.event_id)
                .map_err(|_| damaged("webhook_attempts.event_id"))?,
            at: Timestamp::from_millis(row.attempted_at),
            duration: Duration::from_millis(u64::try_from(row.duration_ms).unwrap_or(0)),
            url: row.url,
            status: row.status.and_then(|status| u16::try_from(status).ok()),
            error: row.error,
            answer: row.answer,
        })
    }
}

/// Nothing if its delivery is gone: an endpoint may be deleted while something is being sent to it.
pub(super) fn insert(attempt: &Attempt) -> Statement {
    sql("INSERT INTO webhook_attempts (id, endpoint_id, event_id, attempted_at, duration_ms, url, \
         status, error, answer) SELECT $1, d.endpoint_id, d.event_id, $4, $5, $6, $7, $8, $9 \
         FROM webhook_deliveries AS d WHERE d.endpoint_id = $2 AND d.event_id = $3")
    .bind(attempt.id.as_str())
    .bind(attempt.endpoint_id.as_str())
    .bind(attempt.event_id.as_str())
    .bind(attempt.at)
    .bind(i64::try_from(attempt.duration.as_millis()).unwrap_or(i64::MAX))
    .bind(&attempt.url)
    .bind(attempt.status.map(i64::from))
    .bind(attempt.error.clone())
    .bind(&attempt.answer)
}

impl Store {
    /// The attempts of a delivery, newest first.
    pub async fn list_attempts(
        &self,
        endpoint_id: &WebhookEndpointId,
        event_id: &EventId,
    ) -> Result<Vec<Attempt>, StoreError> {
        let query =
            sql("SELECT id, endpoint_id, event_id, attempted_at, duration_ms, url, status, \
             error, answer FROM webhook_attempts WHERE endpoint_id = $1 AND event_id = $2 \
             ORDER BY attempted_at DESC, id DESC LIMIT $3");
        let query = query.bind(endpoint_id.as_str()).bind(event_id.as_str()).bind(MOST);
        let rows: Vec<AttemptRow> = self.fetch_all(query).await?;
        rows.into_iter().map(Attempt::try_from).collect()
    }
}
