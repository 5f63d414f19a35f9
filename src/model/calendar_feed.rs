//! A secret link to a calendar of expiries, for people who look at a calendar and not at a hub.

use crate::clock::Timestamp;
use crate::id::CalendarFeedId;
use crate::model::event::Actor;
use crate::secret::TokenHash;

#[derive(Debug, Clone)]
pub struct CalendarFeed {
    pub id: CalendarFeedId,
    pub token_hash: TokenHash,
    /// Whose calendar it is, in the words of whoever made it; may be empty.
    pub note: String,
    pub made_by: Actor,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}
