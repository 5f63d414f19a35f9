//! Webhooks that somebody asks for: a test event, and what was sent before.

use serde_json::json;

use super::WebhookError;
use super::deliver::{CLAIM, Task};
use crate::id::{ClaimId, EventId, WebhookEndpointId};
use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::model::webhook::{Attempt, Delivery, DeliveryState};
use crate::store::{Applied, Progress};

impl Linking {
    /// Sends a `webhook.test` to this endpoint alone, at once and only once, also to one that is switched off.
    /// What came of it is answered and logged, and says nothing of how the endpoint is otherwise.
    pub async fn test_webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
        caller: &Caller,
    ) -> Result<Attempt, WebhookError> {
        let endpoint = self.webhook_endpoint(id).await?;
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
        let (attempt, _) = self.attempt(&task).await;
        let progress = if attempt.succeeded() { Progress::Delivered } else { Progress::Failed };
        let now = self.clock.now();
        let Task { delivery, claim, .. } = &task;
        let _ = self.store.finish_attempt(delivery, claim, &attempt, progress, now).await?;
        Ok(attempt)
    }

    /// Has a delivery sent again with the same `webhook-id`, at the end of its order; one that waits for its
    /// next attempt is sent now. To an endpoint that is switched off it goes when that is switched on.
    pub async fn replay_delivery(
        &self,
        endpoint_id: &WebhookEndpointId,
        event_id: &EventId,
        caller: &Caller,
    ) -> Result<Delivery, WebhookError> {
        let find = || self.store.find_delivery(endpoint_id, event_id);
        let delivery = find().await?.ok_or(WebhookError::NotFound)?;
        let event = Event::new(Action::WebhookReplayed, caller, self.clock.now()).with(json!({
            "endpoint_id": endpoint_id,
            "event_id": event_id,
            "event_type": delivery.event_type,
        }));
        let applied = self.store.replay_delivery(endpoint_id, event_id, &event).await?;
        let delivery = find().await?.ok_or(WebhookError::NotFound)?;
        match applied {
            Applied::Yes => Ok(delivery),
            Applied::Conflict if delivery.state == DeliveryState::Pending => {
                Err(WebhookError::OnItsWay)
            }
            Applied::Conflict => Err(WebhookError::LinkWiped),
        }
    }
}
