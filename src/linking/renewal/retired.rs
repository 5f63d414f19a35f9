//! Keys that have been succeeded, deleted at Qlik after a time of grace.

use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::json;

use crate::id::ClaimId;
use crate::linking::Linking;
use crate::linking::renewal::successor::orphans;
use crate::linking::renewal::{AT_ONCE, CLAIM};
use crate::model::account::Account;
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Failure, FailureCode};
use crate::qlik::KeyList;
use crate::secret::Sealed;
use crate::store::{RetiredKey, StoreError};

/// About a day and a half, with the waits between.
const MOST_ATTEMPTS: i64 = 12;
const LONGEST_WAIT: Duration = Duration::from_hours(6);

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
        if self.store.key_is_stored(&retired.key_id).await? {
            // Somebody has given it to another account, or to this one again.
            let elsewhere = account.key.id.as_deref() != Some(retired.key_id.as_str());
            let event = elsewhere.then(|| self.told(Action::KeyNotDeleted, retired, "key_in_use"));
            let _ = self.store.remove_retired_key(retired, event.as_ref()).await?;
            return Ok(());
        }
        let outcome = if is_proved(&account, retired) {
            self.delete_with_stored_key(&account, sealed.as_ref(), &retired.key_id).await
        } else {
            Err(Failure::new(FailureCode::KeyRejected).because("the stored key does not work"))
        };
        let event = match &outcome {
            Ok(()) => self.told(Action::KeyDeleted, retired, ""),
            Err(failure) if retired.attempts >= MOST_ATTEMPTS => {
                self.told(Action::KeyNotDeleted, retired, failure.code.as_str())
            }
            Err(failure) => {
                let minutes = 1 << retired.attempts.clamp(0, 16);
                let wait = Duration::from_mins(minutes).min(LONGEST_WAIT);
                let wait = wait.max(failure.retry_after.unwrap_or_default());
                let again = self.clock.now().plus(wait);
                let _ = self.store.postpone_retired_key(retired, claim, again).await?;
                return Ok(());
            }
        };
        let _ = self.store.remove_retired_key(retired, Some(&event)).await?;
        Ok(())
    }

    async fn delete_with_stored_key(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
        key_id: &str,
    ) -> Result<(), Failure> {
        let (address, key) = self.stored_key(account, sealed)?;
        let _turn = self.conversations.acquire().await;
        self.qlik.delete_key(&address, &key, key_id).await
    }

    /// Before an account goes: the keys that have been succeeded, and with `made` whatever else was made for it.
    /// Answers those that are still there.
    pub(in crate::linking) async fn delete_leftovers(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
        made: bool,
    ) -> Result<Vec<String>, StoreError> {
        let known = self.store.list_retired_keys(&account.id).await?;
        let mut ids: Vec<String> = known.iter().map(|key| key.key_id.clone()).collect();
        if made && (account.renewal.allowed_at.is_some() || !known.is_empty()) {
            let list = self.listed(account, sealed).await;
            ids.extend(orphans(account, &list, &known));
            ids.sort_unstable();
            ids.dedup();
        }
        let mut left = Vec::new();
        for key_id in ids {
            if self.store.key_is_stored(&key_id).await? {
                continue;
            }
            let gone = self.delete_with_stored_key(account, sealed, &key_id).await;
            if gone.is_err() {
                left.push(key_id);
            }
        }
        Ok(left)
    }

    async fn listed(&self, account: &Account, sealed: Option<&Sealed>) -> KeyList {
        let Ok((address, key)) = self.stored_key(account, sealed) else { return KeyList::Closed };
        let _turn = self.conversations.acquire().await;
        let list = self.qlik.list_keys(&address, &key, &account.user.id).await;
        list.unwrap_or(KeyList::Closed)
    }

    fn told(&self, action: Action, retired: &RetiredKey, code: &str) -> Event {
        let was_stored = retired.retired_at.is_some();
        let mut detail = json!({ "key_id": retired.key_id, "was_stored": was_stored });
        if !code.is_empty() {
            detail["code"] = json!(code);
        }
        Event::new(action, &Caller::system(), self.clock.now()).of(&retired.account_id).with(detail)
    }
}

/// Qlik has found the stored key good since it took the place of the other.
fn is_proved(account: &Account, retired: &RetiredKey) -> bool {
    account.status_reasons.is_empty()
        && retired.retired_at.is_none_or(|at| account.last_checked_at >= at)
}
