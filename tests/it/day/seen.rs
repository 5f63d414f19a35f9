//! What the hub has made of it, read past the hub from its database.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use linkhub::clock::Timestamp;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, Row as _, SqliteConnection};

/// One line of history.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub at: Timestamp,
    pub action: String,
    pub account: String,
    pub detail: serde_json::Value,
}

/// An account as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub status: String,
    pub reasons: String,
    pub last_checked_at: Timestamp,
    pub unchecked_since: Option<Timestamp>,
    pub key_id: String,
}

pub struct Database {
    connection: SqliteConnection,
    last_line: i64,
}

impl Database {
    pub async fn open(file: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let connection = SqliteConnection::connect_with(&options).await.unwrap();
        Self { connection, last_line: 0 }
    }

    /// The lines of accounts that were written since the last call, in the order of writing.
    pub async fn new_lines(&mut self) -> Vec<Line> {
        let query = sqlx::query(
            "SELECT rowid, id, occurred_at, action, account_id, detail FROM events \
             WHERE rowid > ? ORDER BY rowid",
        );
        let rows = query.bind(self.last_line).fetch_all(&mut self.connection).await.unwrap();
        let mut lines = Vec::new();
        for row in rows {
            self.last_line = row.get(0);
            let Some(account) = row.get::<Option<String>, _>(4) else { continue };
            lines.push(Line {
                id: row.get(1),
                at: Timestamp::from_millis(row.get(2)),
                action: row.get(3),
                account,
                detail: serde_json::from_str(row.get(5)).unwrap(),
            });
        }
        lines
    }

    /// The rows of these accounts; of all if none is named.
    pub async fn rows(&mut self, accounts: &[&str]) -> BTreeMap<String, Row> {
        let names = serde_json::to_string(accounts).unwrap();
        let query = sqlx::query(
            "SELECT id, status, status_reasons, last_checked_at, unchecked_since, key_id \
             FROM accounts WHERE ?1 = '[]' OR id IN (SELECT value FROM json_each(?1))",
        );
        let rows = query.bind(names).fetch_all(&mut self.connection).await.unwrap();
        let instant = Timestamp::from_millis;
        let of = |row: &sqlx::sqlite::SqliteRow| Row {
            status: row.get(1),
            reasons: row.get(2),
            last_checked_at: instant(row.get(3)),
            unchecked_since: row.get::<Option<i64>, _>(4).map(instant),
            key_id: row.get::<Option<String>, _>(5).unwrap_or_default(),
        };
        rows.iter().map(|row| (row.get(0), of(row))).collect()
    }

    /// The ids of keys that are noted to be deleted.
    pub async fn retired_keys(&mut self) -> BTreeSet<String> {
        let query = sqlx::query_scalar("SELECT key_id FROM retired_keys");
        let ids: Vec<String> = query.fetch_all(&mut self.connection).await.unwrap();
        ids.into_iter().collect()
    }

    /// How many were to be deleted at `until` and are not.
    pub async fn keys_to_delete(&mut self, until: Timestamp) -> usize {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM retired_keys WHERE delete_at <= ?");
        let count: i64 =
            query.bind(until.as_millis()).fetch_one(&mut self.connection).await.unwrap();
        usize::try_from(count).unwrap()
    }

    pub async fn number(&mut self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&mut self.connection).await.unwrap()
    }
}
