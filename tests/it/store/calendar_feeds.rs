use linkhub::clock::Timestamp;
use linkhub::id::CalendarFeedId;
use linkhub::model::calendar_feed::CalendarFeed;
use linkhub::model::event::{Action, Actor};
use linkhub::secret::PlainToken;
use linkhub::store::Applied;
use rstest::rstest;

use super::admins::recorded;
use super::{Engine, NOW};

fn feed(note: &str, created_at: Timestamp) -> CalendarFeed {
    let id = CalendarFeedId::new();
    CalendarFeed {
        token_hash: PlainToken::generate(id.as_str()).hash(),
        id,
        note: note.into(),
        made_by: Actor::Admin { name: "admin".into() },
        created_at,
        last_used_at: None,
        revoked_at: None,
    }
}

#[rstest]
#[tokio::test]
async fn a_feed_is_found_whole_and_revoked_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let later = Timestamp::from_millis(NOW.as_millis() + 1);
    let (first, second) = (feed("Jane’s <1>", NOW), feed("", later));
    for feed in [&first, &second] {
        store.insert_calendar_feed(feed, &recorded(Action::FeedCreated)).await.unwrap();
        let read = store.find_calendar_feed(feed.id.as_str()).await.unwrap().unwrap();
        assert_eq!(format!("{read:?}"), format!("{feed:?}"));
        assert_eq!(read.token_hash.as_bytes(), feed.token_hash.as_bytes());
    }
    let listed = store.list_calendar_feeds(10).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|feed| &feed.id).collect();
    assert_eq!(ids, [&second.id, &first.id], "the newest first");
    assert_eq!(store.list_calendar_feeds(1).await.unwrap().len(), 1);

    store.touch_calendar_feed(&first.id, later).await.unwrap();
    let event = recorded(Action::FeedRevoked);
    assert_eq!(store.revoke_calendar_feed(&first.id, &event).await.unwrap(), Applied::Yes);
    let again = recorded(Action::FeedRevoked);
    assert_eq!(store.revoke_calendar_feed(&first.id, &again).await.unwrap(), Applied::Conflict);
    let read = store.find_calendar_feed(first.id.as_str()).await.unwrap().unwrap();
    assert_eq!((read.last_used_at, read.revoked_at), (Some(later), Some(event.at)));
    assert_eq!(store.number("SELECT count(*) FROM events").await, 3);
    assert!(store.find_calendar_feed("' OR 1=1 --").await.unwrap().is_none());
}
