//! The test event, by which somebody sees that what is sent arrives.

use std::sync::Arc;

use serde_json::json;

use super::WebhookError;
use super::attempt::{CLAIM, Task};
use super::under_way::TestTurn;
use crate::id::{ClaimId, WebhookEndpointId};
use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::model::webhook::{Attempt, Delivery, DeliveryState};

impl Linking {
    /// Sends a `webhook.test` to this endpoint alone, at once and only once, also to one that is switched off.
    /// What came of it is answered and logged. A failure says nothing of how the endpoint is otherwise, a success
    /// does: it does not fail any more.
    pub async fn test_webhook_endpoint(
        self: &Arc<Self>,
        id: &WebhookEndpointId,
        caller: &Caller,
    ) -> Result<Attempt, WebhookError> {
        let endpoint = self.webhook_endpoint(id).await?;
        let turn = TestTurn::begin(self, id).ok_or(WebhookError::OnItsWay)?;
        let now = self.clock.now();
        let until = now.plus(CLAIM);
        let secrets = self.webhook_secrets(&endpoint, now).await?;
        let event = Event::new(Action::WebhookTested, caller, now)
            .with(json!({ "endpoint_id": id, "url": endpoint.url }));
        let name = event.action.as_str();
        let payload = json!({
            "type": name,
            "event": name,
            "timestamp": now.to_string(),
            "data": { "endpoint_id": id },
        });
        let delivery = Delivery {
            endpoint_id: id.clone(),
            event_id: event.id.clone(),
            event_type: name.to_owned(),
            // It waits for nothing, and nothing waits for it.
            ordering_key: event.id.as_str().to_owned(),
            payload: payload.to_string(),
            sealed: None,
            created_at: now,
            state: DeliveryState::Pending,
            attempts: 0,
            next_attempt_at: Some(until),
            finished_at: None,
        };
        let claim = ClaimId::new();
        self.store.insert_claimed_delivery(&delivery, &claim, &event).await?;
        let task = Task { endpoint, secrets, delivery, claim, until };
        // In a task of its own, so that whoever asks for it and does not wait cuts nothing off.
        let sent = self.under_way.tasks.spawn(async move { turn.0.send_once(&task).await });
        Ok(sent.await.expect("sending neither panics nor is cancelled")?)
    }
}
