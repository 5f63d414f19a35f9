//! Renewal: while a key works, its successor is made, proved, and stored in its place; then the old one is
//! deleted at Qlik.
//!
//! Wherever this stops, a working key is stored: the old one is deleted only after the new one was stored, and
//! whatever was made and not stored is an orphan. Of each there is a note from before it was made, with its id as
//! soon as that is known. The next run, or whoever deletes what is noted, finds it by its id, or else
//! by the account's id in its description.

mod consent;
mod retired;
mod successor;

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::linking::tenant_budgets::Turn;
use crate::linking::{Linking, TRIES};
use crate::model::account::{Account, RenewalProblemCode};
use crate::model::event::{Caller, Event};
use crate::model::failure::{Failure, FailureCode};
use crate::model::tenant_budget::Errand;
use crate::qlik::{ApiKey, NoSuccessor, TenantAddress};
use crate::secret::Sealed;
use crate::store::{Applied, RetiredKey, StoreError};

pub use consent::RenewalError;

/// For so long, what a hub has taken on is its own.
const CLAIM: Duration = Duration::from_mins(2);
/// For one account; well within the claim.
const LONGEST: Duration = Duration::from_secs(90);
/// When the hub stops, what is under way may take so long.
const GRACE: Duration = Duration::from_secs(5);
/// So many accounts and so many keys at a time; the next round goes on.
const AT_ONCE: usize = 32;

/// Why an account has no new key.
enum Halt {
    Store(StoreError),
    /// Somebody else has the account now: it was unlinked, given another key, or taken by another hub.
    Lost,
    Problem(RenewalProblemCode, Failure),
    Later(Failure),
}

impl From<StoreError> for Halt {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<NoSuccessor> for Halt {
    fn from(why: NoSuccessor) -> Self {
        match why {
            NoSuccessor::Problem(code, failure) => Self::Problem(code, failure),
            NoSuccessor::Unusable(failure) => Self::Problem(RenewalProblemCode::Refused, failure),
            NoSuccessor::Later(failure) => Self::Later(failure),
        }
    }
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        NoSuccessor::from(failure).into()
    }
}

/// An account that is ours to renew, as it was read.
struct Held {
    account: Account,
    sealed: Option<Sealed>,
    address: TenantAddress,
    key: ApiKey,
}

impl Linking {
    /// Renews the keys whose time has come, and deletes those that have been succeeded. Answers whether
    /// there may be more. When the hub stops, what is under way ends soon, as if the hub had died.
    pub async fn renew_due(&self) -> Result<bool, StoreError> {
        let too_late = async {
            self.stopping.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            more = self.renew_round() => more,
            () = too_late => Ok(false),
        }
    }

    async fn renew_round(&self) -> Result<bool, StoreError> {
        let renewals = if self.rules.renewal { self.renew_accounts().await? } else { false };
        let deletions = self.delete_retired_keys().await?;
        Ok(renewals || deletions)
    }

    async fn renew_accounts(&self) -> Result<bool, StoreError> {
        let (claim, now) = (ClaimId::new(), self.clock.now());
        let claimed = self.store.claim_renewals(&claim, now, now.plus(CLAIM), AT_ONCE).await?;
        let more = claimed.len() == AT_ONCE;
        let claim = &claim;
        let renewals = futures_util::stream::iter(claimed)
            .map(|account| async move { self.renew(&account, claim).await })
            .buffer_unordered(AT_ONCE);
        let outcomes: Vec<_> = renewals.collect().await;
        outcomes.into_iter().collect::<Result<(), _>>().map(|()| more)
    }

    async fn renew(&self, account: &Account, claim: &ClaimId) -> Result<(), StoreError> {
        let (id, tenant_id) = (&account.id, &account.tenant.id);
        let late = account.renewal_is_late(self.clock.now());
        let errand = if late { Errand::LateRenewal } else { Errand::Renewal };
        if let Turn::Later(at) = self.may_ask(tenant_id, errand).await? {
            let wait = at.since(self.clock.now());
            let failure = Failure::new(FailureCode::RateLimited)
                .because("the tenant is not asked at the moment")
                .retry_after(Some(wait));
            return self.record_halt(id, claim, None, &failure).await;
        }
        let succession = tokio::time::timeout(LONGEST, self.succeed(id, claim));
        let outcome = succession.await.unwrap_or_else(|_| {
            let cause = "a renewal took longer than it may";
            Err(Halt::Later(Failure::new(FailureCode::Unreachable).because(cause)))
        });
        let (problem, failure) = match outcome {
            Ok(()) | Err(Halt::Lost) => return Ok(()),
            Err(Halt::Store(error)) => return Err(error),
            Err(Halt::Problem(code, failure)) => {
                let (code_name, failure_name) = (code.as_str(), failure.to_string());
                tracing::info!(account = %id, code = code_name, failure = failure_name, "a key was not renewed");
                (Some(code), failure)
            }
            Err(Halt::Later(failure)) => {
                let failure_name = failure.to_string();
                tracing::debug!(account = %id, failure = failure_name, "a renewal is tried again later");
                (None, failure)
            }
        };
        self.heed(tenant_id, &failure).await?;
        self.record_halt(id, claim, problem, &failure).await
    }

    /// Gives the account back, with or without a problem that people must see to.
    async fn record_halt(
        &self,
        id: &AccountId,
        claim: &ClaimId,
        problem: Option<RenewalProblemCode>,
        failure: &Failure,
    ) -> Result<(), StoreError> {
        for _ in 0..TRIES {
            let Some(account) = self.account(id).await? else { return Ok(()) };
            if account.renewal.claim.as_deref() != Some(claim.as_str()) {
                return Ok(());
            }
            let now = self.clock.now();
            let (after, events) = if let Some(code) = problem {
                let after = account.renewal_failed(code, now, &self.rules);
                let events = Event::of_transition(&after, &Caller::system(), now);
                (after.account, events)
            } else {
                (account.renewal_postponed(failure.retry_after, now), Vec::new())
            };
            let trace = json!({ "trace_id": failure.trace_id });
            let events: Vec<_> =
                events.into_iter().map(|event| event.with(trace.clone())).collect();
            if self.store.update_account(&after, None, &events).await? == Applied::Yes {
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    /// The account, if it is still this claim's.
    async fn held(&self, id: &AccountId, claim: &ClaimId) -> Result<Held, Halt> {
        let (account, sealed) = self.account_with_secret(id).await?.ok_or(Halt::Lost)?;
        if account.renewal.claim.as_deref() != Some(claim.as_str()) {
            return Err(Halt::Lost);
        }
        let (address, key) = self.stored_key(&account, sealed.as_ref())?;
        Ok(Held { account, sealed, address, key })
    }
}

/// A key that belongs to the account's user and is to be deleted at Qlik; without an id, one that is about to be
/// made.
fn unwanted(
    account: &Account,
    key_id: Option<&str>,
    expires_at: Option<Timestamp>,
    delete_at: Timestamp,
) -> RetiredKey {
    RetiredKey {
        account_id: account.id.clone(),
        key_id: key_id.map(str::to_owned),
        user_id: account.user.id.clone(),
        retired_at: None,
        expires_at,
        delete_at,
        attempts: 0,
    }
}

/// What people read at Qlik. The account's id in it marks the key as ours.
fn description(product: &str, account: &Account) -> String {
    const LONGEST_NAME: usize = 60;
    let name: String = account.name().chars().take(LONGEST_NAME).collect();
    format!("{product} renewal for {name} ({})", account.id)
}
