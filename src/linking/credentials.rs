//! Stored keys, handed to a back end that may have them. Who got one is on record before it is given.

use secrecy::{ExposeSecret as _, SecretString};

use crate::id::AccountId;
use crate::linking::Linking;
use crate::model::account::{Account, AccountStatus};
use crate::model::event::{Action, Caller, Event};
use crate::store::StoreError;
use crate::vault::{OpenError, Place};

/// So much of a key may be shown, to be told from another.
const SHOWN: usize = 4;

/// An account with its Qlik key.
#[derive(Debug)]
pub struct Credential {
    pub account: Account,
    pub api_key: SecretString,
}

#[derive(Debug, thiserror::Error)]
pub enum CredentialError {
    #[error("there is no such account")]
    NotFound,
    #[error("the account is suspended: its key is given to nobody")]
    Suspended,
    #[error("the stored key does not open")]
    SecretDamaged(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    pub async fn read_credential(
        &self,
        id: &AccountId,
        caller: &Caller,
    ) -> Result<Credential, CredentialError> {
        let (account, sealed) =
            self.account_with_secret(id).await?.ok_or(CredentialError::NotFound)?;
        if account.status == AccountStatus::Suspended {
            return Err(CredentialError::Suspended);
        }
        let sealed = sealed.ok_or(OpenError::Damaged)?;
        let api_key = self.vault.open(&Place::of_account(&account), &sealed)?;
        let event = Event::new(Action::CredentialRead, caller, self.clock.now()).of(id);
        self.store.record_event(&event).await?;
        Ok(Credential { account, api_key })
    }

    /// The last characters of an account's key, by which people know it. `None` if it does not open.
    pub async fn key_ending(&self, id: &AccountId) -> Result<Option<String>, StoreError> {
        let Some((account, Some(sealed))) = self.account_with_secret(id).await? else {
            return Ok(None);
        };
        let Ok(key) = self.vault.open(&Place::of_account(&account), &sealed) else {
            return Ok(None);
        };
        let key = key.expose_secret();
        Ok(key.len().checked_sub(SHOWN).and_then(|at| key.get(at..)).map(str::to_owned))
    }
}
