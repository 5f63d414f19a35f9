//! How SQLite carries out what a page asks: the statements are taken from the hub's own log.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

use crate::load::{Connection, get};
use crate::process::Server;
use crate::{bare, seed};

/// A hub that logs its statements.
pub struct Watched {
    hub: Server,
    cookie: String,
    database: SqliteConnection,
}

impl Watched {
    pub async fn start(data: &Path) -> anyhow::Result<Self> {
        let log = ["--log", "linkhub=info,sqlx::query=debug", "--log-format", "json"];
        let hub = Server::hub(data, &log)?;
        let cookie = hub.sign_in().await?;
        let options = bare::options(&data.join(seed::FILE));
        let database = SqliteConnection::connect_with(&options).await?;
        Ok(Self { hub, cookie, database })
    }

    /// The statements that a page runs, in their order.
    pub async fn statements(&self, path: &str) -> anyhow::Result<Vec<String>> {
        let before = self.hub.log()?.len();
        let request = get(path, &self.cookie);
        let answer = Connection::open(self.hub.address).await?.send(&request).await?;
        ensure!(answer.status == 200, "{path}: {}", answer.text());
        let log = self.hub.log()?;
        let statements: Vec<String> = log[before..].lines().filter_map(statement).collect();
        ensure!(!statements.is_empty(), "{path}: the log names no statement");
        Ok(statements)
    }

    /// The plan, one step a line.
    pub async fn explain(&mut self, sql: &str) -> anyhow::Result<Vec<String>> {
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut query = sqlx::query(AssertSqlSafe(explain));
        for _ in 0..sql.matches('$').count() {
            query = query.bind(None::<String>);
        }
        let rows = query.fetch_all(&mut self.database).await?;
        Ok(rows.iter().map(|row| row.get("detail")).collect())
    }
}

fn statement(line: &str) -> Option<String> {
    let fields: Value = serde_json::from_str(line).ok()?;
    let whole = fields.get("db.statement").and_then(Value::as_str).filter(|sql| !sql.is_empty());
    let sql = whole.or_else(|| fields.get("summary")?.as_str())?.trim();
    sql.starts_with("SELECT").then(|| sql.to_owned())
}

/// A step may sort or gather only what a rare word has found: a bounded number of rows.
pub fn check(sql: &str, plan: &[String]) -> anyhow::Result<()> {
    let rare = sql.contains("AS hits");
    for step in plan {
        let table = step.strip_prefix("SCAN ").filter(|rest| {
            !["hits", "found", "(subquery", "CONSTANT"].iter().any(|name| rest.starts_with(name))
        });
        if table.is_some_and(|rest| !rest.contains("USING")) {
            bail!("a whole table is read: {step}\n{sql}");
        }
        if step.contains("TEMP B-TREE") && !rare {
            bail!("rows are sorted that an index could give sorted: {step}\n{sql}");
        }
    }
    plan.first().map(drop).context("a statement without a plan")
}
