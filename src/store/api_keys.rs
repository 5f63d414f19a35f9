//! Table `api_keys`: how back ends are known. A key is stored as its hash.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::ApiKeyId;
use crate::model::api_key::{ApiKey, Scope};
use crate::model::event::{Actor, Event};
use crate::secret::TokenHash;
use crate::store::change::{Applied, Change};
use crate::store::sql::{json, sql};
use crate::store::{Store, StoreError};

macro_rules! columns {
    () => {
        "id, name, token_hash, scopes, made_by_kind, made_by_name, created_at, last_used_at, \
         revoked_at"
    };
}

#[derive(FromRow)]
struct KeyRow {
    id: String,
    name: String,
    token_hash: TokenHash,
    scopes: String,
    made_by_kind: String,
    made_by_name: String,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let scopes: Vec<String> = serde_json::from_str(&row.scopes)
            .map_err(|_| StoreError::Damaged("api_keys.scopes"))?;
        Ok(Self {
            id: ApiKeyId::try_from(row.id).map_err(|_| StoreError::Damaged("api_keys.id"))?,
            name: row.name,
            token_hash: row.token_hash,
            scopes: scopes.iter().filter_map(|scope| Scope::parse(scope)).collect(),
            made_by: Actor::parse(&row.made_by_kind, &row.made_by_name)
                .ok_or(StoreError::Damaged("api_keys.made_by_name"))?,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        })
    }
}

impl Store {
    pub async fn insert_api_key(&self, key: &ApiKey, event: &Event) -> Result<(), StoreError> {
        let insert = sql(concat!(
            "INSERT INTO api_keys (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        ))
        .bind(key.id.as_str())
        .bind(&key.name)
        .bind(key.token_hash.as_bytes())
        .bind(json(&key.scopes))
        .bind(key.made_by.kind())
        .bind(key.made_by.text())
        .bind(key.created_at)
        .bind(key.last_used_at)
        .bind(key.revoked_at);
        let _ = self.write(Change::unguarded(insert).recorded(event)).await?;
        Ok(())
    }

    /// The key of that id, revoked or not.
    pub async fn find_api_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        let query = sql(concat!("SELECT ", columns!(), " FROM api_keys WHERE id = $1"));
        let row: Option<KeyRow> = self.fetch_optional(query.bind(id)).await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// All keys, newest first.
    pub async fn list_api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let query =
            sql(concat!("SELECT ", columns!(), " FROM api_keys ORDER BY created_at DESC, id DESC"));
        let rows: Vec<KeyRow> = self.fetch_all(query).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    pub async fn touch_api_key(&self, id: &ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
        let update = sql("UPDATE api_keys SET last_used_at = $2 WHERE id = $1");
        let _ = self.write(Change::unguarded(update.bind(id.as_str()).bind(now))).await?;
        Ok(())
    }

    /// A conflict means that there is no such key, or that it was revoked before.
    pub async fn revoke_api_key(
        &self,
        id: &ApiKeyId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
        self.write(Change::guarded(guard.bind(id.as_str()).bind(event.at)).recorded(event)).await
    }
}
