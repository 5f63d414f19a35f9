use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use linkhub::model::event::Action;
use linkhub::store::{AccountQuery, Store};
use rstest::rstest;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Engine, Opened, account, event, sealed};

/// Where sqlx keeps which migrations have run.
const OF_SQLX: &str = "_sqlx_migrations";

/// `table.column` with its type on PostgreSQL and whether it may be null.
type Columns = BTreeMap<String, (String, bool)>;

async fn sqlite_columns(store: &Opened) -> Columns {
    let mut connection = store.sqlite().await;
    let tables = sqlx::query("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut columns = Columns::new();
    for table in tables {
        let name: String = table.get("name");
        if name == OF_SQLX || name.starts_with("sqlite_") {
            continue;
        }
        let text: String = table.get("sql");
        assert!(text.contains("STRICT"), "{name} is not STRICT: it would take a text for a number");
        let rows = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({name})")))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for row in rows {
            let on_postgres = match row.get::<String, _>("type").as_str() {
                "TEXT" => "text",
                "INTEGER" => "bigint",
                "BLOB" => "bytea",
                other => panic!("{name} has a column of type {other}"),
            };
            let column = format!("{name}.{}", row.get::<String, _>("name"));
            let nullable = row.get::<i64, _>("notnull") == 0;
            columns.insert(column, (on_postgres.to_owned(), nullable));
        }
    }
    columns
}

async fn postgres_columns(store: &Opened) -> Columns {
    let rows = sqlx::query(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> $1",
    )
    .bind(OF_SQLX)
    .fetch_all(&mut store.postgres().await)
    .await
    .unwrap();
    rows.iter()
        .map(|row| {
            let text = |column: &str| row.get::<String, _>(column);
            let name = format!("{}.{}", text("table_name"), text("column_name"));
            (name, (text("data_type"), text("is_nullable") == "YES"))
        })
        .collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (Engine::Sqlite.open().await, Engine::Postgres.open().await);
    let columns = sqlite_columns(&sqlite).await;
    assert_eq!(columns, postgres_columns(&postgres).await);
    assert!(columns.contains_key("credentials.ciphertext"), "there is something to compare");
}

/// Indexes with a name of their own, and the columns that they name, without blanks, brackets and quotes:
/// both engines print the same definition in their own way.
fn plain(definition: &str) -> String {
    let (_, columns) = definition.split_once('(').expect("an index has columns");
    columns
        .replace("::bigint", "")
        .replace("::text", "")
        .chars()
        .filter(|c| !c.is_whitespace() && !"()'\"".contains(*c))
        .collect()
}

#[tokio::test]
async fn both_engines_have_the_same_indexes() {
    let (sqlite, postgres) = (Engine::Sqlite.open().await, Engine::Postgres.open().await);
    let on_sqlite: Vec<(String, String)> = sqlx::query_as(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    )
    .fetch_all(&mut sqlite.sqlite().await)
    .await
    .unwrap();
    let on_postgres: Vec<(String, String)> = sqlx::query_as(
        "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public' \
         AND indexname NOT IN (SELECT conname FROM pg_constraint)",
    )
    .fetch_all(&mut postgres.postgres().await)
    .await
    .unwrap();
    let comparable = |indexes: Vec<(String, String)>| -> BTreeSet<(String, bool, String)> {
        indexes
            .into_iter()
            .map(|(name, definition)| {
                let unique = definition.starts_with("CREATE UNIQUE");
                (name, unique, plain(&definition))
            })
            .collect()
    };
    let on_sqlite = comparable(on_sqlite);
    assert_eq!(on_sqlite, comparable(on_postgres));
    assert!(on_sqlite.iter().any(|(name, unique, _)| name == "accounts_identity" && *unique));
}

