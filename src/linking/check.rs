//! Check: ask Qlik again whether a stored key works and whose it is.

use crate::id::{AccountId, ClaimId};
use crate::linking::{Linking, TRIES};
use crate::model::account::Account;
use crate::model::connect_session::ConnectSession;
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Failure, FailureCode};
use crate::model::identity::Verified;
use crate::model::tenant_budget::Errand;
use crate::secret::Sealed;
use crate::store::{Applied, StoreError};

/// A check that was carried out; the account shows its outcome.
#[derive(Debug)]
pub struct Checked {
    pub account: Account,
    pub failure: Option<Failure>,
}

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error("there is no such account")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// Checks at once, whatever the plan says; the plan begins anew. Only if Qlik has asked to leave the
    /// tenant alone is nothing sent, and the account stays as it is.
    pub async fn check(&self, id: &AccountId, caller: &Caller) -> Result<Checked, CheckError> {
        let (account, sealed) = self.account_with_secret(id).await?.ok_or(CheckError::NotFound)?;
        if let Some(failure) = self.paused(&account.tenant.id).await? {
            return Ok(Checked { account, failure: Some(failure) });
        }
        // Somebody waits, so it is done in any case; but it counts.
        let _ = self.may_ask(&account.tenant.id, Errand::CheckByHand).await?;
        let outcome = self.ask(&account, sealed.as_ref()).await?;
        let account = Account { check: account.check.clone().anew(), ..account };
        self.record_check(account, sealed.as_ref(), outcome, caller, None).await
    }

    /// As [`Linking::check`], for whoever holds a session that renews the account: within the limits
    /// of connecting.
    pub async fn check_by(
        &self,
        session: &ConnectSession,
        account: Account,
        caller: &Caller,
    ) -> Result<Checked, CheckError> {
        let (from, link) = (caller.address.as_deref(), Some(session.id.as_str()));
        if let Err(failure) = self.limits.connect(from, link, &account.host) {
            return Ok(Checked { account, failure: Some(failure) });
        }
        self.check(&account.id, caller).await
    }

    /// Asks Qlik about an account with the secret that belongs to it.
    pub(super) async fn ask(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
    ) -> Result<Result<Verified, Failure>, StoreError> {
        let (address, key) = match self.stored_key(account, sealed) {
            Ok(stored) => stored,
            Err(failure) => return Ok(Err(failure)),
        };
        let outcome = {
            let _turn = self.conversations.acquire().await;
            self.qlik.verify(&address, &key, self.clock.now(), &|_| {}).await
        };
        if let Err(failure) = &outcome {
            self.heed(&account.tenant.id, failure).await?;
        }
        Ok(outcome.and_then(|verified| same_identity(account, verified)))
    }

    /// Stores the outcome, unless the account was given another key meanwhile, or the claim under which Qlik
    /// was asked is over: then it says nothing about the account as it is now. Nor is it stored where
    /// somebody else has stored an answer meanwhile: which of the two is newer nobody can tell, so Qlik is asked
    /// once more.
    pub(super) async fn record_check(
        &self,
        mut account: Account,
        checked: Option<&Sealed>,
        outcome: Result<Verified, Failure>,
        caller: &Caller,
        claim: Option<&ClaimId>,
    ) -> Result<Checked, CheckError> {
        let id = account.id.clone();
        let answered = account.last_checked_at;
        for _ in 0..TRIES {
            let now = self.clock.now();
            let next = account.checked(&outcome, now, &self.rules);
            let events = Event::of_transition(&next, caller, now);
            if self.store.update_account(&next.account, None, &events).await? == Applied::Yes {
                return Ok(Checked { account: next.account, failure: outcome.err() });
            }
            let (now, secret) = self.account_with_secret(&id).await?.ok_or(CheckError::NotFound)?;
            account = now;
            let ours =
                claim.is_none_or(|claim| account.check.claim.as_deref() == Some(claim.as_str()));
            if !ours || secret.as_ref() != checked {
                return Ok(Checked { account, failure: None });
            }
            if account.last_checked_at != answered {
                let asked = Event::new(Action::CheckRequested, caller, self.clock.now()).of(&id);
                let _ = self.store.make_check_due(&id, &asked).await?;
                return Ok(Checked { account, failure: None });
            }
        }
        Err(StoreError::Busy.into())
    }
}

/// The identity of an account is its tenant's id and its user's id, never a name or a host.
fn same_identity(account: &Account, verified: Verified) -> Result<Verified, Failure> {
    let same = verified.tenant.id == account.tenant.id && verified.user.id == account.user.id;
    if same {
        Ok(verified)
    } else {
        Err(Failure::new(FailureCode::AccountMismatch)
            .because("the key now belongs to another tenant or user"))
    }
}
