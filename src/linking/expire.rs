//! Expire: what time alone changes, without a word from Qlik: warnings, and the expiry itself.

use crate::linking::Linking;
use crate::model::event::{Caller, Event};
use crate::store::StoreError;

/// So many at a time; the next round goes on.
const AT_ONCE: usize = 500;

impl Linking {
    /// Tells of the keys whose time is running out or has run out, oldest first. Answers whether there
    /// may be more.
    pub async fn notice_due(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let due = self.store.list_accounts_with_notices_due(now, AT_ONCE).await?;
        let more = due.len() == AT_ONCE;
        for account in due {
            let after = account.after_time(now, &self.rules);
            let events = Event::of_transition(&after, &Caller::system(), now);
            // Whoever changed the account meanwhile knows better; the next round looks again.
            let _ = self.store.update_account(&after.account, None, &events).await?;
        }
        Ok(more)
    }
}
