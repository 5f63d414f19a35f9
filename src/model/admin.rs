//! Who may open the Accounts page, and for how long.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::id::{AdminId, SessionId};
use crate::secret::TokenHash;

/// A session that nobody uses ends.
pub const SESSION_IDLE: Duration = Duration::from_hours(12);
/// Every session ends, used or not.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(7 * 24);
/// How long a printed setup link may be used.
pub const SETUP_LIFETIME: Duration = Duration::from_hours(24);

#[derive(Debug, Clone)]
pub struct Admin {
    pub id: AdminId,
    pub version: i64,
    pub name: String,
    /// argon2id in PHC form.
    pub password_hash: String,
}

#[derive(Debug, Clone)]
pub struct Session {
    pub id: SessionId,
    pub admin_id: AdminId,
    pub token_hash: TokenHash,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
}

impl Session {
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.created_at.plus(SESSION_LIFETIME) && now < self.last_seen_at.plus(SESSION_IDLE)
    }
}
