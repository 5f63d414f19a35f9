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

/// So many lines as the planner of PostgreSQL needs to see that an index is worth it.
async fn fill(store: &super::Opened) {
    if matches!(store.store, linkhub::store::Store::Sqlite { .. }) {
        return;
    }
    let mut connection = store.postgres().await;
    let lines = "INSERT INTO events (id, occurred_at, action, actor_kind, actor_name, account_id, \
         request_id, detail) SELECT 'evt_' || g, g, CASE WHEN g % 10 = 0 THEN 'admin.signed_in' \
         ELSE 'account.checked' END, CASE g % 20 WHEN 0 THEN 'admin' WHEN 1 THEN 'api_key' ELSE \
         'system' END, CASE WHEN g % 20 = 1 THEN 'lhk_' || md5((g % 7)::text) || ' x' ELSE '' END, \
         'acc_' || g % 500, 'req_' || g, '{}' FROM generate_series(1, 50000) g";
    sqlx::query(lines).execute(&mut connection).await.unwrap();
    sqlx::query("ANALYZE events").execute(&mut connection).await.unwrap();
}

/// Every way to look for lines walks an index in the order of time: nothing is read only to be sorted or thrown
/// away, but for what a rare condition leaves over.
#[rstest]
#[tokio::test]
async fn every_filter_is_found_by_an_index(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    fill(&store).await;
    let all = EventFilter::default;
    let account_id = Some(AccountId::new());
    let actions = vec![Action::AccountChecked, Action::SignedIn];
    let (request_id, key) = (Some("req_1".to_owned()), Some(Who::ApiKey(ApiKeyId::new())));
    let (system, admin) = (Some(Who::Kind("system")), Some(Who::Kind("admin")));
    let (at, one) = (Timestamp::from_millis(40_000), actions[..1].to_vec());
    let in_account =
        EventFilter { account_id: account_id.clone(), actions: actions.clone(), ..all() };
    let cases = [
        (all(), "events_by_time"),
        (EventFilter { from: Some(at), to: Some(at), ..all() }, "events_by_time"),
        (EventFilter { account_id, ..all() }, "events_by_account"),
        (EventFilter { who: system.clone(), ..in_account.clone() }, "events_by_account"),
        (EventFilter { who: key.clone(), ..in_account }, "events_by_account"),
        (EventFilter { actions: one, ..all() }, "events_by_action"),
        (EventFilter { actions: actions.clone(), ..all() }, "events_by_action"),
        (EventFilter { actions: actions.clone(), who: system, ..all() }, "events_by_action"),
        (EventFilter { who: admin, ..all() }, "events_by_actor"),
        (EventFilter { who: key.clone(), ..all() }, "events_by_api_key"),
        (EventFilter { who: key, actions, from: Some(at), ..all() }, "events_by_api_key"),
        (EventFilter { request_id, ..all() }, "events_by_request"),
    ];
    let place = || (at, linkhub::id::EventId::new());
    let ((older, id), (newer, other)) = (place(), place());
    for turn in [None, Some(Turn::Older(older, id)), Some(Turn::Newer(newer, other))] {
        for (filter, index) in &cases {
            let several = filter.actions.len() > 1 && *index == "events_by_action";
            let steps = store.explain_history(filter, turn.as_ref(), 50).await.unwrap();
            let reads: Vec<_> = steps.iter().filter(|s| s.contains("events_by_")).collect();
            // Where an action is that of most lines, PostgreSQL may walk the time instead.
            let walks = |step: &&String| match engine {
                Engine::Postgres if index.ends_with("action") => step.contains("Index Scan"),
                _ => step.contains(index),
            };
            assert!(!reads.is_empty() && reads.iter().all(walks), "{filter:?}: {steps:#?}");
            let whole = ["SCAN events", "Seq Scan"];
            let index_only = |step: &&String| !step.contains("USING INDEX");
            let reads_all = |step: &String| whole.iter().any(|scan| step.contains(scan));
            assert!(!steps.iter().filter(index_only).any(reads_all), "{filter:?}: {steps:#?}");
            // Of several actions the newest of each are merged, which are few; and what PostgreSQL knows to be few
            // it takes from the index in heaps.
            let sorts = steps.iter().any(|s| s.contains("TEMP B-TREE") || s.contains("Sort"));
            let few = steps.iter().any(|s| s.contains("Bitmap Index Scan"));
            assert!(!sorts || several || few, "{filter:?}: {steps:#?}");
        }
    }
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
