//! One SQL text for both engines: constant fragments, numbered placeholders, three kinds of values.

use std::borrow::Cow;

use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, PgConnection, Postgres, SqlSafeStr, Sqlite, SqliteConnection};

use crate::clock::Timestamp;
use crate::store::{Store, StoreError};

/// A value to bind: the three column types of every table.
#[derive(Debug, Clone)]
pub enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Bytes(Vec<u8>),
}

macro_rules! values {
    ($($from:ty => $to:expr;)*) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                $to(value)
            }
        })*
    };
}

values! {
    &str => |v: &str| Self::Text(Some(v.to_owned()));
    String => |v| Self::Text(Some(v));
    &String => |v: &String| Self::Text(Some(v.clone()));
    Option<String> => Self::Text;
    i64 => |v| Self::Integer(Some(v));
    Timestamp => |v: Timestamp| Self::Integer(Some(v.as_millis()));
    Option<Timestamp> => |v: Option<Timestamp>| Self::Integer(v.map(Timestamp::as_millis));
    Option<i64> => Self::Integer;
    &[u8] => |v: &[u8]| Self::Bytes(v.to_vec());
}

/// What a column keeps as JSON.
pub fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("lists, maps, texts and numbers are JSON")
}

/// SQL with its values. The text can only be made of constants, so no input ever becomes SQL.
#[derive(Debug, Clone)]
pub struct Statement {
    text: Cow<'static, str>,
    values: Vec<Value>,
}

/// Starts a statement from a constant text with placeholders `$1`, `$2` and so on.
pub fn sql(text: &'static str) -> Statement {
    Statement { text: Cow::Borrowed(text), values: Vec::new() }
}

impl Statement {
    /// Gives the next numbered placeholder its value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Appends a constant text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.to_mut().push_str(text);
        self
    }

    /// Appends the next placeholder together with its value.
    pub fn push_bind(&mut self, value: impl Into<Value>) -> &mut Self {
        use std::fmt::Write as _;
        self.values.push(value.into());
        let _ = write!(self.text.to_mut(), "${}", self.values.len());
        self
    }

    /// The only place that asserts anything about SQL: it is made of constants, see `sql` and `push`.
    fn safe_text(text: Cow<'static, str>) -> sqlx::SqlStr {
        match text {
            Cow::Borrowed(text) => text.into_sql_str(),
            Cow::Owned(text) => sqlx::AssertSqlSafe(text).into_sql_str(),
        }
    }
}

macro_rules! bound {
    ($name:ident, $db:ty, $arguments:ty, $connection:ty) => {
        fn $name<'q>(statement: Statement) -> Query<'q, $db, $arguments> {
            let mut query = sqlx::query(Statement::safe_text(statement.text));
            for value in statement.values {
                query = match value {
                    Value::Text(text) => query.bind(text),
                    Value::Integer(integer) => query.bind(integer),
                    Value::Bytes(bytes) => query.bind(bytes),
                };
            }
            query
        }
    };
}

bound!(for_sqlite, Sqlite, SqliteArguments, SqliteConnection);
bound!(for_postgres, Postgres, PgArguments, PgConnection);

/// Runs a statement that returns nothing, and says how many rows it changed.
pub async fn execute_sqlite(
    connection: &mut SqliteConnection,
    statement: Statement,
) -> Result<u64, sqlx::Error> {
    Ok(for_sqlite(statement).execute(connection).await?.rows_affected())
}

/// As [`execute_sqlite`], on PostgreSQL.
pub async fn execute_postgres(
    connection: &mut PgConnection,
    statement: Statement,
) -> Result<u64, sqlx::Error> {
    Ok(for_postgres(statement).execute(connection).await?.rows_affected())
}

/// A row of either engine.
pub trait AnyRow: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}
impl<T> AnyRow for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> {}

impl Store {
    pub(super) async fn fetch_all<T: AnyRow>(
        &self,
        query: Statement,
    ) -> Result<Vec<T>, StoreError> {
        let rows: Result<Vec<T>, sqlx::Error> = match self {
            Self::Sqlite { readers, .. } => {
                let rows = for_sqlite(query).fetch_all(readers).await?;
                rows.iter().map(T::from_row).collect()
            }
            Self::Postgres { pool, .. } => {
                let rows = for_postgres(query).fetch_all(pool).await?;
                rows.iter().map(T::from_row).collect()
            }
        };
        Ok(rows?)
    }

    /// The steps in which the database would carry it out.
    pub(super) async fn explain(&self, mut query: Statement) -> Result<Vec<String>, StoreError> {
        if let Self::Sqlite { .. } = self {
            query.text = format!("EXPLAIN QUERY PLAN {}", query.text).into();
            let steps: Vec<(i64, i64, i64, String)> = self.fetch_all(query).await?;
            Ok(steps.into_iter().map(|(.., step)| step).collect())
        } else {
            query.text = format!("EXPLAIN {}", query.text).into();
            let steps: Vec<(String,)> = self.fetch_all(query).await?;
            Ok(steps.into_iter().map(|(step,)| step).collect())
        }
    }

    pub(super) async fn fetch_optional<T: AnyRow>(
        &self,
        query: Statement,
    ) -> Result<Option<T>, StoreError> {
        let row = match self {
            Self::Sqlite { readers, .. } => {
                let row = for_sqlite(query).fetch_optional(readers).await?;
                row.as_ref().map(T::from_row).transpose()
            }
            Self::Postgres { pool, .. } => {
                let row = for_postgres(query).fetch_optional(pool).await?;
                row.as_ref().map(T::from_row).transpose()
            }
        };
        Ok(row?)
    }

    /// The one number that a `SELECT count(*)` answers.
    pub(super) async fn fetch_count(&self, query: Statement) -> Result<i64, StoreError> {
        let row: Option<(i64,)> = self.fetch_optional(query).await?;
        Ok(row.map_or(0, |(count,)| count))
    }
}
