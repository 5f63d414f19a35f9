//! One account's renewal, step by step.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::linking::renewal::retired::OF_ANOTHER_USER;
use crate::linking::renewal::{CLAIM, Halt, Held, description, unwanted};
use crate::linking::{Linking, TRIES};
use crate::model::account::{Account, RenewalProblemCode, Transition};
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Certainty, Failure, FailureCode};
use crate::model::identity::Verified;
use crate::qlik::{KeyList, ListedKey, NoSuccessor, Successor, Wish};
use crate::store::{Applied, RetiredKey, StoreError};
use crate::vault::Place;

/// The old key works for so long after its successor was stored, for whoever still holds it.
const GRACE: Duration = Duration::from_mins(10);
/// A successor that lives shorter is not worth the trouble.
const SHORTEST_LIFE: Duration = Duration::from_mins(30);
/// A key that was made a moment ago may not be known everywhere yet.
const PROOFS: u32 = 2;
const BETWEEN_PROOFS: Duration = Duration::from_secs(1);

impl Linking {
    pub(super) async fn succeed(&self, id: &AccountId, claim: &ClaimId) -> Result<(), Halt> {
        let held = self.held(id, claim).await?;
        let _turn = self.conversations.acquire().await;
        let user_id = &held.account.user.id;
        let list = self.qlik.list_keys(&held.address, &held.key, user_id).await?;
        let (held, told) = self.delete_orphans(&list, id, claim).await?;
        let keys = match list {
            KeyList::Read(keys) => Some(keys.iter().filter(|key| key.active).count()),
            KeyList::Closed => None,
        };
        let now = self.clock.now();
        let remains = held.account.key.expires_at.map_or(Duration::ZERO, |end| end.since(now));
        let wish = Wish {
            description: &description(&self.rules.product, &held.account),
            life: held.account.key.created_at.and(held.account.key_life()).map(whole_minutes),
            shortest_life: SHORTEST_LIFE.max(remains),
            tenant_id: &held.account.tenant.id,
            keys,
        };
        let announced =
            unwanted(&held.account, None, wish.life.map(|life| now.plus(life)), now.plus(CLAIM));
        if !self.store.announce_successor(&announced, claim, told.as_ref()).await?.is_yes() {
            return Err(Halt::Lost);
        }
        let made = self.qlik.create_key(&held.address, &held.key, &wish).await;
        if made.as_ref().is_err_and(NoSuccessor::none_was_made) {
            let _ = self.store.remove_retired_key(&announced, None).await?;
        }
        let successor = made?;
        let note = RetiredKey {
            key_id: Some(successor.id.clone()),
            expires_at: successor.expires_at.or(announced.expires_at),
            ..announced.clone()
        };
        let outcome = self.note_and_store(&held, claim, &successor, &note).await;
        match &outcome {
            // A write that failed may have taken effect: only the next run can tell whether the key is stored.
            Ok(()) | Err(Halt::Store(_)) => {}
            // Nothing more is sent; it is noted.
            Err(Halt::Later(failure)) if failure.code == FailureCode::RateLimited => {}
            Err(_) => self.discard(&held, &successor, &[note, announced]).await,
        }
        outcome
    }

    /// Deletes at Qlik what earlier runs have made and not stored. Answers the account as it is after the list
    /// was read: a key that another hub makes from now on is not in the list. And what is to be told if an earlier run
    /// may have made a key that cannot be found.
    async fn delete_orphans(
        &self,
        list: &KeyList,
        id: &AccountId,
        claim: &ClaimId,
    ) -> Result<(Held, Option<Event>), Halt> {
        let held = self.held(id, claim).await?;
        let known = self.store.list_retired_keys(id).await?;
        for key_id in orphans(&held.account, list, &known) {
            if self.store.key_is_stored(&key_id).await? {
                continue;
            }
            self.qlik.delete_key(&held.address, &held.key, &key_id).await?;
            let key = known.iter().find(|known| known.key_id.as_ref() == Some(&key_id)).cloned();
            let now = self.clock.now();
            let key = key.unwrap_or_else(|| unwanted(&held.account, Some(&key_id), None, now));
            let event = self.told(Action::KeyDeleted, &held.account, &key, None);
            if !self.store.remove_retired_key(&key, Some(&event)).await?.is_yes() {
                self.store.record_event(&event).await?;
            }
        }
        let nameless = known.iter().find(|key| key.key_id.is_none());
        let nameless = nameless.and_then(|key| Some((key, unfindable(&held.account, key, list)?)));
        let told = nameless
            .map(|(key, code)| self.told(Action::KeyNotDeleted, &held.account, key, Some(code)));
        Ok((held, told))
    }

    async fn note_and_store(
        &self,
        held: &Held,
        claim: &ClaimId,
        successor: &Successor,
        note: &RetiredKey,
    ) -> Result<(), Halt> {
        if !self.store.note_successor(note, claim).await?.is_yes() {
            return Err(Halt::Lost);
        }
        let verified = self.proved(held, successor).await?;
        self.store_successor(held, claim, successor, verified).await
    }