#[rstest]
#[tokio::test]
async fn opening_again_keeps_what_is_there(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let first = engine.open().await;
    first.link(&account("owner-1", "user-1")).await;
    // While the first is still open, as when two hubs start on one database.
    let second = Store::open(&first.location).await.unwrap();
    assert_eq!(second.count_accounts(&AccountQuery::default(), 10).await.unwrap().found, 1);
    first.close().await;
    second.close().await;
    let third = Store::open(&first.location).await.unwrap();
    assert_eq!(third.count_accounts(&AccountQuery::default(), 10).await.unwrap().found, 1);
    assert!(third.is_ready().await && third.probe_write().await && third.probe_write().await);
    third.close().await;
}

#[rstest]
#[case::sqlite(Engine::Sqlite, "SQLite")]
#[case::postgres(Engine::Postgres, "PostgreSQL")]
#[tokio::test]
async fn a_store_says_on_which_engine_it_is(#[case] engine: Engine, #[case] name: &str) {
    assert_eq!(engine.open().await.engine(), name);
}

#[tokio::test]
async fn the_file_is_for_its_owner_alone() {
    let store = Engine::Sqlite.open().await;
    store.link(&account("owner-1", "user-1")).await;
    let file = store.sqlite_file();
    let mut seen = 0;
    for entry in fs::read_dir(file.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
        seen += 1;
    }
    assert!(seen >= 2, "the file and its write-ahead log");
}

/// With anything less, a power cut takes what was confirmed, or a file keeps what was shredded.
#[tokio::test]
async fn sqlite_writes_with_the_settings_that_promises_rest_on() {
    let expected = "journal_mode=wal synchronous=2 secure_delete=1 foreign_keys=1 trusted_schema=0";
    let store = Engine::Sqlite.open().await;
    assert_eq!(store.pragmas().await.unwrap().as_deref(), Some(expected));

    // An error closes the connection; the next one is no weaker.
    let event = super::linked(&account("owner-1", "user-1"));
    store.record_event(&event).await.unwrap();
    assert!(store.record_event(&event).await.is_err());
    assert_eq!(store.pragmas().await.unwrap().as_deref(), Some(expected));
    assert_eq!(Engine::Postgres.open().await.pragmas().await.unwrap(), None);
}

/// Whether any file of the data folder holds these bytes.
fn is_on_disk(store: &Opened, bytes: &[u8]) -> bool {
    fs::read_dir(store.sqlite_file().parent().unwrap()).unwrap().any(|entry| {
        let content = fs::read(entry.unwrap().path()).unwrap();
        content.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[tokio::test]
async fn a_shredded_secret_is_in_no_file() {
    let store = Engine::Sqlite.open().await;
    let (account, other) = (account("owner-1", "user-1"), account("owner-2", "user-1"));
    // Longer than a page, so that it also stands on pages of its own.
    let mut secret = sealed("first secret");
    secret.ciphertext = "the first ciphertext ".repeat(500).into_bytes();
    let linked = super::linked(&account);
    assert!(
        store
            .insert_account(&account, &secret, std::slice::from_ref(&linked))
            .await
            .unwrap()
            .is_yes()
    );
    store.link(&other).await;
    let first = b"the first ciphertext";
    assert!(is_on_disk(&store, first), "what is looked for can be found");

    let renewed = sealed("second secret");
    let event_of = |action| event(action, &account);
    let renewal = event_of(Action::AccountRenewed);
    assert!(
        store
            .update_account(&account, Some(&renewed), std::slice::from_ref(&renewal))
            .await
            .unwrap()
            .is_yes()
    );
    // The log is emptied behind the answer; the next write comes after that.
    assert!(store.probe_write().await);
    assert!(!is_on_disk(&store, first), "renewed");
    assert!(!is_on_disk(&store, b"first secret"), "renewed");
    assert!(is_on_disk(&store, b"second secret"));

    let account = store.find_account(&account.id).await.unwrap().unwrap();
    let unlinked = event_of(Action::AccountDeleted);
    assert!(
        store.delete_account(&account, std::slice::from_ref(&unlinked)).await.unwrap().is_yes()
    );
    assert!(store.probe_write().await);
    assert!(!is_on_disk(&store, b"second secret"), "unlinked");
    assert_eq!(store.find_credential(&other.id).await.unwrap(), Some(sealed("one")));
}
