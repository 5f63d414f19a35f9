use std::time::Duration;

use linkhub::model::event::{Action, Actor, Caller, Event};
use linkhub::store::EventQuery;
use rstest::rstest;
use serde_json::json;

use super::{Engine, NOW, account};

#[rstest]
#[tokio::test]
async fn an_event_comes_back_as_it_was(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let account = account("owner-1", "user-1");
    let actors = [
        Actor::System,
        Actor::Visitor,
        Actor::Admin { name: "admin".into() },
        Actor::Admin { name: "<b>שלום</b> 👩 ' \" --".into() },
        Actor::Admin { name: String::new() },
    ];
    for actor in actors {
        for (request_id, address) in [
            (None, None),
            (Some("req_1".to_owned()), None),
            (None, Some("2001:db8::1".to_owned())),
            (Some(String::new()), Some("192.0.2.1".to_owned())),
        ] {
            let caller = Caller { actor: actor.clone(), request_id, address };
            let detail = json!({ "label": ["\u{0} 株式会社 \"", null], "n": [1, -1.5, true] });
            let event = Event::new(Action::AccountUpdated, &caller, NOW).of(&account.id);
            let detailed = Event::new(Action::ConnectFailed, &caller, NOW).of(&account.id);
            let detailed = detailed.with(detail);
            store.record_event(&event).await.unwrap();
            store.record_event(&detailed).await.unwrap();
            let history = store.history(&account).await;
            assert!(history.contains(&event), "{event:?}");
            assert!(history.contains(&detailed), "{detailed:?}");
        }
    }
}

#[rstest]
#[tokio::test]
async fn history_is_read_in_pages_newest_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (mine, other) = (account("owner-1", "user-1"), account("owner-2", "user-1"));
    let mut expected = Vec::new();
    for n in 0..25 {
        // Many in the same millisecond: only the id tells them apart.
        let at = NOW.plus(Duration::from_millis(n % 4));
        let event = Event::new(Action::AccountChecked, &Caller::system(), at).of(&mine.id);
        store.record_event(&event).await.unwrap();
        store.record_event(&super::linked(&other)).await.unwrap();
        expected.push(event);
    }
    store.record_event(&Event::new(Action::SignedIn, &Caller::system(), NOW)).await.unwrap();
    expected.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));

    for limit in [1, 6, 25, 100] {
        let mut seen = Vec::new();
        loop {
            let before = seen.last().map(|event: &Event| (event.at, event.id.clone()));
            let query = EventQuery { account_id: &mine.id, before, limit };
            let page = store.list_events(query).await.unwrap();
            assert!(page.len() <= limit);
            if page.is_empty() {
                break;
            }
            seen.extend(page);
        }
        assert_eq!(seen, expected, "{limit} a page");
    }
}

#[rstest]
#[tokio::test]
async fn an_event_is_recorded_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let account = account("owner-1", "user-1");
    let event = super::linked(&account);
    store.record_event(&event).await.unwrap();
    assert!(store.record_event(&event).await.is_err());
    assert_eq!(store.history(&account).await, [event]);
}
