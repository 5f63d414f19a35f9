//! An account's checks and keys, read from its history by indexes of their own: a history that is long
//! because of something else costs nothing here.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::past::{CheckResult, PastCheck, StoredKey};
use crate::store::sql::sql;
use crate::store::{Store, StoreError};

#[derive(FromRow)]
struct PastRow {
    occurred_at: i64,
    detail: String,
}

impl PastRow {
    /// A text of the detail; history of other versions may lack it.
    fn text(&self, name: &str) -> Option<String> {
        let detail: serde_json::Value = serde_json::from_str(&self.detail).ok()?;
        detail.get(name)?.as_str().map(str::to_owned)
    }
}

impl Store {
    /// The newest first.
    pub async fn list_checks(
        &self,
        id: &AccountId,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<PastCheck>, StoreError> {
        // Only with these words does SQLite see that its partial index fits.
        let query = sql("SELECT occurred_at, detail FROM events WHERE action = 'account.checked' \
             AND account_id = $1 AND occurred_at >= $2 ORDER BY occurred_at DESC, id DESC LIMIT $3");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let query = query.bind(id.as_str()).bind(since).bind(limit);
        let rows: Vec<PastRow> = self.fetch_all(query).await?;
        let check = |row: &PastRow| {
            let code = row.text("code");
            let at = Timestamp::from_millis(row.occurred_at);
            PastCheck { at, result: CheckResult::of(code.as_deref()), code }
        };
        Ok(rows.iter().map(check).collect())
    }

    /// The newest first; of keys that history does not tell of, nothing is known.
    pub async fn list_stored_keys(
        &self,
        id: &AccountId,
        limit: usize,
    ) -> Result<Vec<StoredKey>, StoreError> {
        let query = sql("SELECT occurred_at, detail FROM events \
             WHERE (action = 'account.created' OR action = 'account.renewed') \
             AND account_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT $2");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<PastRow> = self.fetch_all(query.bind(id.as_str()).bind(limit)).await?;
        let key = |row: &PastRow| StoredKey {
            stored_at: Timestamp::from_millis(row.occurred_at),
            id: row.text("key_id"),
            expires_at: row.text("expires_at").and_then(|at| Timestamp::parse(&at)),
        };
        Ok(rows.iter().map(key).collect())
    }
}
