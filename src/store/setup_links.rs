//! Table `setup_links`: the one-time way in for the first admin.

use crate::clock::Timestamp;
use crate::id::SetupId;
use crate::secret::TokenHash;
use crate::store::change::Change;
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

pub(super) fn delete_all() -> Statement {
    sql("DELETE FROM setup_links")
}

impl Store {
    /// Stores a new setup link; an older one stops working.
    pub async fn replace_setup_link(
        &self,
        id: &SetupId,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let insert =
            sql("INSERT INTO setup_links (id, token_hash, created_at) VALUES ($1, $2, $3)")
                .bind(id.as_str())
                .bind(hash.as_bytes())
                .bind(now);
        let _ = self.write(Change::unguarded(delete_all()).then(insert)).await?;
        Ok(())
    }

    /// The hash of that setup link and when it was made.
    pub async fn find_setup_link(
        &self,
        id: &str,
    ) -> Result<Option<(TokenHash, Timestamp)>, StoreError> {
        let query = sql("SELECT token_hash, created_at FROM setup_links WHERE id = $1");
        self.fetch_optional(query.bind(id)).await
    }
}
