//! Opening PostgreSQL, and writing to it: every change is a transaction of its own.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::store::change::{Applied, Change};
use crate::store::health::Health;
use crate::store::sql::{execute_postgres, sql};
use crate::store::{Store, StoreError, migrations};

const CONNECTIONS: u32 = 16;

pub async fn open(url: &SecretString) -> Result<Store, StoreError> {
    let pool = connect(url).await?;
    migrations::POSTGRES.run(&pool).await?;
    Ok(Store::Postgres { pool, health: Health::default() })
}

/// Opens a database with whatever schema it has.
pub async fn open_as_it_is(url: &SecretString) -> Result<Store, StoreError> {
    Ok(Store::Postgres { pool: connect(url).await?, health: Health::default() })
}

async fn connect(url: &SecretString) -> Result<PgPool, StoreError> {
    let options: PgConnectOptions = url.expose_secret().parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(
            // What was confirmed is on disk, whatever the server's default says.
            options.application_name("linkhub").options([("synchronous_commit", "on")]),
        )
        .await?;
    Ok(pool)
}

pub async fn write(pool: &PgPool, change: Change) -> Result<Applied, StoreError> {
    let mut connection = pool.acquire().await?;
    execute_postgres(&mut connection, sql("BEGIN")).await?;
    let result = async {
        for guard in change.guards {
            if !holds(execute_postgres(&mut connection, guard).await)? {
                execute_postgres(&mut connection, sql("ROLLBACK")).await?;
                return Ok(Applied::Conflict);
            }
        }
        for statement in change.statements {
            execute_postgres(&mut connection, statement).await?;
        }
        execute_postgres(&mut connection, sql("COMMIT")).await?;
        Ok(Applied::Yes)
    }
    .await;
    if result.is_err() {
        let _ = connection.close().await;
    }
    result
}

/// Whether a guard changed its row. What a transaction at the same moment has taken, a guard cannot
/// see when it starts; it meets the unique index then, which is the same conflict a little later.
fn holds(guard: Result<u64, sqlx::Error>) -> Result<bool, sqlx::Error> {
    match guard {
        Ok(rows) => Ok(rows == 1),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(error),
    }
}
