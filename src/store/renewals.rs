//! Renewals that are due, and the write with which a successor takes the place of the stored key.

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::model::account::Account;
use crate::model::event::Event;
use crate::secret::Sealed;
use crate::store::accounts::{self, AccountRow, columns};
use crate::store::change::{Applied, Change};
use crate::store::retired_keys;
use crate::store::sql::sql;
use crate::store::{Store, StoreError};

/// The keys of which one takes the place of the other.
#[derive(Debug, Clone, Copy)]
pub struct Succession<'a> {
    pub new_key_id: &'a str,
    /// `None` if the id of the key was never known.
    pub old_key_id: Option<&'a str>,
    /// When the old one is deleted at Qlik.
    pub delete_at: Timestamp,
}

impl Store {
    /// Takes the renewals that are due, the longest due first. They are this claim's until `until`; then, or
    /// when the claim is given back, another may take them.
    pub async fn claim_renewals(
        &self,
        claim: &ClaimId,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        // The second condition is for two hubs that choose the same rows at the same moment.
        let take = sql("UPDATE accounts SET next_renewal_at = $1, renewal_claim = $2, \
             version = version + 1 WHERE id IN (SELECT id FROM accounts WHERE next_renewal_at <= $3 \
             ORDER BY next_renewal_at, id LIMIT $4) AND next_renewal_at <= $3")
        .bind(until)
        .bind(claim.as_str())
        .bind(now)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let _ = self.write(Change::unguarded(take)).await?;
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM accounts WHERE renewal_claim = $1 ORDER BY id"
        ));
        let rows: Vec<AccountRow> = self.fetch_all(query.bind(claim.as_str())).await?;
        rows.into_iter().map(Account::try_from).collect()
    }

    /// Writes down a successor before anything else happens to it, so that it is deleted at Qlik if it does not
    /// become the stored key. A conflict means that the claim is no longer there.
    pub async fn note_successor(
        &self,
        id: &AccountId,
        claim: &str,
        key_id: &str,
        delete_at: Timestamp,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE accounts SET version = version + 1 \
             WHERE id = $1 AND renewal_claim = $2")
        .bind(id.as_str())
        .bind(claim);
        let change = Change::guarded(guard).then(retired_keys::insert(id, key_id, None, delete_at));
        self.write(change).await
    }

    /// Stores the successor in the place of the key, which is deleted at Qlik later. A conflict means that
    /// the account has changed, or that somebody is deleting the successor already.
    pub async fn succeed_key(
        &self,
        account: &Account,
        secret: &Sealed,
        succession: Succession<'_>,
        events: &[Event],
        now: Timestamp,
    ) -> Result<Applied, StoreError> {
        let Succession { new_key_id, old_key_id, delete_at } = succession;
        let retire =
            old_key_id.map(|old| retired_keys::insert(&account.id, old, Some(now), delete_at));
        let change = accounts::replacement(account, Some(secret), events)
            .and_only_if(retired_keys::take_back(&account.id, new_key_id))
            .then_all(retire);
        self.write(change).await
    }

    /// Whether any account uses this key.
    pub async fn key_is_stored(&self, key_id: &str) -> Result<bool, StoreError> {
        let query = sql("SELECT count(*) FROM accounts WHERE key_id = $1").bind(key_id);
        Ok(self.fetch_count(query).await? > 0)
    }
}
