//! Table `retired_keys`: keys that have a successor, and successors that have not become the stored key yet.
//! All of them are to be deleted at Qlik.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::model::event::Event;
use crate::store::account_plans::DueTable;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

/// A key of an account that is to be deleted at Qlik.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct RetiredKey {
    pub account_id: AccountId,
    /// `None` for a successor that was being made when the row was written: it may be there or not. An account
    /// has one such row at most.
    pub key_id: Option<String>,
    /// Whose it is; the account may be another user's since.
    pub user_id: String,
    /// When it was succeeded; `None` for a successor that has not become the stored key.
    pub retired_at: Option<Timestamp>,
    /// At the latest, as far as it is known.
    pub expires_at: Option<Timestamp>,
    pub delete_at: Timestamp,
    /// The one that is under way counts.
    pub attempts: i64,
}

macro_rules! columns {
    () => {
        "account_id, NULLIF(key_id, '') AS key_id, user_id, retired_at, expires_at, delete_at, attempts"
    };
}

pub(super) const RETIRED_KEYS: DueTable = DueTable {
    find: "SELECT delete_at FROM retired_keys WHERE delete_at <= $1 \
         ORDER BY delete_at, account_id, key_id LIMIT 1",
    claim: "UPDATE retired_keys SET delete_at = $1, claim = $2, attempts = attempts + 1 \
         WHERE delete_at <= $3 AND (account_id, key_id) IN (SELECT account_id, key_id \
         FROM retired_keys WHERE delete_at <= $3 ORDER BY delete_at, account_id, key_id LIMIT $4)",
    list: concat!(
        "SELECT ",
        columns!(),
        " FROM retired_keys WHERE claim = $1 ORDER BY account_id, retired_keys.key_id"
    ),
};

macro_rules! insert {
    ($on_conflict:literal) => {
        sql(concat!(
            "INSERT INTO retired_keys \
             (account_id, key_id, user_id, retired_at, expires_at, delete_at, attempts) \
             VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (account_id, key_id) DO ",
            $on_conflict
        ))
    };
}

fn bound(statement: Statement, key: &RetiredKey) -> Statement {
    statement
        .bind(key.account_id.as_str())
        .bind(column(key.key_id.as_deref()))
        .bind(&key.user_id)
        .bind(key.retired_at)
        .bind(key.expires_at)
        .bind(key.delete_at)
}

/// How the column has it.
fn column(key_id: Option<&str>) -> &str {
    key_id.unwrap_or_default()
}

/// In the place of what was noted of this key before.
pub(super) fn upsert(key: &RetiredKey) -> Statement {
    let insert = insert!(
        "UPDATE SET user_id = excluded.user_id, retired_at = excluded.retired_at, \
         expires_at = excluded.expires_at, delete_at = excluded.delete_at, attempts = 0, claim = NULL"
    );
    bound(insert, key)
}

/// Changes nothing if the key is to be deleted already.
pub(super) fn insert_new(key: &RetiredKey) -> Statement {
    bound(insert!("NOTHING"), key)
}

/// The key is gone, or stored again.
pub(super) fn forget(id: &AccountId, key_id: Option<&str>) -> Statement {
    sql("DELETE FROM retired_keys WHERE account_id = $1 AND key_id = $2")
        .bind(id.as_str())
        .bind(column(key_id))
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
        self.claim_due(&RETIRED_KEYS, claim, now, until, limit).await
    }

    /// The keys of an account that are to be deleted at Qlik.
    pub async fn list_retired_keys(&self, id: &AccountId) -> Result<Vec<RetiredKey>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM retired_keys WHERE account_id = $1 ORDER BY retired_keys.key_id"
        ));
        self.fetch_all(query.bind(id.as_str())).await
    }

    /// Gives the key back as it is now. A conflict means that the claim is no longer there.
    pub async fn postpone_retired_key(
        &self,
        key: &RetiredKey,
        claim: &ClaimId,
    ) -> Result<Applied, StoreError> {
        let again = sql("UPDATE retired_keys SET delete_at = $1, attempts = $2 \
             WHERE account_id = $3 AND key_id = $4 AND claim = $5")
        .bind(key.delete_at)
        .bind(key.attempts)
        .bind(key.account_id.as_str())
        .bind(column(key.key_id.as_deref()))
        .bind(claim.as_str());
        self.write(Change::guarded(again)).await
    }

    /// Puts those that have been found in the place of the one of which no id was known. A conflict means that the
    /// claim is no longer there: another successor may have been made since.
    pub async fn name_retired_key(
        &self,
        key: &RetiredKey,
        claim: &ClaimId,
        found: &[RetiredKey],
    ) -> Result<Applied, StoreError> {
        let guard = sql("DELETE FROM retired_keys WHERE account_id = $1 AND key_id = '' \
             AND claim = $2")
        .bind(key.account_id.as_str())
        .bind(claim.as_str());
        self.write(Change::guarded(guard).then_all(found.iter().map(insert_new))).await
    }

    /// The key is gone at Qlik, or given up. A conflict means that it was taken off the list before, or that
    /// somebody else has taken it on or put it there anew.
    pub async fn remove_retired_key(
        &self,
        key: &RetiredKey,
        event: Option<&Event>,
    ) -> Result<Applied, StoreError> {
        let guard = sql("DELETE FROM retired_keys \
             WHERE account_id = $1 AND key_id = $2 AND delete_at = $3")
        .bind(key.account_id.as_str())
        .bind(column(key.key_id.as_deref()))
        .bind(key.delete_at);
        let change = Change::guarded(guard);
        let change = match event {
            Some(event) => change.recorded(event),
            None => change,
        };
        self.write(change).await
    }
}
