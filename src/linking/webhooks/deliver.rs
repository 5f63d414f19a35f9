//! Deliver: what is due is sent, and what came of it is remembered. At least once, with the same
//! `webhook-id` every time, and in order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::clock::Timestamp;
use crate::id::{ClaimId, WebhookAttemptId, WebhookEndpointId};
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
/// At most so many at once to one endpoint: one that is slow holds up nobody else.
const TO_ONE: usize = 8;
/// Beyond so many at once, an endpoint gets no more than one at a time.
const CROWD: usize = 256;
/// A round ends after this time, although something is still being sent.
const ROUND: Duration = Duration::from_secs(1);
/// How often orders are looked for that a race has left behind.
const SWEEP: Duration = Duration::from_mins(1);
/// What came of an attempt is worth more than one try to store it.
const STORE_TRIES: u32 = 5;
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// What this hub is sending.
#[derive(Debug)]
pub struct UnderWay {
    tasks: TaskTracker,
    to: Mutex<HashMap<WebhookEndpointId, usize>>,
    finished: Notify,
    swept_at: AtomicI64,
}

impl Default for UnderWay {
    fn default() -> Self {
        let swept_at = AtomicI64::new(i64::MIN / 2);
        Self { tasks: TaskTracker::new(), to: Mutex::default(), finished: Notify::new(), swept_at }
    }
}

impl UnderWay {
    fn count(&self) -> usize {
        self.to.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// How many more may be sent to the endpoint now.
    fn room(&self, endpoint: &WebhookEndpointId) -> usize {
        let most = if self.count() < CROWD { TO_ONE } else { 1 };
        let to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        most.saturating_sub(to.get(endpoint).copied().unwrap_or(0))
    }

    fn begin(&self, endpoint: &WebhookEndpointId) {
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        *to.entry(endpoint.clone()).or_default() += 1;
    }

    fn end(&self, endpoint: &WebhookEndpointId) {
        let mut to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = to.get_mut(endpoint) {
            *count -= 1;
            if *count == 0 {
                to.remove(endpoint);
            }
        }
        self.finished.notify_one();
    }
}

/// A delivery that this hub has taken on, and for how long.
pub(super) struct Task {
    pub endpoint: WebhookEndpoint,
    pub secrets: Result<Arc<[SecretString]>, String>,
    pub delivery: Delivery,
    pub claim: ClaimId,
    pub until: Timestamp,
}

/// It is under way until this is dropped, also if its task panics.
struct Turn(Arc<Linking>, WebhookEndpointId);

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.under_way.end(&self.1);
    }
}

impl Linking {
    /// Sends what is due, and goes on with what becomes due by that. Answers after a second at the latest;
    /// true if something is still being sent or may be left: call it until it answers false to have sent all.
    pub async fn deliver_due(self: &Arc<Self>) -> Result<bool, StoreError> {
        let began = Instant::now();
        let swept_all = self.sweep().await?;
        while began.elapsed() < ROUND {
            let started = self.start_due().await?;
            if self.under_way.count() > 0 {
                let left = ROUND.saturating_sub(began.elapsed());
                let _ = tokio::time::timeout(left, self.under_way.finished.notified()).await;
            } else if !started {
                return Ok(!swept_all);
            }
        }
        Ok(true)
    }

    /// Waits for what is being sent; nothing is begun any more by then.
    pub async fn finish_deliveries(&self) {
        self.under_way.tasks.close();
        self.under_way.tasks.wait().await;
    }

    async fn sweep(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let last = self.under_way.swept_at.load(Ordering::Relaxed);
        if Duration::from_millis(now.as_millis().abs_diff(last)) < SWEEP {
            return Ok(true);
        }
        let more = self.store.sweep_deliveries(now).await?;
        if !more {
            self.under_way.swept_at.store(now.as_millis(), Ordering::Relaxed);
        }
        Ok(!more)
    }

    /// Answers whether anything was begun.
    async fn start_due(self: &Arc<Self>) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let mut started = false;
        for endpoint in self.store.list_webhook_endpoints_due(now).await? {
            let room = self.under_way.room(&endpoint.id);
            if room == 0 {
                continue;
            }
            let (claim, until) = (ClaimId::new(), now.plus(CLAIM));
            let taken = self.store.claim_deliveries(&endpoint.id, &claim, now, until, room).await?;
            if taken.is_empty() {
                continue;
            }
            let secrets = self.webhook_secrets(&endpoint, now).await?;
            for delivery in taken {
                started = true;
                let task = Task {
                    endpoint: endpoint.clone(),
                    secrets: secrets.clone(),
                    delivery,
                    claim: claim.clone(),
                    until,
                };
                self.under_way.begin(&endpoint.id);
                let turn = Turn(Arc::clone(self), endpoint.id.clone());
                self.under_way.tasks.spawn(async move { turn.0.deliver(task).await });
            }
        }
        Ok(started)
    }

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

    async fn deliver(&self, task: Task) {
        // A hub that was stopped for a while has lost what it had taken on.
        if self.clock.now() >= task.until {
            return;
        }
        let (attempt, reply) = self.attempt(&task).await;
        let progress = self.progress(&task, &reply);
        let mut tries = 0;
        let stored = loop {
            let now = self.clock.now();
            let Task { delivery, claim, .. } = &task;
            let stored = self.store.finish_attempt(delivery, claim, &attempt, progress, now).await;
            tries += 1;
            match stored {
                Ok(_) => break self.judge(&task.endpoint, &attempt).await,
                Err(error) if tries == STORE_TRIES => break Err(error),
                Err(_) => tokio::time::sleep(STORE_AGAIN).await,
            }
        };
        if let Err(error) = stored {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                event_id = %task.delivery.event_id,
                "what came of a webhook was not stored; it will be sent again"
            );
        }
    }

    /// Sends once.
    pub(super) async fn attempt(&self, task: &Task) -> (Attempt, Reply) {
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
    async fn judge(&self, endpoint: &WebhookEndpoint, attempt: &Attempt) -> Result<(), StoreError> {
        let id = &endpoint.id;
        let now = self.clock.now();
        let (by, failing_since) = match endpoint.failing_since {
            None if attempt.succeeded() => return Ok(()),
            Some(_) if attempt.succeeded() => {
                return self.store.clear_webhook_endpoint_failing(id).await;
            }
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
