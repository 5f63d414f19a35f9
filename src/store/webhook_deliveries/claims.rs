//! Taking what is due, and what came of it.

use super::orders::resume_order;
use super::{DeliveryRow, columns};
use crate::clock::Timestamp;
use crate::id::{ClaimId, WebhookEndpointId};
use crate::model::event::Event;
use crate::model::webhook::{Attempt, Delivery, DeliveryState};
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError, webhook_attempts};

/// The condition stands twice: another hub may take the same rows while this one chooses them.
pub(super) const CLAIM: &str = "UPDATE webhook_deliveries SET claim = $1, next_attempt_at = $2 \
     WHERE endpoint_id = $3 AND next_attempt_at <= $4 AND event_id IN (SELECT event_id \
     FROM webhook_deliveries WHERE endpoint_id = $3 AND next_attempt_at <= $4 \
     ORDER BY next_attempt_at, event_id LIMIT $5) AND EXISTS (SELECT 1 \
     FROM webhook_endpoints AS e WHERE e.id = $3 AND e.disabled_at IS NULL)";

pub(super) const LIST_CLAIMED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM webhook_deliveries WHERE claim = $1 ORDER BY created_at, event_id"
);

/// What has become of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    Failed,
}

impl Store {
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
        let update = sql(CLAIM)
            .bind(claim.as_str())
            .bind(until)
            .bind(endpoint_id.as_str())
            .bind(now)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let _ = self.write(Change::unguarded(update)).await?;
        let rows: Vec<DeliveryRow> = self.fetch_all(sql(LIST_CLAIMED).bind(claim.as_str())).await?;
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
}
