//! Keys that have been succeeded, deleted at Qlik after a time of grace.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;

use crate::id::ClaimId;
use crate::linking::Linking;
use crate::linking::renewal::successor::{orphans, unfindable};
use crate::linking::renewal::{AT_ONCE, CLAIM, description, unwanted};
use crate::linking::tenant_budgets::Turn;
use crate::model::account::Account;
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Failure, FailureCode};
use crate::model::tenant_budget::Errand;
use crate::qlik::{Deleted, KeyList};
use crate::secret::Sealed;
use crate::store::{RetiredKey, StoreError};

/// About a day and a half, with the waits between.
const MOST_ATTEMPTS: i64 = 12;
const LONGEST_WAIT: Duration = Duration::from_hours(6);

/// With this code a key is left that belongs to the user who had the account before.
pub(super) const OF_ANOTHER_USER: &str = "key_of_another_user";

/// What becomes of a key that is to be deleted.
enum Fate {
    Gone,
    /// For good, for this reason.
    Left(&'static str),
    Later(Failure),
    /// It is off the list, and there is nothing to tell.
    Settled,
}

impl Linking {
    pub(super) async fn delete_retired_keys(&self) -> Result<bool, StoreError> {
        let (claim, now) = (ClaimId::new(), self.clock.now());
        let claimed = self.store.claim_retired_keys(&claim, now, now.plus(CLAIM), AT_ONCE).await?;
        let more = claimed.len() == AT_ONCE;
        let claim = &claim;
        let deletions = futures_util::stream::iter(claimed)
            .map(|key| async move { self.delete_retired_key(&key, claim).await })
            .buffer_unordered(AT_ONCE);
        let outcomes: Vec<_> = deletions.collect().await;
        outcomes.into_iter().collect::<Result<(), _>>().map(|()| more)
    }

    async fn delete_retired_key(
        &self,
        retired: &RetiredKey,
        claim: &ClaimId,
    ) -> Result<(), StoreError> {
        let Some((account, sealed)) = self.account_with_secret(&retired.account_id).await? else {
            return Ok(());
        };
        let outcome = if is_proved(&account, retired) {
            if let Turn::Later(at) = self.may_ask(&account.tenant.id, Errand::Deletion).await? {
                // Qlik was not asked, so it was no attempt.
                let attempts = retired.attempts - 1;
                let again = RetiredKey { delete_at: at, attempts, ..retired.clone() };
                let _ = self.store.postpone_retired_key(&again, claim).await?;
                return Ok(());
            }
            self.delete_or_find(&account, sealed.as_ref(), retired, claim).await?
        } else {
            Fate::Later(
                Failure::new(FailureCode::KeyRejected).because("the stored key does not work"),
            )
        };
        let event = match outcome {
            Fate::Settled => return Ok(()),
            Fate::Gone => self.told(Action::KeyDeleted, &account, retired, None),
            Fate::Left(code) => self.told(Action::KeyNotDeleted, &account, retired, Some(code)),
            Fate::Later(failure) if retired.attempts >= MOST_ATTEMPTS => {
                let code = failure.code.as_str();
                self.told(Action::KeyNotDeleted, &account, retired, Some(code))
            }
            Fate::Later(failure) => {
                let minutes = 1 << retired.attempts.clamp(0, 16);
                let wait = Duration::from_mins(minutes).min(LONGEST_WAIT);
                let wait = wait.max(failure.retry_after.unwrap_or_default());
                let delete_at = self.clock.now().plus(wait);
                let again = RetiredKey { delete_at, ..retired.clone() };
                let _ = self.store.postpone_retired_key(&again, claim).await?;
                return Ok(());
            }
        };
        let _ = self.store.remove_retired_key(retired, Some(&event)).await?;
        Ok(())
    }

    async fn delete_or_find(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
        retired: &RetiredKey,
        claim: &ClaimId,
    ) -> Result<Fate, StoreError> {
        let outcome = match &retired.key_id {
            Some(key_id) if self.store.key_is_stored(key_id).await? => {
                // Somebody has given it to another account, or to this one again.
                if account.key.id.as_ref() != Some(key_id) {
                    return Ok(Fate::Left("key_in_use"));
                }
                let _ = self.store.remove_retired_key(retired, None).await?;
                return Ok(Fate::Settled);
            }
            Some(key_id) => {
                let gone = self.delete_with_stored_key(account, sealed, key_id, &retired.user_id);
                gone.await.map(|gone| if gone { Fate::Gone } else { Fate::Left(OF_ANOTHER_USER) })
            }
            None => match self.listed(account, sealed).await {
                Ok(list) => return self.find(account, &list, retired, claim).await,
                Err(failure) => Err(failure),
            },
        };
        match outcome {
            Ok(fate) => Ok(fate),
            Err(failure) => {
                self.heed(&account.tenant.id, &failure).await?;
                Ok(Fate::Later(failure))
            }
        }
    }

