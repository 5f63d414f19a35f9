//! Table `sessions`: signed-in admins. A token is stored as its hash.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AdminId, SessionId};
use crate::model::admin::{SESSION_IDLE, SESSION_LIFETIME, Session};
use crate::model::event::Event;
use crate::secret::TokenHash;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

#[derive(FromRow)]
struct SessionRow {
    id: String,
    admin_id: String,
    admin_name: String,
    token_hash: TokenHash,
    created_at: i64,
    last_seen_at: i64,
}

pub(super) fn delete_all(admin: &AdminId) -> Statement {
    sql("DELETE FROM sessions WHERE admin_id = $1").bind(admin.as_str())
}

impl Store {
    /// The session of that id with its admin's name, alive or not.
    pub async fn find_session(&self, id: &str) -> Result<Option<(Session, String)>, StoreError> {
        let query = sql("SELECT sessions.id, admin_id, admins.name AS admin_name, token_hash, \
             sessions.created_at, last_seen_at FROM sessions \
             JOIN admins ON admins.id = sessions.admin_id WHERE sessions.id = $1");
        let Some(row) = self.fetch_optional::<SessionRow>(query.bind(id)).await? else {
            return Ok(None);
        };
        let damaged = StoreError::Damaged;
        let session = Session {
            id: SessionId::try_from(row.id).map_err(|_| damaged("sessions.id"))?,
            admin_id: AdminId::try_from(row.admin_id).map_err(|_| damaged("sessions.admin_id"))?,
            token_hash: row.token_hash,
            created_at: Timestamp::from_millis(row.created_at),
            last_seen_at: Timestamp::from_millis(row.last_seen_at),
        };
        Ok(Some((session, row.admin_name)))
    }

    /// A conflict means that the admin's password has changed since `admin_version`, or that there is
    /// no such admin.
    pub async fn insert_session(
        &self,
        session: &Session,
        admin_version: i64,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let insert = sql("INSERT INTO sessions (id, admin_id, token_hash, created_at, \
             last_seen_at) SELECT $1, $2, $3, $4, $5 FROM admins WHERE id = $2 AND version = $6")
        .bind(session.id.as_str())
        .bind(session.admin_id.as_str())
        .bind(session.token_hash.as_bytes())
        .bind(session.created_at)
        .bind(session.last_seen_at)
        .bind(admin_version);
        self.write(Change::guarded(insert).recorded(event)).await
    }

    /// Remembers that the session is in use; its idle time starts again.
    pub async fn touch_session(&self, id: &SessionId, now: Timestamp) -> Result<(), StoreError> {
        let update = sql("UPDATE sessions SET last_seen_at = $2 WHERE id = $1 \
             AND last_seen_at < $2");
        let _ = self.write(Change::unguarded(update.bind(id.as_str()).bind(now))).await?;
        Ok(())
    }

    pub async fn delete_session(&self, id: &SessionId, event: &Event) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM sessions WHERE id = $1").bind(id.as_str());
        let _ = self.write(Change::unguarded(delete).recorded(event)).await?;
        Ok(())
    }

    /// Signs an admin out everywhere.
    pub async fn delete_sessions(&self, admin: &AdminId, event: &Event) -> Result<(), StoreError> {
        let _ = self.write(Change::unguarded(delete_all(admin)).recorded(event)).await?;
        Ok(())
    }

    /// Removes sessions that can no longer be used.
    pub async fn delete_dead_sessions(&self, now: Timestamp) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM sessions WHERE last_seen_at <= $1 OR created_at <= $2")
            .bind(now.minus(SESSION_IDLE))
            .bind(now.minus(SESSION_LIFETIME));
        let _ = self.write(Change::unguarded(delete)).await?;
        Ok(())
    }
}
