//! What linkhub remembers: the only module that knows SQL.
//!
//! One SQL text serves SQLite and PostgreSQL. Reads go through [`Store::fetch_all`] and its kin,
//! every write is a [`change::Change`] that goes through [`Store::write`].

mod account_health;
mod account_list;
mod account_past;
mod account_plans;
mod account_search;
mod account_terms;
mod accounts;
mod admins;
mod api_keys;
mod calendar_feeds;
mod change;
mod connect_sessions;
mod credentials;
mod event_chain;
mod events;
mod health;
mod idempotency_keys;
mod migrations;
mod postgres;
mod renewals;
mod retired_keys;
mod sessions;
mod setup_links;
mod sql;
mod sqlite;
mod tenant_budgets;
mod vault_keys;
mod webhook_attempts;
mod webhook_deliveries;
mod webhook_endpoints;
mod writer;

use std::path::PathBuf;

use sqlx::{PgPool, SqlitePool};

pub use account_list::{AccountCount, AccountPage, AccountQuery, Cursor, SortBy};
pub use account_plans::{Claimed, ROUNDS};
pub use account_search::Reach;
pub use change::Applied;
pub use connect_sessions::{Completion, SessionQuery};
pub use events::{EventFilter, EventQuery, Turn, Who};
pub use idempotency_keys::{Remembered, Reservation};
pub use migrations::Schema;
pub use retired_keys::RetiredKey;
pub use vault_keys::VaultKey;
pub use webhook_deliveries::{DeliveryQuery, OUTBOX, Progress};

use health::Health;
use writer::Writer;

/// The database did not do what was asked; nothing is known to have been stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    #[error("the database schema could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the database file {0} cannot be opened or created")]
    File(PathBuf, #[source] std::io::Error),
    #[error("a stored value of {0} is damaged")]
    Damaged(&'static str),
    /// One failure that several waiting writes share.
    #[error(transparent)]
    Shared(std::sync::Arc<StoreError>),
    #[error("somebody else changed the same thing at the same moment")]
    Busy,
    #[error("the write was not carried out: the hub is stopping")]
    Stopping,
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Location {
    Sqlite(PathBuf),
    Postgres(secrecy::SecretString),
}

/// The open database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Store {
    Sqlite { readers: SqlitePool, writer: Writer },
    Postgres { pool: PgPool, health: Health },
}

impl Store {
    /// Opens the database, creates it if need be, and brings its schema up to date.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        match location {
            Location::Sqlite(path) => sqlite::open(path).await,
            Location::Postgres(url) => postgres::open(url).await,
        }
    }

    /// Opens a database that is there, to look at it: its schema stays as it is.
    pub async fn open_as_it_is(location: &Location) -> Result<Self, StoreError> {
        match location {
            Location::Sqlite(path) => sqlite::open_as_it_is(path).await,
            Location::Postgres(url) => postgres::open_as_it_is(url).await,
        }
    }

    /// Whether the database answers reads and its last writes went through.
    pub async fn is_ready(&self) -> bool {
        let reads = match self {
            Self::Sqlite { readers, .. } => sqlx::query("SELECT 1").execute(readers).await.is_ok(),
            Self::Postgres { pool, .. } => sqlx::query("SELECT 1").execute(pool).await.is_ok(),
        };
        reads && (self.health().is_good() || self.probe_write().await)
    }

    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Ends all connections, after the writes that were accepted.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                writer.stop().await;
                readers.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }

    fn health(&self) -> &Health {
        match self {
            Self::Sqlite { writer, .. } => writer.health(),
            Self::Postgres { health, .. } => health,
        }
    }
}
