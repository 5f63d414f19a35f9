//! Unlink: the secret is shredded, the history stays.

use serde_json::json;

use crate::id::AccountId;
use crate::linking::{Linking, TRIES};
use crate::model::account::Account;
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Failure, FailureCode};
use crate::store::{Applied, StoreError};

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
    /// Removes the account and its secret, whatever Qlik says to deleting the key there.
    pub async fn unlink(
        &self,
        id: &AccountId,
        delete_at_qlik: bool,
        caller: &Caller,
    ) -> Result<Unlinked, UnlinkError> {
        let mut account = self.account(id).await?.ok_or(UnlinkError::NotFound)?;
        let at_qlik = if delete_at_qlik {
            match self.delete_at_qlik(&account).await? {
                Ok(()) => AtQlik::Deleted,
                Err(failure) => AtQlik::NotDeleted(failure),
            }
        } else {
            AtQlik::Kept
        };
        for _ in 0..TRIES {
            let event = unlinked(&account, &at_qlik, caller, self.clock.now());
            if self.store.delete_account(&account, &event).await? == Applied::Yes {
                return Ok(Unlinked { account, at_qlik });
            }
            account = self.account(id).await?.ok_or(UnlinkError::NotFound)?;
        }
        Err(UnlinkError::Busy)
    }

    async fn delete_at_qlik(&self, account: &Account) -> Result<Result<(), Failure>, StoreError> {
        let (address, key) = match self.stored_key(account).await? {
            Ok(stored) => stored,
            Err(failure) => return Ok(Err(failure)),
        };
        let Some(key_id) = &account.key.id else {
            let unknown = Failure::new(FailureCode::KeyMalformed);
            return Ok(Err(unknown.because("the key's id is unknown")));
        };
        let _turn = self.conversations.acquire().await;
        Ok(self.qlik.delete_key(&address, &key, key_id).await)
    }
}

fn unlinked(
    account: &Account,
    at_qlik: &AtQlik,
    caller: &Caller,
    now: crate::clock::Timestamp,
) -> Event {
    let (key_at_qlik, code) = match at_qlik {
        AtQlik::Kept => ("kept", None),
        AtQlik::Deleted => ("deleted", None),
        AtQlik::NotDeleted(failure) => ("not_deleted", Some(failure.code.as_str())),
    };
    Event::new(Action::AccountUnlinked, caller, now).of(&account.id).with(json!({
        "tenant_name": account.tenant.name,
        "host": account.host,
        "owner_id": account.owner.id,
        "user_name": account.user.name,
        "key_id": account.key.id,
        "key_at_qlik": key_at_qlik,
        "code": code,
    }))
}
