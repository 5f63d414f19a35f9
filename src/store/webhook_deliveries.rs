//! Table `webhook_deliveries`: the outbox. What is told of a change is written in its transaction.

use crate::model::event::Event;
use crate::store::sql::{Statement, sql};

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
    Some(
        statement
            .bind(event.id.as_str())
            .bind(announcement.event_type)
            .bind(announcement.ordering_key)
            .bind(announcement.payload.to_string())
            .bind(event.at)
            .bind(format!("%\"{}\"%", announcement.event_type)),
    )
}
