//! Expire: an active account whose key's known expiry has passed is no longer active.

use crate::clock::Timestamp;
use crate::linking::Linking;
use crate::model::account::AccountStatus;
use crate::model::event::{Action, Caller, Event};
use crate::store::{AccountQuery, SortBy, StoreError};

/// So many at a time; the next round goes on.
const AT_ONCE: usize = 500;

impl Linking {
    /// Marks the accounts whose keys have died since the last round, oldest first.
    pub async fn expire_due(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        let due = AccountQuery {
            statuses: vec![AccountStatus::Active],
            expires: Some((Timestamp::from_millis(0), now)),
            sort: SortBy::Expiry,
            limit: AT_ONCE,
            ..AccountQuery::default()
        };
        for account in self.store.list_accounts(&due).await?.accounts {
            let event = Event::new(Action::AccountExpired, &Caller::system(), now).of(&account.id);
            // Whoever changed the account meanwhile knows better; the next round looks again.
            let _ = self.store.update_account(&account.expired(now), None, &event).await?;
        }
        Ok(())
    }
}
