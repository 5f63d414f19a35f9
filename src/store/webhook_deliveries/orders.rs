//! Whose turn it is: of each order the first that is pending, unless its endpoint is switched off.

use crate::clock::Timestamp;
use crate::id::{EventId, WebhookEndpointId};
use crate::model::event::{Action, Event};
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

/// So many orders are set going again at a time.
const SWEPT_AT_ONCE: i64 = 500;

macro_rules! first_waiting {
    () => {
        "UPDATE webhook_deliveries SET next_attempt_at = $1, claim = NULL WHERE endpoint_id = $2 \
         AND state = 'pending' AND next_attempt_at IS NULL AND NOT EXISTS (SELECT 1 \
         FROM webhook_deliveries AS p WHERE p.endpoint_id = webhook_deliveries.endpoint_id \
         AND p.ordering_key = webhook_deliveries.ordering_key AND p.state = 'pending' \
         AND (p.next_attempt_at IS NOT NULL OR p.position < webhook_deliveries.position \
         OR (p.position = webhook_deliveries.position \
         AND p.event_id < webhook_deliveries.event_id))) AND EXISTS (SELECT 1 \
         FROM webhook_endpoints AS e WHERE e.id = $2 AND e.disabled_at IS NULL)"
    };
}

pub(super) const RESUME_ORDER: &str = concat!(first_waiting!(), " AND ordering_key = $3");

/// CROSS JOIN has SQLite begin with the few endpoints, and find what is pending by an index.
pub(super) const LIST_STALLED: &str = "SELECT d.endpoint_id, d.ordering_key \
     FROM webhook_endpoints AS e CROSS JOIN webhook_deliveries AS d WHERE d.endpoint_id = e.id \
     AND d.state = 'pending' AND e.disabled_at IS NULL GROUP BY d.endpoint_id, d.ordering_key \
     HAVING COUNT(d.next_attempt_at) = 0 ORDER BY d.endpoint_id, d.ordering_key LIMIT $1";

/// Nothing of an endpoint is due any more; what is being sent is not called back.
pub(in crate::store) fn hold(endpoint: &WebhookEndpointId) -> Statement {
    sql("UPDATE webhook_deliveries SET next_attempt_at = NULL WHERE endpoint_id = $1 \
         AND next_attempt_at IS NOT NULL")
    .bind(endpoint.as_str())
}

/// The first of each order that waits is due now, unless one of its order is due or being sent.
pub(in crate::store) fn resume(endpoint: &WebhookEndpointId, now: Timestamp) -> Statement {
    sql(first_waiting!()).bind(now).bind(endpoint.as_str())
}

/// As [`resume`], for one order.
pub(super) fn resume_order(endpoint: &str, ordering_key: &str, now: Timestamp) -> Statement {
    sql(RESUME_ORDER).bind(now).bind(endpoint).bind(ordering_key)
}

impl Store {
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
        let stalled: Vec<(String, String)> =
            self.fetch_all(sql(LIST_STALLED).bind(SWEPT_AT_ONCE)).await?;
        let more = stalled.len() == usize::try_from(SWEPT_AT_ONCE).unwrap_or(0);
        let mut resumes = stalled.iter().map(|(endpoint, key)| resume_order(endpoint, key, now));
        if let Some(first) = resumes.next() {
            let _ = self.write(Change::unguarded(first).then_all(resumes)).await?;
        }
        Ok(more)
    }
}
