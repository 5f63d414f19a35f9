//! Table `vault_keys`: a sealed canary for every key of the ring, and how often it has sealed.

use std::collections::BTreeMap;

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::secret::Sealed;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

/// What the database knows of a key of the ring.
#[derive(Debug, Clone, FromRow)]
pub struct VaultKey {
    #[sqlx(flatten)]
    pub canary: Sealed,
    pub seals: i64,
}

pub(super) fn count_seal(key_id: &str) -> Statement {
    count(key_id, 1)
}

/// One statement for each key.
pub(super) fn count_seals<'a>(sealed: impl Iterator<Item = &'a Sealed>) -> Vec<Statement> {
    let mut seals: BTreeMap<&str, i64> = BTreeMap::new();
    for sealed in sealed {
        *seals.entry(&sealed.key_id).or_default() += 1;
    }
    seals.into_iter().map(|(key_id, seals)| count(key_id, seals)).collect()
}

fn count(key_id: &str, seals: i64) -> Statement {
    sql("UPDATE vault_keys SET seals = seals + $2 WHERE key_id = $1").bind(key_id).bind(seals)
}

impl Store {
    pub async fn list_vault_keys(&self) -> Result<Vec<VaultKey>, StoreError> {
        self.fetch_all(sql("SELECT key_id, wrapped_key, ciphertext, seals FROM vault_keys \
             ORDER BY created_at, key_id"))
            .await
    }

    /// Introduces a key. A conflict means that a key of that id is known already.
    pub async fn insert_vault_key(
        &self,
        canary: &Sealed,
        now: Timestamp,
    ) -> Result<Applied, StoreError> {
        let guard = sql("INSERT INTO vault_keys (key_id, wrapped_key, ciphertext, seals, \
             created_at) VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING")
        .bind(&canary.key_id)
        .bind(canary.wrapped_key.as_slice())
        .bind(canary.ciphertext.as_slice())
        .bind(now);
        self.write(Change::guarded(guard)).await
    }
}
