//! Table `admins`: who may open the Accounts page.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::AdminId;
use crate::model::admin::Admin;
use crate::model::event::Event;
use crate::store::change::{Applied, Change};
use crate::store::sql::sql;
use crate::store::{Store, StoreError, sessions, setup_links};

#[derive(FromRow)]
struct AdminRow {
    id: String,
    version: i64,
    name: String,
    password_hash: String,
}

impl Store {
    pub async fn find_admin(&self, name: &str) -> Result<Option<Admin>, StoreError> {
        let query = sql("SELECT id, version, name, password_hash FROM admins WHERE name = $1");
        let Some(row) = self.fetch_optional::<AdminRow>(query.bind(name)).await? else {
            return Ok(None);
        };
        let id = AdminId::try_from(row.id).map_err(|_| StoreError::Damaged("admins.id"))?;
        let AdminRow { version, name, password_hash, .. } = row;
        Ok(Some(Admin { id, version, name, password_hash }))
    }

    pub async fn count_admins(&self) -> Result<i64, StoreError> {
        self.fetch_count(sql("SELECT count(*) FROM admins")).await
    }

    /// Creates an admin, unless one of that name is there, and voids all setup links.
    pub async fn insert_admin(
        &self,
        admin: &Admin,
        now: Timestamp,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("INSERT INTO admins (id, version, name, password_hash, created_at, \
             updated_at) VALUES ($1, 1, $2, $3, $4, $4) ON CONFLICT DO NOTHING")
        .bind(admin.id.as_str())
        .bind(&admin.name)
        .bind(&admin.password_hash)
        .bind(now);
        let change = Change::guarded(guard).then(setup_links::delete_all()).recorded(event);
        self.write(change).await
    }

    /// Sets a new password and ends every session of the admin.
    pub async fn update_password(
        &self,
        admin: &Admin,
        now: Timestamp,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE admins SET password_hash = $2, updated_at = $3, version = $4 + 1 \
             WHERE id = $1 AND version = $4")
        .bind(admin.id.as_str())
        .bind(&admin.password_hash)
        .bind(now)
        .bind(admin.version);
        let change = Change::guarded(guard).then(sessions::delete_all(&admin.id)).recorded(event);
        self.write(change).await
    }
}
