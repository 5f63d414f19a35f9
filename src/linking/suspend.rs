//! Suspend and resume: an account that must not be used for a while keeps its key.

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::{Linking, TRIES};
use crate::model::account::{Account, AccountStatus, Rules, Transition};
use crate::model::event::{Caller, Event};
use crate::store::{Applied, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum SuspendError {
    #[error("there is no such account")]
    NotFound,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// Suspends an account; one that is suspended already stays so.
    pub async fn suspend(&self, id: &AccountId, caller: &Caller) -> Result<Account, SuspendError> {
        self.turn(id, true, Account::suspended, caller).await
    }

    /// Resumes an account; one that is not suspended stays as it is.
    pub async fn resume(&self, id: &AccountId, caller: &Caller) -> Result<Account, SuspendError> {
        self.turn(id, false, Account::resumed, caller).await
    }

    async fn turn(
        &self,
        id: &AccountId,
        suspended: bool,
        change: impl Fn(Account, Timestamp, &Rules) -> Transition,
        caller: &Caller,
    ) -> Result<Account, SuspendError> {
        for _ in 0..TRIES {
            let account = self.account(id).await?.ok_or(SuspendError::NotFound)?;
            if (account.status == AccountStatus::Suspended) == suspended {
                return Ok(account);
            }
            let now = self.clock.now();
            let after = change(account, now, &self.rules);
            let events = Event::of_transition(&after, caller, now);
            if self.store.update_account(&after.account, None, &events).await? == Applied::Yes {
                return Ok(after.account);
            }
        }
        Err(StoreError::Busy.into())
    }
}
