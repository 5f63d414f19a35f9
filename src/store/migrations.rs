//! Forward only, the same file names for both engines.

use sqlx::FromRow;
use sqlx::migrate::Migrator;

use crate::store::sql::sql;
use crate::store::{Store, StoreError};

pub static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
pub static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

#[derive(FromRow)]
struct AppliedRow {
    version: i64,
    checksum: Vec<u8>,
}

/// How the schema of a database stands to what this program needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Schema {
    Current,
    /// The names of the migrations that the next start of a hub will make.
    Behind(Vec<String>),
    /// A newer or another program has made the migration of this number.
    Foreign(i64),
}

impl Store {
    /// Compares the schema without touching it.
    pub async fn find_schema(&self) -> Result<Schema, StoreError> {
        let migrator = match self {
            Self::Sqlite { .. } => &SQLITE,
            Self::Postgres { .. } => &POSTGRES,
        };
        let select = sql("SELECT version, checksum FROM _sqlx_migrations ORDER BY version");
        let applied = match self.fetch_all::<AppliedRow>(select).await {
            Ok(applied) => applied,
            // The table is not there: nothing has been applied.
            Err(StoreError::Database(sqlx::Error::Database(_))) => Vec::new(),
            Err(error) => return Err(error),
        };
        let known = |row: &&AppliedRow| {
            let same = |m: &&sqlx::migrate::Migration| m.version == row.version;
            migrator.iter().find(same).is_some_and(|m| m.checksum[..] == row.checksum[..])
        };
        if let Some(foreign) = applied.iter().find(|row| !known(row)) {
            return Ok(Schema::Foreign(foreign.version));
        }
        let missing =
            migrator.iter().filter(|m| applied.iter().all(|row| row.version != m.version));
        let missing: Vec<_> =
            missing.map(|m| format!("{:04} {}", m.version, m.description)).collect();
        Ok(if missing.is_empty() { Schema::Current } else { Schema::Behind(missing) })
    }
}
