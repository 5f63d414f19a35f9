//! Table `calendar_feeds`: secret links to a calendar of expiries, stored as their hashes.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::CalendarFeedId;
use crate::model::calendar_feed::CalendarFeed;
use crate::model::event::{Actor, Event};
use crate::secret::TokenHash;
use crate::store::change::{Applied, Change};
use crate::store::sql::sql;
use crate::store::{Store, StoreError};

macro_rules! columns {
    () => {
        "id, token_hash, note, made_by_kind, made_by_name, created_at, last_used_at, revoked_at"
    };
}

#[derive(FromRow)]
struct FeedRow {
    id: String,
    token_hash: TokenHash,
    note: String,
    made_by_kind: String,
    made_by_name: String,
    created_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl TryFrom<FeedRow> for CalendarFeed {
    type Error = StoreError;

    fn try_from(row: FeedRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: CalendarFeedId::try_from(row.id)
                .map_err(|_| StoreError::Damaged("calendar_feeds.id"))?,
            token_hash: row.token_hash,
            note: row.note,
            made_by: Actor::parse(&row.made_by_kind, &row.made_by_name)
                .ok_or(StoreError::Damaged("calendar_feeds.made_by_name"))?,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: row.last_used_at.map(Timestamp::from_millis),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        })
    }
}

impl Store {
    pub async fn insert_calendar_feed(
        &self,
        feed: &CalendarFeed,
        event: &Event,
    ) -> Result<(), StoreError> {
        let insert = sql(concat!(
            "INSERT INTO calendar_feeds (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(feed.id.as_str())
        .bind(feed.token_hash.as_bytes())
        .bind(&feed.note)
        .bind(feed.made_by.kind())
        .bind(feed.made_by.text())
        .bind(feed.created_at)
        .bind(feed.last_used_at)
        .bind(feed.revoked_at);
        let _ = self.write(Change::unguarded(insert).recorded(event)).await?;
        Ok(())
    }

    /// The feed of that id, revoked or not.
    pub async fn find_calendar_feed(&self, id: &str) -> Result<Option<CalendarFeed>, StoreError> {
        let query = sql(concat!("SELECT ", columns!(), " FROM calendar_feeds WHERE id = $1"));
        let row: Option<FeedRow> = self.fetch_optional(query.bind(id)).await?;
        row.map(CalendarFeed::try_from).transpose()
    }

    /// The newest feeds first, no more than `limit`.
    pub async fn list_calendar_feeds(&self, limit: usize) -> Result<Vec<CalendarFeed>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM calendar_feeds ORDER BY created_at DESC, id DESC LIMIT $1"
        ));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<FeedRow> = self.fetch_all(query.bind(limit)).await?;
        rows.into_iter().map(CalendarFeed::try_from).collect()
    }

    pub async fn touch_calendar_feed(
        &self,
        id: &CalendarFeedId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE calendar_feeds SET last_used_at = $2 WHERE id = $1");
        let _ = self.write(Change::unguarded(update.bind(id.as_str()).bind(now))).await?;
        Ok(())
    }

    /// A conflict means that there is no such feed, or that it was revoked before.
    pub async fn revoke_calendar_feed(
        &self,
        id: &CalendarFeedId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard =
            sql("UPDATE calendar_feeds SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL");
        self.write(Change::guarded(guard.bind(id.as_str()).bind(event.at)).recorded(event)).await
    }
}
