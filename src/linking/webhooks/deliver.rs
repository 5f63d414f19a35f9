//! Deliver: what is due is taken and sent. At least once, with the same `webhook-id` every time, and in order.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::attempt::{CLAIM, Task};
use super::under_way::Turn;
use crate::id::ClaimId;
use crate::linking::Linking;
use crate::store::StoreError;

/// A round ends after this time, although something is still being sent.
const ROUND: Duration = Duration::from_secs(1);
/// How often orders are looked for that a race has left behind.
const SWEEP: Duration = Duration::from_mins(1);

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
                let turn = Turn::begin(self, &endpoint.id);
                self.under_way.tasks.spawn(async move { turn.0.deliver(task).await });
            }
        }
        Ok(started)
    }

    async fn deliver(&self, task: Task) {
        // A hub that was stopped for a while has lost what it had taken on.
        if self.clock.now() >= task.until {
            return;
        }
        if let Err(error) = self.send_once(&task).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                event_id = %task.delivery.event_id,
                "what came of a webhook was not stored; it will be sent again"
            );
        }
    }
}
