//! Unlink: the secret is shredded, the history stays.

use std::sync::Arc;

use serde_json::json;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::{Linking, TRIES};
use crate::model::account::Account;
use crate::model::connect_session::ConnectSession;
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Failure, FailureCode};
use crate::secret::Sealed;
use crate::store::{Applied, SessionQuery, StoreError};

/// So many links that went with an account have a line of their own.
const TOLD_AT_MOST: usize = 1000;

/// What happened to the key at Qlik.
#[derive(Debug)]
pub enum AtQlik {
    /// Nobody asked for it to be deleted; it works until it expires.
    Kept,
    Deleted,
    /// It still works until somebody deletes it in Qlik Cloud or it expires.
    NotDeleted(Failure),
}

#[derive(Debug)]
pub struct Unlinked {
    pub account: Account,
    pub at_qlik: AtQlik,
}

#[derive(Debug, thiserror::Error)]
pub enum UnlinkError {
    #[error("there is no such account")]
    NotFound,
    #[error("others kept changing the account")]
    Busy,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// Removes the account and its secret, whatever Qlik says to deleting the key there. It goes on
    /// when the caller leaves, so that no key is deleted at Qlik and kept here.
    pub async fn unlink(
        self: &Arc<Self>,
        id: AccountId,
        delete_at_qlik: bool,
        caller: Caller,
    ) -> Result<Unlinked, UnlinkError> {
        let linking = Arc::clone(self);
        let work = async move { linking.unlink_whole(&id, delete_at_qlik, &caller).await };
        tokio::spawn(work).await.unwrap_or(Err(UnlinkError::Store(StoreError::Stopping)))
    }

    async fn unlink_whole(
        &self,
        id: &AccountId,
        delete_at_qlik: bool,
        caller: &Caller,
    ) -> Result<Unlinked, UnlinkError> {
        let (mut account, mut sealed) =
            self.account_with_secret(id).await?.ok_or(UnlinkError::NotFound)?;
        let mut left = self.delete_leftovers(&account, sealed.as_ref(), delete_at_qlik).await?;
        let mut at_qlik = self.at_qlik(delete_at_qlik, &account, sealed.as_ref()).await;
        for _ in 0..TRIES {
            let now = self.clock.now();
            let mut event = unlinked(&account, &at_qlik, caller, now);
            if !left.is_empty() {
                event = event.with(json!({ "renewal_keys_left_at_qlik": left }));
            }
            let mut events = vec![event];
            events.extend(self.revoked_with(id, caller, now).await?);
            if self.store.delete_account(&account, &events).await? == Applied::Yes {
                return Ok(Unlinked { account, at_qlik });
            }
            let (now, secret) = self.account_with_secret(id).await?.ok_or(UnlinkError::NotFound)?;
            account = now;
            if secret != sealed {
                // A new key has come meanwhile; it is the one that must go.
                sealed = secret;
                left = self.delete_leftovers(&account, sealed.as_ref(), delete_at_qlik).await?;
                at_qlik = self.at_qlik(delete_at_qlik, &account, sealed.as_ref()).await;
            }
        }
        Err(UnlinkError::Busy)
    }

    /// What is told of the links that would have renewed the account.
    async fn revoked_with(
        &self,
        id: &AccountId,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<Vec<Event>, StoreError> {
        let query = SessionQuery {
            open_at: Some(now),
            account_id: Some(id.clone()),
            limit: TOLD_AT_MOST,
            ..SessionQuery::default()
        };
        let sessions = self.store.list_connect_sessions(&query).await?;
        let event = |session: ConnectSession| {
            let detail = json!({ "connect_session_id": session.id, "because": "unlinked" });
            Event::new(Action::SessionRevoked, caller, now).of(id).with(detail)
        };
        Ok(sessions.into_iter().map(event).collect())
    }

    async fn at_qlik(&self, delete: bool, account: &Account, sealed: Option<&Sealed>) -> AtQlik {
        if !delete {
            return AtQlik::Kept;
        }
        match self.delete_at_qlik(account, sealed).await {
            Ok(()) => AtQlik::Deleted,
            Err(failure) => AtQlik::NotDeleted(failure),
        }
    }

    async fn delete_at_qlik(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
    ) -> Result<(), Failure> {
        let (address, key) = self.stored_key(account, sealed)?;
        let Some(key_id) = &account.key.id else {
            return Err(Failure::new(FailureCode::KeyMalformed).because("its id is unknown"));
        };
        let _turn = self.conversations.acquire().await;
        self.qlik.delete_key(&address, &key, key_id).await.map(drop)
    }
}

fn unlinked(account: &Account, at_qlik: &AtQlik, caller: &Caller, now: Timestamp) -> Event {
    let (key_at_qlik, code) = match at_qlik {
        AtQlik::Kept => ("kept", None),
        AtQlik::Deleted => ("deleted", None),
        AtQlik::NotDeleted(failure) => ("not_deleted", Some(failure.code.as_str())),
    };
    Event::new(Action::AccountDeleted, caller, now).about(account).with(json!({
        "tenant_name": account.tenant.name,
        "host": account.host,
        "owner_id": account.owner.id,
        "user_name": account.user.name,
        "key_id": account.key.id,
        "key_at_qlik": key_at_qlik,
        "code": code,
    }))
}
