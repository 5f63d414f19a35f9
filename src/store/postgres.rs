//! Opening PostgreSQL.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::store::writer::Health;
use crate::store::{Store, StoreError, migrations};

const CONNECTIONS: u32 = 16;

pub async fn open(url: &SecretString) -> Result<Store, StoreError> {
    let options: PgConnectOptions = url.expose_secret().parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(
            // What was confirmed is on disk, whatever the server's default says.
            options.application_name("linkhub").options([("synchronous_commit", "on")]),
        )
        .await?;
    migrations::POSTGRES.run(&pool).await?;
    Ok(Store::Postgres { pool, health: Health::default() })
}
