//! Databases full of accounts, made once and kept in `target/bench`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::secret::Sealed;
use linkhub::store::{Location, Store};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::{accounts, rows};

pub const FILE: &str = "linkhub.sqlite";
/// SQLite takes at most 32,766 values in a statement.
const BATCH: usize = 1_000;

/// A data folder with an empty database.
pub async fn empty(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let data = folder.join(name);
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    let store = Store::open(&Location::Sqlite(data.join(FILE))).await?;
    store.close().await;
    Ok(data)
}

/// A data folder with so many accounts. Another schema makes another folder.
pub async fn filled(folder: &Path, count: usize) -> anyhow::Result<PathBuf> {
    let name = format!("accounts-{count}-{}", schema()?);
    let (data, ready) = (folder.join(&name), folder.join(&name).join("ready"));
    if ready.exists() {
        return Ok(data);
    }
    let started = std::time::Instant::now();
    let data = empty(folder, &name).await?;
    check_terms(folder).await?;
    fill(&data.join(FILE), count).await.context("the database cannot be filled")?;
    std::fs::write(ready, "")?;
    crate::table::note(&format!("seeded {count} accounts in {:.0?}", started.elapsed()));
    Ok(data)
}

fn schema() -> anyhow::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    paths.sort();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/hub");
    let mut digest = Sha256::new();
    for path in
        paths.iter().chain(&["seed.rs", "accounts.rs", "rows.rs"].map(|name| here.join(name)))
    {
        digest.update(std::fs::read(path).unwrap_or_default());
    }
    let digest = digest.finalize();
    Ok(digest.iter().take(4).fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")))
}

/// The rows written here must be those that the store writes.
async fn check_terms(folder: &Path) -> anyhow::Result<()> {
    let data = empty(folder, "terms").await?;
    let account = accounts::account(11);
    let sealed = Sealed { key_id: "k".to_owned(), wrapped_key: vec![1], ciphertext: vec![1] };
    let event = Event::new(Action::AccountCreated, &Caller::system(), account.linked_at);
    let store = Store::open(&Location::Sqlite(data.join(FILE))).await?;
    ensure!(store.insert_account(&account, &sealed, std::slice::from_ref(&event)).await?.is_yes());
    store.close().await;
    let mut connection = SqliteConnection::connect_with(&options(&data.join(FILE))).await?;
    let stored = sqlx::query("SELECT term FROM account_terms").fetch_all(&mut connection).await?;
    let stored: BTreeSet<String> = stored.iter().map(|row| row.get(0)).collect();
    ensure!(stored == rows::terms(&account), "the store has other terms: {stored:?}");
    Ok(())
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .pragma("synchronous", "OFF")
        .pragma("cache_size", "-400000")
        .pragma("threads", "2")
}

/// Rows first and indexes afterwards: sorting once is far quicker than a million insertions.
async fn fill(path: &Path, count: usize) -> anyhow::Result<()> {
    let mut connection = SqliteConnection::connect_with(&options(path)).await?;
    let run = async |connection: &mut SqliteConnection, sql: String| {
        sqlx::query(AssertSqlSafe(sql)).execute(connection).await
    };
    run(&mut connection, "CREATE TEMP TABLE raw (term TEXT, account_id TEXT)".to_owned()).await?;
    run(&mut connection, "BEGIN IMMEDIATE".to_owned()).await?;
    let indexes = sqlx::query(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL \
         AND tbl_name IN ('accounts', 'account_terms', 'events')",
    );
    let indexes: Vec<(String, String)> = indexes
        .fetch_all(&mut connection)
        .await?
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect();
    for (name, _) in &indexes {
        run(&mut connection, format!("DROP INDEX {name}")).await?;
    }
    for first in (0..count).step_by(BATCH) {
        let batch: Vec<_> = (first..count.min(first + BATCH)).map(accounts::account).collect();
        let cells = batch.iter().map(rows::account).collect();
        let mut inserts = vec![rows::insert("accounts", rows::ACCOUNT_COLUMNS, cells)];
        let cells = batch.iter().map(rows::event).collect();
        inserts.push(rows::insert("events", rows::EVENT_COLUMNS, cells));
        let terms: Vec<_> = batch
            .iter()
            .flat_map(|account| {
                let id = account.id.as_str();
                rows::terms(account)
                    .into_iter()
                    .map(move |term| vec![term.as_str().into(), id.into()])
            })
            .collect();
        inserts.extend(
            terms
                .chunks(10 * BATCH)
                .map(|terms| rows::insert("raw", "term, account_id", terms.to_vec())),
        );
        for insert in inserts {
            insert.query().execute(&mut connection).await?;
        }
        if first % 100_000 == 0 {
            crate::table::progress(&format!("seeding {first} of {count}"));
        }
    }
    crate::table::progress("sorting words");
    let sorted = "INSERT INTO account_terms (term, account_id) SELECT term, account_id FROM raw \
         ORDER BY term, account_id";
    run(&mut connection, sorted.to_owned()).await?;
    for (name, sql) in indexes {
        crate::table::progress(&format!("index {name}"));
        run(&mut connection, sql).await?;
    }
    run(&mut connection, "COMMIT".to_owned()).await?;
    run(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)".to_owned()).await?;
    connection.close().await?;
    Ok(())
}
