//! Table `idempotency_keys`: what was answered to a request that may come again.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::ApiKeyId;
use crate::secret::Sealed;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::vault_keys;
use crate::store::{Store, StoreError};

/// One request by its key's name, as its sender chose it.
#[derive(Debug, Clone)]
pub struct Reservation {
    pub api_key_id: ApiKeyId,
    pub name: String,
    /// SHA-256 of what was asked.
    pub fingerprint: Vec<u8>,
    pub created_at: Timestamp,
}

/// What is known of a request that has been here before.
#[derive(Debug, Clone)]
pub struct Remembered {
    pub fingerprint: Vec<u8>,
    pub created_at: Timestamp,
    /// Status and sealed body; `None` while it is under way.
    pub answer: Option<(i64, Sealed)>,
}

#[derive(FromRow)]
struct Row {
    fingerprint: Vec<u8>,
    created_at: i64,
    status: Option<i64>,
    key_id: Option<String>,
    wrapped_key: Option<Vec<u8>>,
    ciphertext: Option<Vec<u8>>,
}

fn delete(reservation: &Reservation) -> Statement {
    sql("DELETE FROM idempotency_keys WHERE api_key_id = $1 AND name = $2 AND created_at = $3")
        .bind(reservation.api_key_id.as_str())
        .bind(&reservation.name)
        .bind(reservation.created_at)
}

impl Store {
    /// A conflict means that the name is taken: see [`Store::find_idempotency_key`].
    pub async fn reserve_idempotency_key(
        &self,
        reservation: &Reservation,
    ) -> Result<Applied, StoreError> {
        let insert =
            sql("INSERT INTO idempotency_keys (api_key_id, name, fingerprint, created_at) \
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
            .bind(reservation.api_key_id.as_str())
            .bind(&reservation.name)
            .bind(reservation.fingerprint.as_slice())
            .bind(reservation.created_at);
        self.write(Change::guarded(insert)).await
    }

    pub async fn find_idempotency_key(
        &self,
        api_key_id: &ApiKeyId,
        name: &str,
    ) -> Result<Option<Remembered>, StoreError> {
        let query = sql("SELECT fingerprint, created_at, status, key_id, wrapped_key, ciphertext \
             FROM idempotency_keys WHERE api_key_id = $1 AND name = $2");
        let row: Option<Row> =
            self.fetch_optional(query.bind(api_key_id.as_str()).bind(name)).await?;
        Ok(row.map(|row| Remembered {
            fingerprint: row.fingerprint,
            created_at: Timestamp::from_millis(row.created_at),
            answer: match (row.status, row.key_id, row.wrapped_key, row.ciphertext) {
                (Some(status), Some(key_id), Some(wrapped_key), Some(ciphertext)) => {
                    Some((status, Sealed { key_id, wrapped_key, ciphertext }))
                }
                _ => None,
            },
        }))
    }

    pub async fn answer_idempotency_key(
        &self,
        reservation: &Reservation,
        status: i64,
        body: &Sealed,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let update =
            sql("UPDATE idempotency_keys SET answered_at = $4, status = $5, key_id = $6, \
             wrapped_key = $7, ciphertext = $8 \
             WHERE api_key_id = $1 AND name = $2 AND created_at = $3")
            .bind(reservation.api_key_id.as_str())
            .bind(&reservation.name)
            .bind(reservation.created_at)
            .bind(at)
            .bind(status)
            .bind(&body.key_id)
            .bind(body.wrapped_key.as_slice())
            .bind(body.ciphertext.as_slice());
        let change = Change::unguarded(update).then(vault_keys::count_seal(&body.key_id));
        let _ = self.write(change).await?;
        Ok(())
    }

    /// Gives a name back whose request did nothing that must not happen twice.
    pub async fn release_idempotency_key(
        &self,
        reservation: &Reservation,
    ) -> Result<(), StoreError> {
        let _ = self.write(Change::unguarded(delete(reservation))).await?;
        Ok(())
    }

    pub async fn delete_old_idempotency_keys(&self, before: Timestamp) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM idempotency_keys WHERE created_at < $1").bind(before);
        let _ = self.write(Change::unguarded(delete)).await?;
        Ok(())
    }
}
