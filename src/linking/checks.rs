//! Checks that the hub makes by itself. Each is claimed, so that of several hubs on one database one carries
//! it out, and asks its tenant's budget first. A hub that dies gives its work back by doing nothing.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::linking::{CheckError, Linking};
use crate::model::account::plan::spread;
use crate::model::event::Caller;
use crate::model::failure::{Failure, FailureCode};
use crate::store::{Claimed, StoreError};

/// So long a claim is good.
const CLAIM: Duration = Duration::from_mins(2);
/// No check takes longer, whatever the settings say; none begins under a claim that ends before.
const LONGEST: Duration = Duration::from_mins(1);
/// So many are claimed together, so that a tenant with many accounts is soon out of the others' way.
const CLAIMED_AT_ONCE: usize = 256;
/// So many are under way at the same time; half of all conversations are left to people.
const AT_ONCE: usize = 128;
/// While some take long, it is looked so often whether others are due.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// What is under way when the hub stops may take so long.
const GRACE: Duration = Duration::from_secs(3);

/// A claim and how long it is good: by the clock that all hubs share, and by one that nobody sets.
#[derive(Clone)]
struct Term {
    claim: ClaimId,
    end: Timestamp,
    since: Instant,
}

impl Term {
    fn new(now: Timestamp) -> Self {
        Self { claim: ClaimId::new(), end: now.plus(CLAIM), since: Instant::now() }
    }

    /// Whether a check that begins now ends before somebody else may take it.
    fn suffices(&self, now: Timestamp) -> bool {
        now.plus(LONGEST) <= self.end && self.since.elapsed() + LONGEST <= CLAIM
    }
}

/// A claimed check for which its tenant's budget has something left.
struct Job {
    claimed: Claimed,
    term: Term,
}

/// When it was last looked what is due, to notice a clock that was set back; at first it may have been.
#[derive(Debug)]
pub(super) struct LastLook(AtomicI64);

impl Default for LastLook {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }
}

impl Linking {
    /// Carries out the checks that are due, until none is left or the hub stops. Answers whether there may be
    /// more.
    pub async fn check_due(self: &Arc<Self>) -> Result<bool, StoreError> {
        let mut waiting = VecDeque::new();
        // Tasks of their own: what is not polled while others wait could hold what those wait for.
        let mut running = JoinSet::new();
        let mut claims = Vec::new();
        let mut failed = None;
        while !self.stopping.is_cancelled() {
            if failed.is_none() && waiting.is_empty() && running.len() <= AT_ONCE / 2 {
                match self.claim(&mut claims).await {
                    Ok(jobs) => waiting.extend(jobs),
                    Err(error) => failed = Some(error),
                }
            }
            while running.len() < AT_ONCE
                && let Some(job) = waiting.pop_front()
            {
                let linking = Arc::clone(self);
                running.spawn(async move { linking.carry_out(job).await });
            }
            tokio::select! {
                biased;
                () = self.stopping.cancelled() => {}
                done = running.join_next() => match done {
                    Some(Ok(Ok(()))) => {}
                    Some(Ok(Err(error))) => failed = Some(error),
                    Some(Err(_)) => failed = Some(StoreError::Stopping),
                    None => return failed.map_or(Ok(false), Err),
                },
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        // What others do not get back at once they get when the claim ends.
        let finish = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            running.shutdown().await;
        }
        for Term { claim, .. } in claims {
            self.store.release_checks(&claim, self.clock.now()).await?;
        }
        failed.map_or(Ok(true), Err)
    }

    /// Claims what is due until something of it may be carried out, or nothing is due any more.
    async fn claim(&self, claims: &mut Vec<Term>) -> Result<Vec<Job>, StoreError> {
        let mut jobs = Vec::new();
        while jobs.is_empty() && !self.stopping.is_cancelled() {
            let now = self.clock.now();
            self.doubt_plans(now).await?;
            if !self.store.is_check_due(now).await? {
                break;
            }
            let term = Term::new(now);
            claims.retain(|term| term.end > now);
            claims.push(term.clone());
            let claimed = self.store.claim_checks(&term.claim, now, term.end, CLAIMED_AT_ONCE);
            let mut claimed = claimed.await?;
            if claimed.is_empty() {
                // Another hub was faster.
                break;
            }
            // In no order that stays: where there is not enough for all, the same would always be left out.
            let draw = |id: &AccountId| spread(&[term.claim.as_str(), id.as_str()]);
            claimed.sort_by_cached_key(|(account, _)| draw(&account.id));
            let mut tenants: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
            for claimed in claimed {
                tenants.entry(claimed.0.tenant.id.clone()).or_default().push(claimed);
            }
            let shares = tenants.into_iter().map(|(tenant_id, mut claimed)| {
                let claim = &term.claim;
                async move {
                    let among: Vec<&AccountId> = claimed.iter().map(|(a, _)| &a.id).collect();
                    let granted = self.share(&tenant_id, claim, &among).await?;
                    claimed.truncate(granted);
                    Ok::<_, StoreError>(claimed)
                }
            });
            for claimed in futures_util::future::join_all(shares).await {
                let job = |claimed| Job { claimed, term: term.clone() };
                jobs.extend(claimed?.into_iter().map(job));
            }
        }
        Ok(jobs)
    }

    /// After a start, and after the clock was set back: what was planned by a clock that was ahead is due
    /// now, so that no status stays wrong for as long as the clock was.
    async fn doubt_plans(&self, now: Timestamp) -> Result<(), StoreError> {
        let LastLook(last) = &self.last_look;
        if now.as_millis() < last.load(Ordering::Relaxed) {
            self.store.recall_checks(now, now.plus(self.rules.longest_wait())).await?;
        }
        last.store(now.as_millis(), Ordering::Relaxed);
        Ok(())
    }

    /// One check. What comes too late is due at once for whoever claims it next.
    async fn carry_out(&self, job: Job) -> Result<(), StoreError> {
        let Job { claimed: (account, sealed), term } = job;
        let (tenant_id, claim) = (&account.tenant.id, &term.claim);
        if self.paused(tenant_id).await?.is_some() {
            let _ = self.share(tenant_id, claim, &[&account.id]).await?;
            return Ok(());
        }
        let now = self.clock.now();
        if !term.suffices(now) {
            return self.store.release_check(&account.id, claim, now).await;
        }
        let asked = tokio::time::timeout(LONGEST, self.ask(&account, sealed.as_ref())).await;
        let outcome = asked.unwrap_or_else(|_| {
            let cause = "a check took longer than it may";
            Ok(Err(Failure::new(FailureCode::Unreachable).because(cause)))
        })?;
        let caller = Caller::system();
        let recorded =
            self.record_check(account, sealed.as_ref(), outcome, &caller, Some(claim)).await;
        match recorded {
            Ok(_) | Err(CheckError::NotFound) => Ok(()),
            Err(CheckError::Store(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