    /// The new key works, belongs to the same user of the same tenant, and lives longer than the old one.
    async fn proved(&self, held: &Held, successor: &Successor) -> Result<Verified, Halt> {
        let mut outcome = self.verify_successor(held, successor).await;
        for _ in 1..PROOFS {
            let refused =
                outcome.as_ref().is_err_and(|failure| failure.code == FailureCode::KeyRejected);
            if refused {
                tokio::time::sleep(BETWEEN_PROOFS).await;
                outcome = self.verify_successor(held, successor).await;
            }
        }
        let refused = |failure| Halt::Problem(RenewalProblemCode::Refused, failure);
        let mut verified = outcome.map_err(|failure| match failure.code.certainty() {
            Certainty::Unknown => Halt::Later(failure),
            _ => refused(failure),
        })?;
        let account = &held.account;
        if verified.tenant.id != account.tenant.id || verified.user.id != account.user.id {
            let cause = "the new key belongs to another tenant or user";
            return Err(refused(Failure::new(FailureCode::AccountMismatch).because(cause)));
        }
        verified.key.id = Some(successor.id.clone());
        verified.key.expires_at = verified.key.expires_at.or(successor.expires_at);
        let now = self.clock.now();
        let (end, before) = (verified.key.expires_at, account.key.expires_at);
        if end.is_some_and(|end| end.since(now) < SHORTEST_LIFE || Some(end) <= before) {
            let failure = Failure::new(FailureCode::UnexpectedAnswer)
                .because("the new key does not live longer than the old one");
            return Err(Halt::Problem(RenewalProblemCode::LifeTooShort, failure));
        }
        Ok(verified)
    }

    async fn verify_successor(
        &self,
        held: &Held,
        successor: &Successor,
    ) -> Result<Verified, Failure> {
        self.qlik.verify(&held.address, &successor.key, self.clock.now(), &|_| {}).await
    }

    /// Seals the new key and stores it in the place of the old one, all in one write.
    async fn store_successor(
        &self,
        held: &Held,
        claim: &ClaimId,
        successor: &Successor,
        verified: Verified,
    ) -> Result<(), Halt> {
        let secret = SecretString::from(successor.key.expose());
        for _ in 0..TRIES {
            let before = self.held(&held.account.id, claim).await?;
            if before.sealed != held.sealed {
                return Err(Halt::Lost);
            }
            let now = self.clock.now();
            let (host, old) = (before.account.host.clone(), before.account.key.clone());
            let retired = old.id.as_deref().map(|id| RetiredKey {
                retired_at: Some(now),
                ..unwanted(&before.account, Some(id), old.expires_at, now.plus(GRACE))
            });
            let after = before.account.renewed(host, verified.clone(), now, &self.rules);
            let sealed = self.vault.seal(&Place::of_account(&after.account), &secret);
            let events = told(&after, old.id.as_deref(), now);
            let applied = self.store.succeed_key(
                &after.account,
                &sealed,
                &successor.id,
                retired.as_ref(),
                &events,
            );
            if applied.await? == Applied::Yes {
                return Ok(());
            }
            let noted = self.store.list_retired_keys(&held.account.id).await?;
            if !noted.iter().any(|noted| noted.key_id.as_ref() == Some(&successor.id)) {
                return Err(Halt::Lost);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Nobody will use this key. If it cannot be deleted now, the next run finds it.
    async fn discard(&self, held: &Held, successor: &Successor, notes: &[RetiredKey]) {
        // Only a Qlik that is confused gives a key the id of another.
        if !matches!(self.store.key_is_stored(&successor.id).await, Ok(false)) {
            return;
        }
        // Its own word is the last that counts: the account may have been unlinked, with its key.
        let mut gone = self.qlik.delete_key(&held.address, &held.key, &successor.id).await;
        if gone.is_err() {
            gone = self.qlik.delete_key(&held.address, &successor.key, &successor.id).await;
        }
        if let Err(failure) = gone {
            let failure = failure.to_string();
            tracing::warn!(account = %held.account.id, key = successor.id, failure, "a key was left at Qlik");
            return;
        }
        for note in notes {
            if let Err(error) = self.store.remove_retired_key(note, None).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the note of a key that was deleted at Qlik stays");
            }
        }
    }
}

/// What was made for this account and is neither stored nor still in its time of grace.
pub(super) fn orphans(account: &Account, list: &KeyList, known: &[RetiredKey]) -> Vec<String> {
    let ours = |key: &&ListedKey| key.description.contains(account.id.as_str());
    let listed = match list {
        KeyList::Read(keys) => keys.iter().filter(ours).map(|key| key.id.clone()).collect(),
        KeyList::Closed => Vec::new(),
    };
    let noted = known.iter().filter(|key| key.retired_at.is_none());
    let noted = noted.filter(|key| key.user_id == account.user.id);
    let noted = noted.filter_map(|key| key.key_id.clone());
    let mut orphans: Vec<String> = listed.into_iter().chain(noted).collect();
    orphans.sort_unstable();
    orphans.dedup();
    let retired = |id: &String| {
        known.iter().any(|key| key.key_id.as_ref() == Some(id) && key.retired_at.is_some())
    };
    orphans.retain(|id| account.key.id.as_ref() != Some(id) && !retired(id));
    orphans
}

/// Why nobody can say whether a key that was about to be made is there.
pub(super) fn unfindable(
    account: &Account,
    key: &RetiredKey,
    list: &KeyList,
) -> Option<&'static str> {
    match list {
        _ if key.user_id != account.user.id => Some(OF_ANOTHER_USER),
        KeyList::Closed => Some("key_id_unknown"),
        KeyList::Read(_) => None,
    }
}

fn told(after: &Transition, old_key_id: Option<&str>, now: Timestamp) -> Vec<Event> {
    let mut events = Event::of_transition(after, &Caller::system(), now);
    if let Some(first) = events.first_mut() {
        let key = &after.account.key;
        *first = first.clone().with(json!({
            "by": "renewal",
            "key_id": key.id,
            "old_key_id": old_key_id,
            "expires_at": key.expires_at.map(|at| at.to_string()),
        }));
    }
    events
}

/// So that what clocks differ by does not add up from one successor to the next.
fn whole_minutes(life: Duration) -> Duration {
    Duration::from_mins((life.as_secs() + 30) / 60)
}
