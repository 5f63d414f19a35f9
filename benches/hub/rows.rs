//! Rows as the hub writes them, bound and inserted by nothing but sqlx.

use std::collections::BTreeSet;

use linkhub::model::account::Account;
use serde::{Deserialize, Serialize};
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

pub const ACCOUNT_COLUMNS: &str = "id, version, owner_id, owner_name, label, host, tenant_id, \
     tenant_name, tenant_hostname, region, user_id, user_name, user_email, tenant_admin_at, key_id, \
     key_created_at, key_expires_at, status, status_reasons, linked_at, updated_at, last_checked_at, \
     unchecked_since, name_key, owner_key, expiry_key, key_stored_at, next_check_at, checks_alike, \
     warned_percent, next_notice_at";
pub const EVENT_COLUMNS: &str = "id, occurred_at, action, actor_kind, actor_name, account_id, \
     request_id, address, detail";

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    Integer(i64),
    Text(String),
    Null,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// A statement with its values.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bound {
    pub sql: String,
    pub cells: Vec<Cell>,
}

impl Bound {
    pub fn new(sql: impl Into<String>, cells: Vec<Cell>) -> Self {
        Self { sql: sql.into(), cells }
    }

    pub fn query(&self) -> Query<'static, Sqlite, SqliteArguments> {
        let query = sqlx::query(AssertSqlSafe(self.sql.clone()));
        self.cells.iter().cloned().fold(query, |query, cell| match cell {
            Cell::Integer(integer) => query.bind(integer),
            Cell::Text(text) => query.bind(text),
            Cell::Null => query.bind(None::<String>),
        })
    }
}

/// An insert of several rows of the same width.
pub fn insert(table: &str, columns: &str, rows: Vec<Vec<Cell>>) -> Bound {
    let width = rows.first().map_or(0, Vec::len);
    let row = format!("({})", vec!["?"; width].join(", "));
    let places = vec![row; rows.len()].join(", ");
    Bound::new(
        format!("INSERT INTO {table} ({columns}) VALUES {places}"),
        rows.into_iter().flatten().collect(),
    )
}

pub fn account(account: &Account) -> Vec<Cell> {
    let Account { owner, tenant, user, key, .. } = account;
    let at = |at: Option<linkhub::clock::Timestamp>| {
        at.map_or(Cell::Null, |at| Cell::Integer(at.as_millis()))
    };
    let text = |text: Option<&String>| text.map_or(Cell::Null, |text| text.as_str().into());
    vec![
        account.id.as_str().into(),
        Cell::Integer(1),
        owner.id.as_str().into(),
        owner.name.as_str().into(),
        account.label.as_str().into(),
        account.host.as_str().into(),
        tenant.id.as_str().into(),
        tenant.name.as_str().into(),
        tenant.hostname.as_str().into(),
        tenant.region.as_str().into(),
        user.id.as_str().into(),
        user.name.as_str().into(),
        text(user.email.as_ref()),
        at(user.tenant_admin.then_some(account.linked_at)),
        text(key.id.as_ref()),
        at(key.created_at),
        at(key.expires_at),
        account.status.as_str().into(),
        "[]".into(),
        at(Some(account.linked_at)),
        at(Some(account.updated_at)),
        at(Some(account.last_checked_at)),
        at(account.unchecked_since),
        Cell::Text(account.name().to_lowercase()),
        Cell::Text(owner.name.to_lowercase()),
        key.expires_at.map_or(Cell::Integer(i64::MAX), |at| Cell::Integer(at.as_millis())),
        at(Some(account.key_stored_at)),
        at(Some(account.check.next_at)),
        Cell::Integer(account.check.alike.into()),
        Cell::Integer(account.notice.warned_percent.into()),
        at(account.notice.next_at),
    ]
}

/// What the store keeps as searchable words; `seed` compares it with what the store wrote.
pub fn terms(account: &Account) -> BTreeSet<String> {
    let Account { owner, tenant, user, .. } = account;
    let texts = [
        account.label.as_str(),
        &owner.name,
        &owner.id,
        &tenant.name,
        &account.host,
        &tenant.hostname,
        &user.name,
        user.email.as_deref().unwrap_or_default(),
        account.id.as_str().trim_start_matches("acc_"),
    ];
    let text = texts.join(" ").to_lowercase();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

pub fn event(account: &Account) -> Vec<Cell> {
    vec![
        Cell::Text(account.id.as_str().replace("acc_", "evt_")),
        Cell::Integer(account.linked_at.as_millis()),
        "account.created".into(),
        "admin".into(),
        "admin".into(),
        account.id.as_str().into(),
        Cell::Null,
        "127.0.0.1".into(),
        Cell::Text(format!("{{\"host\":\"{}\"}}", account.host)),
    ]
}
