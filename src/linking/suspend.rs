//! Suspend and resume: an account that must not be used for a while keeps its key.

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::{Linking, TRIES};
use crate::model::account::{Account, AccountStatus};
use crate::model::event::{Action, Caller, Event};
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
        self.turn(id, true, Action::AccountSuspended, Account::suspended, caller).await
    }

    /// Resumes an account; one that is not suspended stays as it is.
    pub async fn resume(&self, id: &AccountId, caller: &Caller) -> Result<Account, SuspendError> {
        self.turn(id, false, Action::AccountResumed, Account::resumed, caller).await
    }

    async fn turn(
        &self,
        id: &AccountId,
        suspended: bool,
        action: Action,
        change: impl Fn(Account, Timestamp) -> Account,
        caller: &Caller,
    ) -> Result<Account, SuspendError> {
        for _ in 0..TRIES {
            let account = self.account(id).await?.ok_or(SuspendError::NotFound)?;
            if (account.status == AccountStatus::Suspended) == suspended {
                return Ok(account);
            }
            let now = self.clock.now();
            let after = change(account, now);
            let event = Event::new(action, caller, now).of(id);
            if self.store.update_account(&after, None, &event).await? == Applied::Yes {
                return Ok(after);
            }
        }
        Err(StoreError::Busy.into())
    }
}
