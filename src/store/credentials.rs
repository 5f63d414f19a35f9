//! Table `credentials`: sealed Qlik keys. Only the vault can open them.

use crate::id::AccountId;
use crate::secret::Sealed;
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

pub(super) fn upsert(id: &AccountId, secret: &Sealed) -> Statement {
    sql("INSERT INTO credentials (account_id, key_id, wrapped_key, ciphertext) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET \
         key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, \
         ciphertext = excluded.ciphertext")
    .bind(id.as_str())
    .bind(&secret.key_id)
    .bind(secret.wrapped_key.as_slice())
    .bind(secret.ciphertext.as_slice())
}

impl Store {
    pub async fn count_credentials(&self) -> Result<i64, StoreError> {
        self.fetch_count(sql("SELECT count(*) FROM credentials")).await
    }

    pub async fn find_credential(&self, id: &AccountId) -> Result<Option<Sealed>, StoreError> {
        let query =
            sql("SELECT key_id, wrapped_key, ciphertext FROM credentials WHERE account_id = $1");
        self.fetch_optional(query.bind(id.as_str())).await
    }
}
