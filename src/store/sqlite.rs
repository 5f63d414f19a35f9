//! Opening SQLite so that what was confirmed survives a power cut.

use std::fs::{DirBuilder, OpenOptions};
use std::num::NonZeroUsize;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection};

use crate::store::sql::{execute_sqlite, sql};
use crate::store::writer::Writer;
use crate::store::{Store, StoreError, migrations};

/// For each processor; every one keeps about 3 MB of the file in memory.
const READERS: usize = 2;
/// A connection's thread waits when so many rows are not yet fetched; a page of a list has fewer.
const ROWS: usize = 256;

pub async fn open(path: &Path) -> Result<Store, StoreError> {
    create(path).map_err(|error| StoreError::File(path.to_owned(), error))?;
    let options = options(path);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    migrations::SQLITE.run(&mut connection).await?;
    Ok(started(connection, options))
}

/// Opens a file that is there, with whatever schema it has.
pub async fn open_as_it_is(path: &Path) -> Result<Store, StoreError> {
    let options = options(path);
    Ok(started(SqliteConnection::connect_with(&options).await?, options))
}

fn started(connection: SqliteConnection, options: SqliteConnectOptions) -> Store {
    let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let readers = (READERS * processors).clamp(4, 16);
    let readers = SqlitePoolOptions::new()
        .max_connections(u32::try_from(readers).unwrap_or(4))
        // A file does not hang up; asking first would double the way to the connection's thread.
        .test_before_acquire(false)
        .connect_lazy_with(options.clone().read_only(true));
    Store::Sqlite { readers, writer: Writer::start(connection, options) }
}

/// WAL with NORMAL loses confirmed writes in a power cut; FULL does not.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .row_buffer_size(ROWS)
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
}

/// What `connection` is really set to, as `name=value` with blanks between.
pub async fn pragmas(connection: &mut SqliteConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT 'journal_mode=' || journal_mode || ' synchronous=' || synchronous || \
             ' secure_delete=' || secure_delete || ' foreign_keys=' || foreign_keys || \
             ' trusted_schema=' || trusted_schema FROM pragma_journal_mode, pragma_synchronous, \
             pragma_secure_delete, pragma_foreign_keys, pragma_trusted_schema",
    )
    .fetch_one(connection)
    .await
}

/// Makes the folder (0700) and the file (0600) before SQLite would make them readable for others.
fn create(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

/// False if a reader still needs what is in the write-ahead log. Does not wait long, because writes
/// wait meanwhile.
pub(super) async fn empty_log(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    execute_sqlite(connection, sql("PRAGMA busy_timeout = 100")).await?;
    let (busy, ..): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    execute_sqlite(connection, sql("PRAGMA busy_timeout = 5000")).await?;
    Ok(busy == 0)
}