    /// The keys of which nothing was known but that they may have been made get their ids, and are deleted next.
    async fn find(
        &self,
        account: &Account,
        list: &KeyList,
        retired: &RetiredKey,
        claim: &ClaimId,
    ) -> Result<Fate, StoreError> {
        if let Some(code) = unfindable(account, retired, list) {
            return Ok(Fate::Left(code));
        }
        let known = self.store.list_retired_keys(&account.id).await?;
        let now = self.clock.now();
        let found = orphans(account, list, &known);
        let found: Vec<_> = found.iter().map(|id| unwanted(account, Some(id), None, now)).collect();
        let _ = self.store.name_retired_key(retired, claim, &found).await?;
        Ok(Fate::Settled)
    }

    /// Whether it is certain that the key is gone.
    async fn delete_with_stored_key(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
        key_id: &str,
        user_id: &str,
    ) -> Result<bool, Failure> {
        let (address, key) = self.stored_key(account, sealed)?;
        let _turn = self.conversations.acquire().await;
        match self.qlik.delete_key(&address, &key, key_id).await {
            Ok(Deleted::Now) => Ok(true),
            Ok(Deleted::NotThere) => Ok(account.user.id == user_id),
            // Nothing will change that.
            Err(failure) if failure.code == FailureCode::Forbidden => {
                if account.user.id == user_id { Err(failure) } else { Ok(false) }
            }
            Err(failure) => Err(failure),
        }
    }

    /// Before an account goes: the keys that have been succeeded, and with `made` whatever else was made for it.
    /// Answers the ids of those that are still there, or, of one of which none is known, its description.
    pub(in crate::linking) async fn delete_leftovers(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
        made: bool,
    ) -> Result<Vec<String>, StoreError> {
        let mut known = self.store.list_retired_keys(&account.id).await?;
        let announced = known.iter().find(|key| key.key_id.is_none()).cloned();
        let mut left = Vec::new();
        let allowed = account.renewal.allowed_at.is_some();
        if announced.is_some() || (made && (allowed || !known.is_empty())) {
            let list = self.listed(account, sealed).await.unwrap_or(KeyList::Closed);
            if announced.is_some_and(|key| unfindable(account, &key, &list).is_some()) {
                left.push(description(&self.rules.product, account));
            }
            let now = self.clock.now();
            let found = orphans(account, &list, &known);
            known.retain(|key| !key.key_id.as_ref().is_some_and(|id| found.contains(id)));
            known.extend(found.iter().map(|id| unwanted(account, Some(id), None, now)));
        }
        for key in known {
            let Some(key_id) = key.key_id else { continue };
            if self.store.key_is_stored(&key_id).await? {
                continue;
            }
            let gone = self.delete_with_stored_key(account, sealed, &key_id, &key.user_id).await;
            if !gone.is_ok_and(|gone| gone) {
                left.push(key_id);
            }
        }
        Ok(left)
    }

    async fn listed(&self, account: &Account, sealed: Option<&Sealed>) -> Result<KeyList, Failure> {
        let (address, key) = self.stored_key(account, sealed)?;
        let _turn = self.conversations.acquire().await;
        self.qlik.list_keys(&address, &key, &account.user.id).await
    }

    pub(super) fn told(
        &self,
        action: Action,
        account: &Account,
        key: &RetiredKey,
        code: Option<&str>,
    ) -> Event {
        let was_stored = key.retired_at.is_some();
        let mut detail = json!({ "key_id": key.key_id, "was_stored": was_stored });
        if let Some(code) = code {
            detail["code"] = json!(code);
            // For whoever deletes it by hand, or wants to know how long it works.
            detail["expires_at"] = json!(key.expires_at.map(|at| at.to_string()));
        }
        if key.key_id.is_none() {
            detail["description"] = json!(description(&self.rules.product, account));
        }
        Event::new(action, &Caller::system(), self.clock.now()).of(&key.account_id).with(detail)
    }
}

/// Qlik has found the stored key good since it took the place of the other.
fn is_proved(account: &Account, retired: &RetiredKey) -> bool {
    account.status_reasons.is_empty()
        && retired.retired_at.is_none_or(|at| account.last_checked_at >= at)
}
