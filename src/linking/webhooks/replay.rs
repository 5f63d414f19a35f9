//! Replay: what was sent before is sent again because somebody asks for it.

use serde_json::json;

use super::WebhookError;
use crate::id::{EventId, WebhookEndpointId};
use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::model::webhook::{Delivery, DeliveryState};
use crate::store::Applied;

impl Linking {
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
