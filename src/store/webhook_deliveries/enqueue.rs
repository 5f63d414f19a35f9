//! How a row gets into the outbox: with the change that it tells of, for each endpoint that asks for it.

use crate::id::WebhookEndpointId;
use crate::model::event::Event;
use crate::model::webhook::Announcement;
use crate::secret::Sealed;
use crate::store::change::Change;
use crate::store::events;
use crate::store::sql::{Statement, sql};

pub(super) const ENQUEUE: &str = "INSERT INTO webhook_deliveries (endpoint_id, event_id, \
     event_type, ordering_key, position, payload, created_at, state, attempts, next_attempt_at) \
     SELECT e.id, $1, $2, $3, COALESCE((SELECT MAX(d.position) FROM webhook_deliveries d \
     WHERE d.endpoint_id = e.id AND d.ordering_key = $3), 0) + 1, $4, $5, 'pending', 0, \
     CASE WHEN EXISTS (SELECT 1 FROM webhook_deliveries p WHERE p.endpoint_id = e.id \
     AND p.ordering_key = $3 AND p.state = 'pending') THEN NULL ELSE $5 END \
     FROM webhook_endpoints e WHERE e.disabled_at IS NULL \
     AND (e.events = '[\"*\"]' OR e.events LIKE $6)";

/// One delivery for each endpoint that asks for such events; none if the event is for the history alone.
pub(in crate::store) fn enqueue(event: &Event) -> Option<Statement> {
    let announcement = event.announcement()?;
    let pattern = format!("%\"{}\"%", announcement.event_type);
    Some(bind(sql(ENQUEUE), event, &announcement).bind(pattern))
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

/// Begins a change that happens only if each of these endpoints is there and switched on; `None` without any.
pub(in crate::store) fn if_all_listen(endpoints: &[WebhookEndpointId]) -> Option<Change> {
    let mut guards = endpoints.iter().map(|endpoint| {
        sql("UPDATE webhook_endpoints SET version = version WHERE id = $1 AND disabled_at IS NULL")
            .bind(endpoint.as_str())
    });
    let first = Change::guarded(guards.next()?);
    Some(guards.fold(first, Change::and_only_if))
}

/// An announcement with a sealed part for each of these endpoints, in their order.
pub(in crate::store) fn announce_sealed(
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
