//! Which account gets the key that somebody connects with, and which keys it cannot get.

use super::{Authority, ConnectRequest, not_saved};
use crate::linking::Linking;
use crate::model::account::Account;
use crate::model::failure::{Failure, FailureCode};
use crate::model::identity::Verified;
use crate::qlik::ApiKey;

impl Linking {
    async fn renewed(&self, authority: &Authority) -> Result<Option<Account>, Failure> {
        let found = match authority {
            Authority::Admin(_) => Ok(None),
            Authority::Renewal(account) => self.account(&account.id).await,
            Authority::Session(session) => self.account_renewed_by(session).await,
        };
        found.map_err(not_saved)
    }

    /// A key that names another tenant than the account's is said to be that at once, and not sent to a
    /// tenant that could only call it bad.
    pub(super) async fn refuse_other_tenant(
        &self,
        authority: &Authority,
        key: &ApiKey,
    ) -> Result<(), Failure> {
        let Some(named) = key.claims().and_then(|claims| claims.tenant_id.as_ref()) else {
            return Ok(());
        };
        match self.renewed(authority).await? {
            Some(account) if account.tenant.id != *named => Err(other_than(&account)),
            _ => Ok(()),
        }
    }

    /// The account that gets the key: the one that the session renews, or the one that this owner
    /// already has for this Qlik user.
    pub(super) async fn existing(
        &self,
        request: &ConnectRequest,
        verified: &Verified,
    ) -> Result<Option<Account>, Failure> {
        let authority = &request.authority;
        let renewed = self.renewed(authority).await?;
        let locked = match authority {
            Authority::Admin(_) => false,
            Authority::Renewal(_) => true,
            Authority::Session(session) => session.terms.account_id.is_some(),
        };
        let owner_id = &renewed.as_ref().map_or(authority.owner(), |account| &account.owner).id;
        // Read second: an account that comes between the two reads is the same one, not another.
        let same = self
            .store
            .find_account_of(owner_id, &verified.tenant.id, &verified.user.id)
            .await
            .map_err(not_saved)?;
        match (renewed, same) {
            // It was unlinked, or given to another owner, a moment ago.
            (None, _) if locked => Err(FailureCode::SessionRevoked.into()),
            (None, same) => Ok(same),
            (Some(renewed), Some(same)) if renewed.id == same.id => Ok(Some(same)),
            (Some(renewed), None) if renewed.tenant.id == verified.tenant.id => {
                if request.replace_user.as_ref() == Some(&verified.user.id) {
                    return Ok(Some(renewed));
                }
                Err(Failure::new(FailureCode::UserDiffers)
                    .between(renewed.user, verified.user.clone()))
            }
            (Some(renewed), _) => Err(other_than(&renewed)),
        }
    }
}

fn other_than(renewed: &Account) -> Failure {
    let cause = format!("{} is to be renewed", renewed.id);
    Failure::new(FailureCode::AccountMismatch).because(cause)
}
