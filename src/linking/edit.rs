//! Edit: what people and back ends call an account, and whose it is.

use serde_json::json;

use crate::id::AccountId;
use crate::linking::{Linking, TRIES};
use crate::model::account::{Account, AccountKind, METADATA_MAX, Metadata, Owner};
use crate::model::event::{Action, Caller, Event};
use crate::secret::Sealed;
use crate::store::{Applied, StoreError};
use crate::vault::{OpenError, Place};

/// What becomes of an account; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct Edit {
    pub label: Option<String>,
    pub owner_id: Option<String>,
    pub owner_name: Option<String>,
    pub owner_username: Option<String>,
    /// Is merged into what is there; `null` removes a name.
    pub metadata: Option<Metadata>,
    pub kind: Option<AccountKind>,
}

impl Edit {
    fn of(&self, before: &Account) -> Account {
        let or = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        Account {
            label: or(&self.label, &before.label),
            owner: Owner {
                id: or(&self.owner_id, &before.owner.id),
                name: or(&self.owner_name, &before.owner.name),
                username: or(&self.owner_username, &before.owner.username),
            },
            metadata: match &self.metadata {
                Some(new) => merged(&before.metadata, new),
                None => before.metadata.clone(),
            },
            kind: self.kind.unwrap_or(before.kind),
            ..before.clone()
        }
    }
}

/// What is kept after `new` has come to it; `null` removes a name.
pub fn merged(before: &Metadata, new: &Metadata) -> Metadata {
    let mut merged = before.clone();
    for (name, value) in new {
        if value.is_null() {
            merged.remove(name);
        } else {
            merged.insert(name.clone(), value.clone());
        }
    }
    merged
}

/// What an event says of the names of an account: each before and after.
pub fn names(before: &Account, after: &Account) -> serde_json::Value {
    json!({
        "label": [before.label, after.label],
        "owner_id": [before.owner.id, after.owner.id],
        "owner_name": [before.owner.name, after.owner.name],
        "owner_username": [before.owner.username, after.owner.username],
        "kind": [before.kind, after.kind],
        "metadata": (before.metadata != after.metadata).then_some("changed"),
    })
}

#[derive(Debug, thiserror::Error)]
pub enum EditError {
    #[error("there is no such account")]
    NotFound,
    #[error("that owner already has an account for the same Qlik user")]
    OwnerTaken,
    #[error("its metadata would be larger than {METADATA_MAX} bytes of JSON")]
    MetadataTooLarge,
    #[error("the stored key does not open, so it cannot be bound to another owner")]
    SecretDamaged(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    pub async fn edit(
        &self,
        id: &AccountId,
        edit: &Edit,
        caller: &Caller,
    ) -> Result<Account, EditError> {
        let mut version = 0;
        for _ in 0..TRIES {
            let (before, sealed) =
                self.account_with_secret(id).await?.ok_or(EditError::NotFound)?;
            if before.version == version {
                return Err(EditError::OwnerTaken);
            }
            version = before.version;
            let after = edit.of(&before);
            if before == after {
                return Ok(before);
            }
            if after.metadata != before.metadata
                && json!(after.metadata).to_string().len() > METADATA_MAX
            {
                return Err(EditError::MetadataTooLarge);
            }
            let after = Account { updated_at: self.clock.now(), ..after };
            let secret = self.bound_to(&before, &after, sealed)?;
            let event = Event::new(Action::AccountUpdated, caller, after.updated_at)
                .about(&after)
                .with(names(&before, &after));
            let applied = self.store.update_account(&after, secret.as_ref(), &[event]).await?;
            if applied == Applied::Yes {
                return Ok(after);
            }
        }
        Err(EditError::OwnerTaken)
    }

    /// A secret is bound to its owner, so another owner needs it sealed anew.
    fn bound_to(
        &self,
        before: &Account,
        after: &Account,
        sealed: Option<Sealed>,
    ) -> Result<Option<Sealed>, EditError> {
        if before.owner.id == after.owner.id {
            return Ok(None);
        }
        let sealed = sealed.ok_or(OpenError::Damaged)?;
        let secret = self.vault.open(&Place::of_account(before), &sealed)?;
        Ok(Some(self.vault.seal(&Place::of_account(after), &secret)))
    }
}
