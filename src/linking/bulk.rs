//! Many accounts at once: tested soon, and given links to be reconnected with.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use secrecy::SecretString;

use crate::id::AccountId;
use crate::linking::{AnnounceError, Linking, NewSession, SessionError};
use crate::model::account::Account;
use crate::model::connect_session::Terms;
use crate::model::event::Caller;
use crate::secret::PlainToken;
use crate::store::{AccountQuery, StoreError};

/// So many writes wait at a time: they are committed as one group.
const AT_ONCE: usize = 64;

impl Linking {
    /// Makes checks of these accounts due: they are carried out in the background, one after the other
    /// within the limits of their tenants. Answers how many of them there are.
    pub async fn check_soon(&self, ids: &[AccountId]) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let accounts = self.those_of(ids).await?;
        let found = accounts.len();
        // A conflict is as good: it is due, or it is being checked.
        stream::iter(accounts)
            .map(|account| async move { self.store.make_check_due(&account.id, now).await })
            .buffer_unordered(AT_ONCE)
            .try_for_each(|_| async { Ok(()) })
            .await?;
        Ok(found)
    }

    /// A session for each of these accounts that is there, which renews it and no other. All of them are
    /// stored or none.
    pub async fn create_reconnect_sessions(
        &self,
        ids: &[AccountId],
        lifetime: Duration,
        caller: &Caller,
    ) -> Result<Vec<(Account, NewSession)>, StoreError> {
        let mut made = Vec::new();
        let mut events = Vec::new();
        for account in self.those_of(ids).await? {
            let terms = Terms {
                account_id: Some(account.id.clone()),
                owner: account.owner.clone(),
                ..Terms::default()
            };
            let (new, event) = self.settled_session(terms, lifetime, caller);
            made.push((account, new));
            events.push(event);
        }
        let sessions: Vec<_> = made.iter().map(|(_, new)| &new.session).zip(&events).collect();
        self.store.insert_connect_sessions(&sessions).await?;
        Ok(made)
    }

    /// As [`Linking::create_reconnect_sessions`], but each link goes to the webhook endpoints that ask for it
    /// and to nobody else. Answers how many; what was announced before a failure stays announced.
    pub async fn announce_reconnect_links(
        &self,
        ids: &[AccountId],
        lifetime: Duration,
        auth_link: impl Fn(&PlainToken) -> SecretString,
        caller: &Caller,
    ) -> Result<usize, AnnounceError> {
        let mut announced = 0;
        for account in self.those_of(ids).await? {
            let terms = Terms { account_id: Some(account.id), ..Terms::default() };
            match self.announce_connect_session(terms, lifetime, &auth_link, caller).await {
                Ok(_) => announced += 1,
                // It was unlinked a moment ago.
                Err(AnnounceError::Session(SessionError::NoSuchAccount)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(announced)
    }

    async fn those_of(&self, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
        let query =
            AccountQuery { ids: Some(ids.to_vec()), limit: ids.len(), ..AccountQuery::default() };
        Ok(self.store.list_accounts(&query).await?.accounts)
    }
}
