//! Renewals that are due, and the writes by which a successor is announced, noted, and takes the place of the
//! stored key.

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::model::account::Account;
use crate::model::event::Event;
use crate::secret::Sealed;
use crate::store::account_plans::{DueTable, readable};
use crate::store::accounts::{self, AccountRow, columns};
use crate::store::change::{Applied, Change};
use crate::store::retired_keys::{self, RetiredKey};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

pub(super) const RENEWALS: DueTable = DueTable {
    find: "SELECT next_renewal_at FROM accounts WHERE next_renewal_at <= $1 \
         ORDER BY next_renewal_at, id LIMIT 1",
    claim: "UPDATE accounts SET next_renewal_at = $1, renewal_claim = $2, version = version + 1 \
         WHERE next_renewal_at <= $3 AND id IN (SELECT id FROM accounts \
         WHERE next_renewal_at <= $3 ORDER BY next_renewal_at, id LIMIT $4)",
    list: concat!("SELECT ", columns!(), " FROM accounts WHERE renewal_claim = $1 ORDER BY id"),
};

/// For a change that happens only while the account is this claim's. It moves the version, so that
/// whoever has read the account before knows.
fn still_ours(id: &AccountId, claim: &ClaimId) -> Statement {
    sql("UPDATE accounts SET version = version + 1 WHERE id = $1 AND renewal_claim = $2")
        .bind(id.as_str())
        .bind(claim.as_str())
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
        let rows: Vec<AccountRow> = self.claim_due(&RENEWALS, claim, now, until, limit).await?;
        Ok(readable(rows))
    }

    /// Writes down that a successor is about to be made; its id is not known. `event` is what became of the one
    /// before of which this was written. A conflict means that the claim is no longer there.
    pub async fn announce_successor(
        &self,
        successor: &RetiredKey,
        claim: &ClaimId,
        event: Option<&Event>,
    ) -> Result<Applied, StoreError> {
        let guard = still_ours(&successor.account_id, claim);
        let change = Change::guarded(guard).then(retired_keys::upsert(successor));
        self.write(change.recorded_all(event.map_or(&[][..], std::slice::from_ref))).await
    }

    /// Writes down the id of a successor before anything else happens to it, so that it is deleted at Qlik if it does
    /// not become the stored key. A conflict means that the claim is no longer there, or that the key has been
    /// found and is to be deleted already.
    pub async fn note_successor(
        &self,
        successor: &RetiredKey,
        claim: &ClaimId,
    ) -> Result<Applied, StoreError> {
        let id = &successor.account_id;
        let change = Change::guarded(still_ours(id, claim))
            .and_only_if(retired_keys::insert_new(successor))
            .then(retired_keys::forget(id, None));
        self.write(change).await
    }

    /// Stores the successor in the place of the key, which is deleted at Qlik later. A conflict means that
    /// the account has changed, or that somebody is deleting the successor already.
    pub async fn succeed_key(
        &self,
        account: &Account,
        secret: &Sealed,
        new_key_id: &str,
        retired: Option<&RetiredKey>,
        events: &[Event],
    ) -> Result<Applied, StoreError> {
        let change = accounts::replacement(account, Some(secret), events)
            .and_only_if(retired_keys::take_back(&account.id, new_key_id))
            .then_all(retired.map(retired_keys::upsert));
        self.write(change).await
    }

    /// Whether any account uses this key.
    pub async fn key_is_stored(&self, key_id: &str) -> Result<bool, StoreError> {
        let query = sql("SELECT count(*) FROM accounts WHERE key_id = $1").bind(key_id);
        Ok(self.fetch_count(query).await? > 0)
    }
}
