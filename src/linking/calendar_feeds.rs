//! Calendar feeds: a secret link is made, shown once, read by calendar programs, and revoked.

use std::time::Duration;

use serde_json::json;

use crate::clock::Timestamp;
use crate::id::CalendarFeedId;
use crate::linking::Linking;
use crate::model::account::Account;
use crate::model::calendar_feed::CalendarFeed;
use crate::model::event::{Action, Caller, Event};
use crate::secret::PlainToken;
use crate::store::{AccountQuery, Applied, SortBy, StoreError};

/// A feed's use is written down this often, not with every request.
const TOUCH: Duration = Duration::from_mins(1);
/// A calendar has so many entries, those that come soonest.
pub const ENTRIES: usize = 2_000;
/// An expiry stays in the calendar for so long.
const SHOWN_AFTER: Duration = Duration::from_hours(7 * 24);
/// No expiry is later; accounts whose expiry is unknown stand behind it.
const LAST: Timestamp = Timestamp::from_millis(i64::MAX - 1);

/// A feed with its token, which is shown once.
#[derive(Debug)]
pub struct NewCalendarFeed {
    pub feed: CalendarFeed,
    pub token: PlainToken,
}

/// What a calendar shows.
#[derive(Debug)]
pub struct Expiries {
    /// The soonest first; the expiry of each is known.
    pub accounts: Vec<Account>,
    /// There are more than a calendar has entries for.
    pub more: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("there is no such feed, or it was revoked")]
    Unknown,
    #[error("too many requests with this token, or with tokens that are none")]
    TooMany { retry_after: Duration },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    pub async fn create_calendar_feed(
        &self,
        note: &str,
        caller: &Caller,
    ) -> Result<NewCalendarFeed, StoreError> {
        let now = self.clock.now();
        let id = CalendarFeedId::new();
        let token = PlainToken::generate(id.as_str());
        let feed = CalendarFeed {
            id,
            token_hash: token.hash(),
            note: note.to_owned(),
            made_by: caller.actor.clone(),
            created_at: now,
            last_used_at: None,
            revoked_at: None,
        };
        let event = Event::new(Action::FeedCreated, caller, now)
            .with(json!({ "calendar_feed_id": feed.id, "note": feed.note }));
        self.store.insert_calendar_feed(&feed, &event).await?;
        Ok(NewCalendarFeed { feed, token })
    }

    /// False if there is no such feed, or if it was revoked before.
    pub async fn revoke_calendar_feed(
        &self,
        id: &CalendarFeedId,
        caller: &Caller,
    ) -> Result<bool, StoreError> {
        let event = Event::new(Action::FeedRevoked, caller, self.clock.now())
            .with(json!({ "calendar_feed_id": id }));
        Ok(self.store.revoke_calendar_feed(id, &event).await? == Applied::Yes)
    }

    /// What the calendar of this token shows now.
    pub async fn read_calendar_feed(
        &self,
        token: &str,
        caller: &Caller,
    ) -> Result<Expiries, FeedError> {
        let Some(feed) = self.calendar_feed(token).await? else {
            let waits = self.limits.wrong_api_key(caller.address.as_deref());
            waits.map_err(|retry_after| FeedError::TooMany { retry_after })?;
            return Err(FeedError::Unknown);
        };
        self.limits.feed(&feed.id).map_err(|retry_after| FeedError::TooMany { retry_after })?;
        let now = self.clock.now();
        if feed.last_used_at.is_none_or(|at| now.since(at) >= TOUCH)
            && let Err(error) = self.store.touch_calendar_feed(&feed.id, now).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "a feed was not touched");
        }
        let query = AccountQuery {
            expires: Some((now.minus(SHOWN_AFTER), LAST)),
            sort: SortBy::Expiry,
            limit: ENTRIES,
            ..AccountQuery::default()
        };
        let page = self.store.list_accounts(&query).await?;
        Ok(Expiries { more: page.next.is_some(), accounts: page.accounts })
    }

    async fn calendar_feed(&self, token: &str) -> Result<Option<CalendarFeed>, StoreError> {
        let Some(token) = PlainToken::parse(token) else { return Ok(None) };
        let feed = self.store.find_calendar_feed(token.id()).await?;
        Ok(feed.filter(|feed| feed.revoked_at.is_none() && feed.token_hash.matches(&token)))
    }
}
