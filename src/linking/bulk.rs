//! Many accounts at once: tested soon, and given links to be reconnected with.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use secrecy::SecretString;

use crate::id::AccountId;
use crate::linking::{AnnounceError, Linking, NewSession};
use crate::model::account::Account;
use crate::model::connect_session::Terms;
use crate::model::event::{Action, Caller, Event};
use crate::secret::PlainToken;
use crate::store::{AccountQuery, StoreError};

/// So many writes wait at a time: they are committed as one group.
const AT_ONCE: usize = 64;

impl Linking {
    /// Makes checks of these accounts due: they are carried out in the background, one after the other
    /// within the limits of their tenants. Answers how many of them there are. After a failure some may be due;
    /// the history of each says whether somebody has asked for it.
    pub async fn check_soon(
        &self,
        ids: &[AccountId],
        caller: &Caller,
    ) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let asked =
            |id: &AccountId| (id.clone(), Event::new(Action::CheckRequested, caller, now).of(id));
        // All are tried before a failure is told of, so that nothing goes on behind the answer.
        let outcomes: Vec<_> = stream::iter(ids.iter().map(asked).collect::<Vec<_>>())
            .map(|(id, event)| async move { self.store.make_check_due(&id, &event).await })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut found = 0;
        for outcome in outcomes {
            found += usize::from(outcome?.is_yes());
        }
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
            let (new, event) = self.reconnect_session(&account, lifetime, caller);
            made.push((account, new));
            events.push(event);
        }
        let sessions: Vec<_> = made.iter().map(|(_, new)| &new.session).zip(&events).collect();
        self.store.insert_connect_sessions(&sessions).await?;
        Ok(made)
    }

    /// As [`Linking::create_reconnect_sessions`], but each link goes to the webhook endpoints that ask for it
    /// and to nobody else. Answers how many.
    pub async fn announce_reconnect_links(
        &self,
        ids: &[AccountId],
        lifetime: Duration,
        auth_link: impl Fn(&PlainToken) -> SecretString,
        caller: &Caller,
    ) -> Result<usize, AnnounceError> {
        let accounts = self.those_of(ids).await?;
        let made: Vec<_> = accounts
            .iter()
            .map(|account| self.reconnect_session(account, lifetime, caller))
            .collect();
        self.announce(&made, auth_link).await?;
        Ok(made.len())
    }

    fn reconnect_session(
        &self,
        account: &Account,
        lifetime: Duration,
        caller: &Caller,
    ) -> (NewSession, Event) {
        let terms = Terms {
            account_id: Some(account.id.clone()),
            owner: account.owner.clone(),
            ..Terms::default()
        };
        self.settled_session(terms, lifetime, caller)
    }

    async fn those_of(&self, ids: &[AccountId]) -> Result<Vec<Account>, StoreError> {
        let query =
            AccountQuery { ids: Some(ids.to_vec()), limit: ids.len(), ..AccountQuery::default() };
        Ok(self.store.list_accounts(&query).await?.accounts)
    }
}
