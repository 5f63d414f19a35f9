use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::id::{AccountId, ApiKeyId};
use linkhub::model::event::{Action, Actor, Caller, Event};
use linkhub::store::{EventFilter, EventQuery, Turn, Who};
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

/// Lines that differ in all that a filter asks for.
fn various(mine: &AccountId, key: &ApiKeyId) -> Vec<Event> {
    let actions = [Action::AccountChecked, Action::SignedIn, Action::SignInFailed];
    let actors = [
        Actor::System,
        Actor::Visitor,
        Actor::Admin { name: "admin".into() },
        Actor::ApiKey { id: key.clone(), name: "back end".into() },
        Actor::ApiKey { id: ApiKeyId::new(), name: "other".into() },
    ];
    let mut all = Vec::new();
    for n in 0..90_u32 {
        let pick = |length: usize, step: u32| (n / step) as usize % length;
        let request_id = n.is_multiple_of(4).then(|| format!("req_{}", n % 3));
        let caller = Caller { actor: actors[pick(5, 1)].clone(), request_id, address: None };
        let at = NOW.plus(Duration::from_millis((n / 7).into()));
        let event = Event::new(actions[pick(3, 2)], &caller, at);
        all.push(if n.is_multiple_of(3) { event.of(mine) } else { event });
    }
    all
}

#[rstest]
#[tokio::test]
async fn every_filter_gives_exactly_what_fits_in_both_directions(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (mine, key) = (AccountId::new(), ApiKeyId::new());
    let mut all = various(&mine, &key);
    for event in &all {
        store.record_event(event).await.unwrap();
    }
    all.sort_by(|a, b| (b.at, &b.id).cmp(&(a.at, &a.id)));

    let accounts = [None, Some(mine)];
    let actions = [vec![], vec![Action::SignedIn], vec![Action::SignedIn, Action::AccountChecked]];
    let whos = [None, Some(Who::Kind("system")), Some(Who::Kind("admin")), Some(Who::ApiKey(key))];
    let requests = [None, Some("req_1".to_owned()), Some("req_9".to_owned())];
    let at = |millis| Some(NOW.plus(Duration::from_millis(millis)));
    let times = [(None, None), (at(3), None), (None, at(6)), (at(2), at(9))];
    for (account_id, actions, who, request_id, (from, to)) in
        combinations(&accounts, &actions, &whos, &requests, &times)
    {
        let filter = EventFilter { account_id, actions, who, from, to, request_id };
        let fits = |event: &&Event| {
            let Caller { actor, request_id, .. } = &event.caller;
            (filter.account_id.is_none() || event.account_id == filter.account_id)
                && (filter.actions.is_empty() || filter.actions.contains(&event.action))
                && match &filter.who {
                    None => true,
                    Some(Who::Kind(kind)) => actor.kind() == *kind,
                    Some(Who::ApiKey(id)) => {
                        matches!(actor, Actor::ApiKey { id: i, .. } if i == id)
                    }
                }
                && filter.from.is_none_or(|from| event.at >= from)
                && filter.to.is_none_or(|to| event.at < to)
                && (filter.request_id.is_none() || *request_id == filter.request_id)
        };
        let expected: Vec<Event> = all.iter().filter(fits).cloned().collect();
        let mut seen: Vec<Event> = Vec::new();
        loop {
            let turn = seen.last().map(|event| Turn::Older(event.at, event.id.clone()));
            let page = store.list_history(&filter, turn.as_ref(), 20).await.unwrap();
            seen.extend(page.iter().cloned());
            if page.len() < 20 {
                break;
            }
        }
        assert_eq!(seen, expected, "{filter:?}");
        let Some(place) = expected.get(expected.len() / 2) else { continue };
        let turn = Turn::Newer(place.at, place.id.clone());
        let newer = store.list_history(&filter, Some(&turn), 3).await.unwrap();
        let middle = expected.len() / 2;
        assert_eq!(newer, expected[middle.saturating_sub(3)..middle], "{filter:?}");
    }
}

type Choices = (
    Option<AccountId>,
    Vec<Action>,
    Option<Who>,
    Option<String>,
    (Option<Timestamp>, Option<Timestamp>),
);

/// Every combination.
fn combinations(
    accounts: &[Option<AccountId>],
    actions: &[Vec<Action>],
    whos: &[Option<Who>],
    requests: &[Option<String>],
    times: &[(Option<Timestamp>, Option<Timestamp>)],
) -> Vec<Choices> {
    let mut all = Vec::new();
    for account in accounts {
        for action in actions {
            for who in whos {
                for request in requests {
                    for time in times {
                        let (account, action) = (account.clone(), action.clone());
                        all.push((account, action, who.clone(), request.clone(), *time));
                    }
                }
            }
        }
    }
    all
}
