//! On whose authority an account is linked: for which owner, which account it renews, what it is called.

use crate::linking::edit::merged;
use crate::model::account::{Account, Owner};
use crate::model::connect_session::ConnectSession;

/// On whose authority an account is linked, and so for which owner.
#[derive(Debug, Clone)]
pub enum Authority {
    /// An admin, who names the owner.
    Admin(Owner),
    /// An admin, for this account and no other.
    Renewal(Box<Account>),
    /// Whoever holds the token of a connect session, for its owner.
    Session(Box<ConnectSession>),
}

impl Authority {
    pub fn owner(&self) -> &Owner {
        match self {
            Self::Admin(owner) => owner,
            Self::Renewal(account) => &account.owner,
            Self::Session(session) => &session.terms.owner,
        }
    }

    pub fn session(&self) -> Option<&ConnectSession> {
        match self {
            Self::Admin(_) | Self::Renewal(_) => None,
            Self::Session(session) => Some(session),
        }
    }

    /// The account with what whoever gave the authority calls it, where they call it anything.
    pub(super) fn named(&self, mut account: Account, renewed: bool) -> Account {
        if matches!(self, Self::Renewal(_)) {
            return account;
        }
        let owner = self.owner();
        if !owner.name.is_empty() {
            account.owner.name.clone_from(&owner.name);
        }
        if !owner.username.is_empty() {
            account.owner.username.clone_from(&owner.username);
        }
        let Some(session) = self.session() else { return account };
        if !session.terms.label.is_empty() {
            account.label.clone_from(&session.terms.label);
        }
        if !session.terms.metadata.is_empty() {
            account.metadata = merged(&account.metadata, &session.terms.metadata);
        }
        // A link that renews an account says nothing about its kind.
        if !renewed {
            account.kind = session.terms.kind;
        }
        account
    }
}
