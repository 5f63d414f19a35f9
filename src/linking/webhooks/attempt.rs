//! One attempt: signed, sent, and what came of it remembered.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::id::{ClaimId, WebhookAttemptId};
use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::model::webhook::{
    Attempt, Delivery, DisabledBy, PATIENCE, RETRIES, WebhookEndpoint, next_attempt,
};
use crate::store::{Applied, Progress, StoreError};
use crate::vault::Place;
use crate::webhook::{Letter, Reply};

/// Far longer than the longest attempt. After that another hub may take over.
pub(super) const CLAIM: Duration = Duration::from_mins(2);
/// What came of an attempt is worth more than one try to store it.
const STORE_TRIES: u32 = 5;
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// A delivery that this hub has taken on, and for how long.
pub(super) struct Task {
    pub endpoint: WebhookEndpoint,
    pub secrets: Result<Arc<[SecretString]>, String>,
    pub delivery: Delivery,
    pub claim: ClaimId,
    pub until: Timestamp,
}

impl Linking {
    /// What signs now: the secret, and for a while after a rotation the one before; or why nothing does.
    pub(super) async fn webhook_secrets(
        &self,
        endpoint: &WebhookEndpoint,
        now: Timestamp,
    ) -> Result<Result<Arc<[SecretString]>, String>, StoreError> {
        let id = endpoint.id.as_str();
        let Some(sealed) = self.store.find_webhook_secrets(&endpoint.id).await? else {
            return Ok(Err("the endpoint was deleted".to_owned()));
        };
        let mut secrets = vec![self.vault.open(&Place::of_webhook_secret(id), &sealed.current)];
        if let Some((old, _)) = sealed.old.filter(|(_, ends_at)| *ends_at > now) {
            secrets.push(self.vault.open(&Place::of_old_webhook_secret(id), &old));
        }
        Ok(secrets.into_iter().collect::<Result<_, _>>().map_err(|error| error.to_string()))
    }

    /// Sends once, and stores what came of it.
    pub(super) async fn send_once(&self, task: &Task) -> Result<Attempt, StoreError> {
        let Task { endpoint, delivery, claim, .. } = task;
        let (attempt, reply) = self.attempt(task).await;
        let progress = self.progress(task, &reply);
        for tries in 1.. {
            let now = self.clock.now();
            match self.store.finish_attempt(delivery, claim, &attempt, progress, now).await {
                Ok(_) => break,
                Err(error) if tries == STORE_TRIES => return Err(error),
                Err(_) => tokio::time::sleep(STORE_AGAIN).await,
            }
        }
        if let Err(error) = self.judge(endpoint, delivery, &attempt).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                endpoint_id = %endpoint.id,
                "what an attempt says of its endpoint was not stored; the next one will say it too"
            );
        }
        Ok(attempt)
    }

    async fn attempt(&self, task: &Task) -> (Attempt, Reply) {
        let Task { endpoint, delivery, .. } = task;
        let at = self.clock.now();
        let prepared = task.secrets.as_ref().map_err(Clone::clone);
        let prepared = prepared.and_then(|secrets| Ok((secrets, self.body(delivery)?)));
        let reply = match prepared {
            Ok((secrets, body)) => {
                let letter =
                    Letter { url: &endpoint.url, id: &delivery.event_id, at, body, secrets };
                self.webhooks.send(letter).await
            }
            Err(words) => Reply::failed(words),
        };
        tracing::debug!(
            endpoint_id = %endpoint.id,
            event_id = %delivery.event_id,
            event_type = delivery.event_type,
            status = reply.status,
            error = reply.error,
            duration_ms = u64::try_from(reply.duration.as_millis()).unwrap_or(u64::MAX),
            "sent a webhook"
        );
        let attempt = Attempt {
            id: WebhookAttemptId::new(),
            endpoint_id: endpoint.id.clone(),
            event_id: delivery.event_id.clone(),
            at,
            duration: reply.duration,
            url: endpoint.url.clone(),
            status: reply.status,
            error: reply.error.clone(),
            answer: reply.answer.clone(),
        };
        (attempt, reply)
    }

    /// The payload as it is stored, with what is sealed for the receiver.
    fn body(&self, delivery: &Delivery) -> Result<Vec<u8>, String> {
        let Some(sealed) = &delivery.sealed else {
            return Ok(delivery.payload.clone().into_bytes());
        };
        let place = Place::of_delivery(delivery.endpoint_id.as_str(), delivery.event_id.as_str());
        let link = self.vault.open(&place, sealed).map_err(|error| error.to_string())?;
        let mut payload: Value = serde_json::from_str(&delivery.payload)
            .map_err(|_| "the stored payload is damaged".to_owned())?;
        payload["data"]["auth_link_url"] = json!(link.expose_secret());
        Ok(payload.to_string().into_bytes())
    }

    fn progress(&self, task: &Task, reply: &Reply) -> Progress {
        if reply.error.is_none() {
            return Progress::Delivered;
        }
        if task.delivery.is_test() {
            return Progress::Failed;
        }
        let now = self.clock.now();
        if reply.is_gone() {
            // It waits until somebody switches the endpoint on again.
            return Progress::Again(now.plus(RETRIES[RETRIES.len() - 1]));
        }
        let mut chance = [0; 4];
        getrandom::fill(&mut chance).expect("the operating system gives random bytes");
        let chance = u32::from_ne_bytes(chance);
        next_attempt(now, task.delivery.attempts + 1, reply.retry_after, chance)
            .map_or(Progress::Failed, Progress::Again)
    }

    /// What an attempt says of its endpoint: one that has not answered well for long is switched off.
    async fn judge(
        &self,
        endpoint: &WebhookEndpoint,
        delivery: &Delivery,
        attempt: &Attempt,
    ) -> Result<(), StoreError> {
        let id = &endpoint.id;
        let now = self.clock.now();
        let (by, failing_since) = match endpoint.failing_since {
            None if attempt.succeeded() => return Ok(()),
            Some(_) if attempt.succeeded() => {
                return self.store.clear_webhook_endpoint_failing(id).await;
            }
            _ if delivery.is_test() => return Ok(()),
            _ if attempt.is_gone() => (DisabledBy::Gone, None),
            None => return self.store.mark_webhook_endpoint_failing(id, attempt.at).await,
            Some(since) if now.since(since) >= PATIENCE => {
                (DisabledBy::Failures, Some(now.minus(PATIENCE)))
            }
            Some(_) => return Ok(()),
        };
        let event = Event::new(Action::WebhookDisabled, &Caller::system(), now).with(json!({
            "endpoint_id": id,
            "url": endpoint.url,
            "reason": by.as_str(),
            "error": attempt.error,
            "failing_since": endpoint.failing_since.map(|since| since.to_string()),
        }));
        if self.store.disable_webhook_endpoint(id, by, failing_since, &event).await? == Applied::Yes
        {
            tracing::warn!(
                endpoint_id = %id,
                reason = by.as_str(),
                "a webhook endpoint was switched off"
            );
        }
        Ok(())
    }
}
