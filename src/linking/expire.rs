//! Expire: what time alone changes, without a word from Qlik: warnings, and the expiry itself.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::linking::Linking;
use crate::model::account::Account;
use crate::model::event::{Caller, Event};
use crate::store::StoreError;

/// So many are read at a time; the next round goes on.
const READ_AT_ONCE: usize = 500;
/// So many wait to be written at a time: they are committed as one group.
const AT_ONCE: usize = 64;

impl Linking {
    /// Tells of the keys whose time is running out or has run out, oldest first. Answers whether there
    /// may be more.
    pub async fn notice_due(&self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let due = self.store.list_accounts_with_notices_due(now, READ_AT_ONCE).await?;
        let more = due.len() == READ_AT_ONCE;
        let notice = |account: Account| async move {
            let after = account.after_time(now, &self.rules);
            let events = Event::of_transition(&after, &Caller::system(), now);
            // Whoever changed the account meanwhile knows better; the next round looks again.
            self.store.update_account(&after.account, None, &events).await.map(drop)
        };
        stream::iter(due).map(notice).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(more)
    }
}
