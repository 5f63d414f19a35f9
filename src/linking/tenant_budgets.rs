//! Tenant budgets: whoever asks Qlik without a person waiting for it asks for leave first, so that all hubs
//! together stay within what a tenant allows.

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::linking::{Linking, TRIES};
use crate::model::failure::{Failure, FailureCode};
use crate::model::tenant_budget::{Errand, TenantBudget};
use crate::store::StoreError;

/// Whether a tenant may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Turn {
    /// Once, and now.
    Now,
    /// Not before this instant; then it is to be tried again.
    Later(Timestamp),
}

impl Linking {
    /// Asks for leave to ask a tenant. What is granted is spent.
    pub(super) async fn may_ask(
        &self,
        tenant_id: &str,
        errand: Errand,
    ) -> Result<Turn, StoreError> {
        for _ in 0..TRIES {
            let before = self.store.find_tenant_budget(tenant_id).await?;
            let budget = before.unwrap_or_default();
            let after = match budget.spent(errand, self.clock.now(), &self.rules) {
                Ok(after) => after,
                Err(at) => return Ok(Turn::Later(at)),
            };
            if self.store.update_tenant_budget(tenant_id, before, after, &[]).await?.is_yes() {
                return Ok(Turn::Now);
            }
        }
        Err(StoreError::Busy)
    }

    /// Shares a tenant's budget among claimed checks. Answers for how many, from the first on, something was
    /// left; the others have been put off, and their claim has ended.
    pub(super) async fn share(
        &self,
        tenant_id: &str,
        claim: &ClaimId,
        among: &[&AccountId],
    ) -> Result<usize, StoreError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            let before = self.store.find_tenant_budget(tenant_id).await?;
            let (after, share) = before.unwrap_or_default().shared(among, now, &self.rules);
            let put_off: Vec<_> = among[share.granted..]
                .iter()
                .zip(&share.later)
                .map(|(id, at)| (*id, claim, *at))
                .collect();
            let updated =
                self.store.update_tenant_budget(tenant_id, before, after, &put_off).await?;
            if updated.is_yes() {
                return Ok(share.granted);
            }
        }
        Err(StoreError::Busy)
    }

    /// What an answer of Qlik means for everybody else who wants to ask the same tenant.
    pub(super) async fn heed(&self, tenant_id: &str, failure: &Failure) -> Result<(), StoreError> {
        let heeded = |budget: TenantBudget, now| match failure.code {
            FailureCode::RateLimited => Some(budget.paused(failure.retry_after, now)),
            FailureCode::Unreachable | FailureCode::QlikUnavailable => Some(budget.unanswered(now)),
            _ => None,
        };
        for _ in 0..TRIES {
            let before = self.store.find_tenant_budget(tenant_id).await?;
            let Some(after) = heeded(before.unwrap_or_default(), self.clock.now()) else {
                return Ok(());
            };
            if self.store.update_tenant_budget(tenant_id, before, after, &[]).await?.is_yes() {
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    /// Whether Qlik has asked to leave this tenant alone: as a failure that says for how long.
    pub(super) async fn paused(&self, tenant_id: &str) -> Result<Option<Failure>, StoreError> {
        let budget = self.store.find_tenant_budget(tenant_id).await?;
        let left = budget.and_then(|budget| budget.pause_left(self.clock.now()));
        Ok(left.map(|left| {
            Failure::new(FailureCode::RateLimited)
                .because("Qlik has asked to be left alone for a while")
                .retry_after(Some(left))
        }))
    }
}
