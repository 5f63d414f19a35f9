//! Who allows renewal, and stops it.

use crate::id::AccountId;
use crate::linking::{Linking, TRIES};
use crate::model::account::Account;
use crate::model::event::{Action, Caller, Event};
use crate::store::{Applied, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    #[error("there is no such account")]
    NotFound,
    /// The operator has not switched it on.
    #[error("this hub does not renew keys")]
    NotOffered,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// Allows renewal or stops it. Allowed once more while there is a problem, it is tried again at once.
    pub async fn set_renewal(
        &self,
        id: &AccountId,
        allowed: bool,
        caller: &Caller,
    ) -> Result<Account, RenewalError> {
        if allowed && !self.rules.renewal {
            return Err(RenewalError::NotOffered);
        }
        for _ in 0..TRIES {
            let account = self.account(id).await?.ok_or(RenewalError::NotFound)?;
            let now = self.clock.now();
            let (after, events) = match (account.renewal.allowed_at.is_some(), allowed) {
                (true, true) if account.renewal.problem.is_some() => {
                    (account.renewal_hastened(now), Vec::new())
                }
                (before, after) if before == after => return Ok(account),
                _ => {
                    let after = account.renewal_allowed(allowed, now, &self.rules);
                    let event = Event::new(consent(allowed), caller, now).about(&after);
                    (after, vec![event])
                }
            };
            if self.store.update_account(&after, None, &events).await? == Applied::Yes {
                return Ok(after);
            }
        }
        Err(StoreError::Busy.into())
    }
}

impl Linking {
    /// What whoever connects an account says to renewal, and what the history says of it if that is a change.
    /// Nobody consents for another Qlik user.
    pub(in crate::linking) fn with_consent(
        &self,
        account: Account,
        before: Option<&Account>,
        asked: Option<bool>,
    ) -> (Account, Option<Action>) {
        let was = before.is_some_and(|before| before.renewal.allowed_at.is_some());
        let another = was && before.is_some_and(|before| before.user.id != account.user.id);
        let allowed = asked.filter(|_| self.rules.renewal).unwrap_or(was && !another);
        if allowed == was && !another {
            return (account, None);
        }
        let now = self.clock.now();
        let account = account.renewal_allowed(false, now, &self.rules);
        (account.renewal_allowed(allowed, now, &self.rules), Some(consent(allowed)))
    }
}

/// What the history says of it.
const fn consent(allowed: bool) -> Action {
    if allowed { Action::RenewalAllowed } else { Action::RenewalStopped }
}
