//! Table `retired_keys`: keys that have a successor, and successors that have not become the stored key yet.
//! All of them are to be deleted at Qlik.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::model::event::Event;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

/// A key of an account that is to be deleted at Qlik.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RetiredKey {
    pub account_id: AccountId,
    pub key_id: String,
    /// When it was succeeded; `None` for a successor that has not become the stored key.
    pub retired_at: Option<Timestamp>,
    pub delete_at: Timestamp,
    /// The one that is under way counts.
    pub attempts: i64,
}

macro_rules! columns {
    () => {
        "account_id, key_id, retired_at, delete_at, attempts"
    };
}

pub(super) fn insert(
    id: &AccountId,
    key_id: &str,
    retired_at: Option<Timestamp>,
    delete_at: Timestamp,
) -> Statement {
    sql("INSERT INTO retired_keys (account_id, key_id, retired_at, delete_at, attempts) \
         VALUES ($1, $2, $3, $4, 0) ON CONFLICT (account_id, key_id) DO UPDATE SET \
         retired_at = excluded.retired_at, delete_at = excluded.delete_at, attempts = 0, claim = NULL")
    .bind(id.as_str())
    .bind(key_id)
    .bind(retired_at)
    .bind(delete_at)
}

/// The key is gone, or stored again.
pub(super) fn forget(id: &AccountId, key_id: &str) -> Statement {
    sql("DELETE FROM retired_keys WHERE account_id = $1 AND key_id = $2")
        .bind(id.as_str())
        .bind(key_id)
}

/// The key is not to be deleted after all. Changes nothing if somebody is at it.
pub(super) fn take_back(id: &AccountId, key_id: &str) -> Statement {
    sql("DELETE FROM retired_keys WHERE account_id = $1 AND key_id = $2 AND claim IS NULL")
        .bind(id.as_str())
        .bind(key_id)
}

impl Store {
    /// Takes the keys whose time has come, as [`Store::claim_renewals`] takes accounts.
    pub async fn claim_retired_keys(
        &self,
        claim: &ClaimId,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RetiredKey>, StoreError> {
        let take = sql("UPDATE retired_keys SET delete_at = $1, claim = $2, \
             attempts = attempts + 1 WHERE (account_id, key_id) IN (SELECT account_id, key_id \
             FROM retired_keys WHERE delete_at <= $3 ORDER BY delete_at, account_id, key_id LIMIT $4) \
             AND delete_at <= $3")
        .bind(until)
        .bind(claim.as_str())
        .bind(now)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let _ = self.write(Change::unguarded(take)).await?;
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM retired_keys WHERE claim = $1 ORDER BY account_id, key_id"
        ));
        self.fetch_all(query.bind(claim.as_str())).await
    }

    /// The keys of an account that are to be deleted at Qlik.
    pub async fn list_retired_keys(&self, id: &AccountId) -> Result<Vec<RetiredKey>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM retired_keys WHERE account_id = $1 ORDER BY key_id"
        ));
        self.fetch_all(query.bind(id.as_str())).await
    }

    /// Tries again at `delete_at`.
    pub async fn postpone_retired_key(
        &self,
        key: &RetiredKey,
        claim: &ClaimId,
        delete_at: Timestamp,
    ) -> Result<Applied, StoreError> {
        let again = sql("UPDATE retired_keys SET delete_at = $1 \
             WHERE account_id = $2 AND key_id = $3 AND claim = $4")
        .bind(delete_at)
        .bind(key.account_id.as_str())
        .bind(&key.key_id)
        .bind(claim.as_str());
        self.write(Change::guarded(again)).await
    }

    /// The key is gone at Qlik, or given up. A conflict means that it was taken off the list before.
    pub async fn remove_retired_key(
        &self,
        key: &RetiredKey,
        event: Option<&Event>,
    ) -> Result<Applied, StoreError> {
        let change = Change::guarded(forget(&key.account_id, &key.key_id));
        let change = match event {
            Some(event) => change.recorded(event),
            None => change,
        };
        self.write(change).await
    }
}
