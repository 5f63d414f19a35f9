//! How all accounts are doing, for the bar on the Accounts page: exact and current where there are few; where
//! there are many, counted beside the pages and not by them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as Turn;

use crate::linking::Linking;
use crate::model::account::health::HealthCounts;
use crate::store::StoreError;

/// So few are counted for every page.
const FEW: i64 = 1_000;
/// More are counted at most so often …
const OFTEN: Duration = Duration::from_secs(10);
/// … and no page shows an older count: the first page after a while waits for a new one.
const OLD: Duration = Duration::from_mins(1);

#[derive(Debug, Default)]
pub(super) struct Health {
    last: Mutex<Option<HealthCounts>>,
    /// One at a time counts.
    turn: Arc<Turn<()>>,
}

impl Health {
    fn last(&self) -> Option<HealthCounts> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Linking {
    pub async fn account_health(self: &Arc<Self>) -> Result<HealthCounts, StoreError> {
        let now = self.clock.now();
        // A clock that was set back makes a count neither old nor new.
        let last = self.health.last().filter(|last| last.total() > FEW && last.at <= now);
        if let Some(last) = last.filter(|last| now.since(last.at) < OLD) {
            if now.since(last.at) >= OFTEN
                && let Ok(turn) = Arc::clone(&self.health.turn).try_lock_owned()
            {
                let linking = Arc::clone(self);
                tokio::spawn(async move {
                    if let Err(error) = linking.count_health().await {
                        let error = &error as &dyn std::error::Error;
                        tracing::warn!(error, "the accounts were not counted");
                    }
                    drop(turn);
                });
            }
            return Ok(last);
        }
        let _turn = self.health.turn.lock().await;
        // Whoever had the turn before may have counted for this page too.
        match self.health.last() {
            Some(last) if last.total() > FEW && last.at >= now => Ok(last),
            _ => self.count_health().await,
        }
    }

    /// Only with the turn.
    async fn count_health(&self) -> Result<HealthCounts, StoreError> {
        let counts = self.store.count_account_health(self.clock.now()).await?;
        *self.health.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(counts);
        Ok(counts)
    }
}
