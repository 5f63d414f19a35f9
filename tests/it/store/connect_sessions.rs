use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use linkhub::clock::Timestamp;
use linkhub::id::ConnectSessionId;
use linkhub::model::account::{Account, AccountKind, Owner};
use linkhub::model::connect_session::{ConnectSession, REFUSALS_MAX, SessionState, Terms};
use linkhub::model::event::{Action, Actor, Event};
use linkhub::model::language::Language;
use linkhub::secret::PlainToken;
use linkhub::store::{Applied, Completion, SessionQuery};
use rstest::rstest;

use super::admins::recorded;
use super::{Engine, NOW, Opened, account, event, linked, sealed};

const HOUR: Duration = Duration::from_hours(1);

fn session(owner: &str) -> ConnectSession {
    let id = ConnectSessionId::new();
    ConnectSession {
        token_hash: PlainToken::generate(id.as_str()).hash(),
        id,
        terms: Terms { owner: Owner { id: owner.into(), ..Owner::default() }, ..Terms::default() },
        made_by: Actor::Admin { name: "admin".into() },
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
        opened_at: None,
        completed_at: None,
        linked_account_id: None,
        revoked_at: None,
        refusals: 0,
    }
}

async fn stored(store: &Opened, session: ConnectSession) -> ConnectSession {
    store.insert_connect_session(&session, &recorded(Action::SessionCreated)).await.unwrap();
    session
}

async fn found(store: &Opened, session: &ConnectSession) -> ConnectSession {
    store.find_connect_session(session.id.as_str()).await.unwrap().expect("it is stored")
}

/// Links `account` on the authority of `session`, when Connect was pressed at `started`.
async fn link_by(
    store: &Opened,
    session: &ConnectSession,
    account: &Account,
    started: Timestamp,
) -> Applied {
    let completion = Completion { session: &session.id, started };
    let secret = sealed(account.id.as_str());
    store.insert_account_by(completion, account, &secret, &[linked(account)]).await.unwrap()
}

fn at(at: Timestamp, action: Action) -> Event {
    Event { at, ..recorded(action) }
}

#[rstest]
#[tokio::test]
async fn a_connect_session_is_found_whole(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner-1", "user-1");
    let metadata = serde_json::json!({ "plan": "gold", "seats": [1, null, "✓"] });
    for full in [false, true] {
        let mut given = session("owner-1");
        if full {
            given.terms = Terms {
                owner: Owner { id: "o'1".into(), name: "شركة".into(), username: "jane".into() },
                account_id: Some(account.id.clone()),
                multiple: true,
                reusable: true,
                label: "Head office".into(),
                metadata: metadata.as_object().unwrap().clone(),
                kind: AccountKind::Test,
                categories: vec!["bi".into(), "a\"b".into()],
                allowed_origins: vec!["https://app.example.com".parse().unwrap()],
                success_url: Some("https://app.example.com/done?x=1".parse().unwrap()),
                language: Some(Language::Ja),
                note: "<for> Jane".into(),
            };
            given.made_by =
                Actor::ApiKey { id: linkhub::id::ApiKeyId::new(), name: "back end".into() };
            given.opened_at = Some(NOW);
            given.completed_at = Some(NOW.plus(HOUR));
            given.linked_account_id = Some(account.id.clone());
            given.revoked_at = Some(Timestamp::from_millis(-1));
            given.refusals = 7;
        }
        let given = stored(&store, given).await;
        let read = found(&store, &given).await;
        assert_eq!(format!("{read:?}"), format!("{given:?}"));
        assert_eq!(read.token_hash.as_bytes(), given.token_hash.as_bytes());
    }
    for unknown in ["", "lhc_", "' OR 1=1 --", "%"] {
        assert!(store.find_connect_session(unknown).await.unwrap().is_none(), "{unknown}");
    }
    let twice = session("owner-2");
    let twice = stored(&store, twice).await;
    let again = store.insert_connect_session(&twice, &recorded(Action::SessionCreated)).await;
    assert!(again.is_err(), "an id is used once");
}

#[rstest]
#[tokio::test]
async fn a_success_uses_a_session_up(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let session = stored(&store, session("owner-1")).await;
    let first = account("owner-1", "user-1");
    assert_eq!(link_by(&store, &session, &first, NOW).await, Applied::Yes);
    let used = found(&store, &session).await;
    assert_eq!((used.completed_at, used.linked_account_id), (Some(NOW), Some(first.id.clone())));
    assert_eq!(store.find_account(&first.id).await.unwrap().as_ref(), Some(&first));

    let second = account("owner-1", "user-2");
    assert_eq!(link_by(&store, &session, &second, NOW).await, Applied::Conflict);
    assert_eq!(store.find_account(&second.id).await.unwrap(), None);
    assert_eq!(store.find_credential(&second.id).await.unwrap(), None);
    assert_eq!(store.history(&second).await, []);
    assert_eq!(found(&store, &session).await.linked_account_id, Some(first.id.clone()));

    let renewed = Account { label: "Renewed".into(), ..first.clone() };
    let completion = Completion { session: &session.id, started: NOW };
    let event = event(Action::AccountRenewed, &renewed);
    let applied = store
        .update_account_by(completion, &renewed, &sealed("two"), std::slice::from_ref(&event))
        .await;
    assert_eq!(applied.unwrap(), Applied::Conflict);
    assert_eq!(store.find_account(&first.id).await.unwrap(), Some(first.clone()));
    assert_eq!(store.find_credential(&first.id).await.unwrap(), Some(sealed(first.id.as_str())));
}

#[rstest]
#[tokio::test]
async fn a_session_outlives_a_link_that_was_not_stored(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let there = account("owner-1", "user-1");
    store.link(&there).await;
    let session = stored(&store, session("owner-1")).await;

    // The session's guard takes effect, then the account's does not: both must be undone.
    let same = account("owner-1", "user-1");
    assert_eq!(link_by(&store, &session, &same, NOW).await, Applied::Conflict);
    let stale = Account { version: 9, ..there.clone() };
    let completion = Completion { session: &session.id, started: NOW };
    let renewed = event(Action::AccountRenewed, &stale);
    let applied = store
        .update_account_by(completion, &stale, &sealed("two"), std::slice::from_ref(&renewed))
        .await;
    assert_eq!(applied.unwrap(), Applied::Conflict);

    let open = found(&store, &session).await;
    assert_eq!((open.completed_at, &open.linked_account_id), (None, &None));
    assert_eq!(open.state(NOW), SessionState::Open);
    assert_eq!(store.find_credential(&there.id).await.unwrap(), Some(sealed("one")));
    assert_eq!(store.history(&there).await.len(), 1);

    let renewed = event(Action::AccountRenewed, &there);
    let applied = store
        .update_account_by(completion, &there, &sealed("two"), std::slice::from_ref(&renewed))
        .await;
    assert_eq!(applied.unwrap(), Applied::Yes);
    assert_eq!(store.find_credential(&there.id).await.unwrap(), Some(sealed("two")));
    assert_eq!(found(&store, &session).await.state(NOW), SessionState::Used);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_successes_at_once_one_is_stored(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(true, false)] of_one_user: bool,
) {
    let store = engine.open().await;
    let session = stored(&store, session("owner-1")).await;
    let events = store.number("SELECT count(*) FROM events").await;
    let accounts: Vec<Account> = (0..50)
        .map(|n| account("owner-1", &format!("user-{}", if of_one_user { 0 } else { n })))
        .collect();
    let winners: Vec<&Account> = stream::iter(&accounts)
        .map(async |account| {
            link_by(&store, &session, account, NOW).await.is_yes().then_some(account)
        })
        .buffer_unordered(50)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert_eq!(winners.len(), 1);
    assert_eq!(store.number("SELECT count(*) FROM accounts").await, 1);
    assert_eq!(store.number("SELECT count(*) FROM credentials").await, 1);
    assert_eq!(store.number("SELECT count(*) FROM events").await, events + 1);
    let used = found(&store, &session).await;
    assert_eq!(used.linked_account_id.as_ref(), Some(&winners[0].id));
    let secret = store.find_credential(&winners[0].id).await.unwrap();
    assert_eq!(secret, Some(sealed(winners[0].id.as_str())));
}

/// Two hubs on one PostgreSQL, or a hub and a command on one `SQLite` file.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hubs_one_uses_a_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let other = linkhub::store::Store::open(&store.location).await.unwrap();
    for round in 0..10 {
        let session = stored(&store, session("owner-1")).await;
        let [one, two] = [0, 1].map(|n| account(&format!("owner-{round}"), &format!("user-{n}")));
        let completion = Completion { session: &session.id, started: NOW };
        let (secret, event) = (sealed("two"), linked(&two));
        let (first, second) = tokio::join!(
            link_by(&store, &session, &one, NOW),
            other.insert_account_by(completion, &two, &secret, std::slice::from_ref(&event)),
        );
        assert_ne!(first.is_yes(), second.unwrap().is_yes(), "round {round}");
    }
    assert_eq!(store.number("SELECT count(*) FROM accounts").await, 10);
    other.close().await;
}

#[rstest]
#[tokio::test]
async fn a_reusable_session_links_again_and_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let mut reusable = session("owner-1");
    reusable.terms.reusable = true;
    let session = stored(&store, reusable).await;
    for n in 0..3 {
        let account = account("owner-1", &format!("user-{n}"));
        assert_eq!(link_by(&store, &session, &account, NOW).await, Applied::Yes);
        assert_eq!(found(&store, &session).await.linked_account_id, Some(account.id));
    }
    assert!(store.revoke_connect_session(&session.id, &revoked()).await.unwrap().is_yes());
    let late = account("owner-1", "user-9");
    assert_eq!(link_by(&store, &session, &late, NOW).await, Applied::Conflict);
}

#[rstest]
#[tokio::test]
async fn what_began_in_time_may_finish(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let [late, last] = ["owner-1", "owner-2"].map(session);
    let (late, last) = (stored(&store, late).await, stored(&store, last).await);
    let account = account("owner-1", "user-1");
    assert_eq!(link_by(&store, &late, &account, late.expires_at).await, Applied::Conflict);
    assert_eq!(found(&store, &late).await.completed_at, None);

    let started = Timestamp::from_millis(last.expires_at.as_millis() - 1);
    let completion = Completion { session: &last.id, started };
    let after = Event { at: last.expires_at.plus(HOUR), ..linked(&account) };
    let applied = store
        .insert_account_by(completion, &account, &sealed("one"), std::slice::from_ref(&after))
        .await;
    assert_eq!(applied.unwrap(), Applied::Yes);
    assert_eq!(found(&store, &last).await.completed_at, Some(after.at));
}

fn revoked() -> Event {
    at(NOW, Action::SessionRevoked)
}

#[rstest]
#[tokio::test]
async fn a_session_is_revoked_once_and_links_nothing_then(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let session = stored(&store, session("owner-1")).await;
    let events = store.number("SELECT count(*) FROM events").await;
    assert!(store.revoke_connect_session(&session.id, &revoked()).await.unwrap().is_yes());
    assert_eq!(found(&store, &session).await.revoked_at, Some(NOW));
    let again = store.revoke_connect_session(&session.id, &revoked()).await.unwrap();
    assert_eq!(again, Applied::Conflict);
    let unknown = store.revoke_connect_session(&ConnectSessionId::new(), &revoked()).await;
    assert_eq!(unknown.unwrap(), Applied::Conflict);
    assert_eq!(store.number("SELECT count(*) FROM events").await, events + 1);
    let account = account("owner-1", "user-1");
    assert_eq!(link_by(&store, &session, &account, NOW).await, Applied::Conflict);

    let used = stored(&store, super::connect_sessions::session("owner-1")).await;
    assert_eq!(link_by(&store, &used, &account, NOW).await, Applied::Yes);
    let late = store.revoke_connect_session(&used.id, &revoked()).await.unwrap();
    assert_eq!(late, Applied::Conflict, "there is nothing left to revoke");
}

#[rstest]
#[tokio::test]
async fn too_many_refused_keys_close_a_session(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let session = stored(&store, session("owner-1")).await;
    let refuse = async || {
        store.record_refusal(&session.id, &recorded(Action::ConnectFailed)).await.unwrap();
    };
    let many = stream::iter(1..REFUSALS_MAX).for_each_concurrent(None, |_| refuse());
    many.await;
    let open = found(&store, &session).await;
    assert_eq!((open.refusals, open.state(NOW)), (REFUSALS_MAX - 1, SessionState::Open));
    refuse().await;
    assert_eq!(found(&store, &session).await.state(NOW), SessionState::Blocked);
    let account = account("owner-1", "user-1");
    assert_eq!(link_by(&store, &session, &account, NOW).await, Applied::Conflict);
    assert_eq!(store.find_account(&account.id).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn the_first_opening_is_noted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let session = stored(&store, session("owner-1")).await;
    let first = at(NOW.plus(HOUR), Action::SessionOpened);
    let later = at(NOW.plus(2 * HOUR), Action::SessionOpened);
    let mark = async |event| store.mark_connect_session_opened(&session.id, event).await.unwrap();
    assert_eq!(mark(&first).await, Applied::Yes);
    assert_eq!(mark(&later).await, Applied::Conflict);
    assert_eq!(found(&store, &session).await.opened_at, Some(first.at));
}

#[rstest]
#[tokio::test]
async fn unlinking_revokes_the_sessions_that_would_renew_the_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (gone, stays) = (account("owner-1", "user-1"), account("owner-2", "user-1"));
    store.link(&gone).await;
    store.link(&stays).await;
    let mut sessions = Vec::new();
    for account in [Some(&gone), Some(&stays), None] {
        let mut session = session("owner-1");
        session.terms.account_id = account.map(|account| account.id.clone());
        sessions.push(stored(&store, session).await);
    }
    let unlinked = event(Action::AccountDeleted, &gone);
    let stale = Account { version: 5, ..gone.clone() };
    assert_eq!(
        store.delete_account(&stale, std::slice::from_ref(&unlinked)).await.unwrap(),
        Applied::Conflict
    );
    assert_eq!(found(&store, &sessions[0]).await.revoked_at, None);
    assert_eq!(
        store.delete_account(&gone, std::slice::from_ref(&unlinked)).await.unwrap(),
        Applied::Yes
    );
    let states = stream::iter(&sessions).then(async |s| found(&store, s).await.state(NOW));
    let states: Vec<_> = states.collect().await;
    assert_eq!(states, [SessionState::Revoked, SessionState::Open, SessionState::Open]);
}

#[rstest]
#[tokio::test]
async fn the_account_that_an_owner_linked_last_is_found(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let linked = |owner: &str, user: &str, minutes: u64| Account {
        linked_at: NOW.plus(Duration::from_mins(minutes)),
        ..account(owner, user)
    };
    let [old, new, other] =
        [linked("owner-1", "a", 1), linked("owner-1", "b", 2), linked("owner-2", "a", 3)];
    for account in [&new, &old, &other] {
        store.link(account).await;
    }
    assert_eq!(store.find_newest_account_of("owner-1").await.unwrap(), Some(new));
    assert_eq!(store.find_newest_account_of("owner-2").await.unwrap(), Some(other));
    assert_eq!(store.find_newest_account_of("owner").await.unwrap(), None);
    assert_eq!(store.find_newest_account_of("").await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn sessions_are_listed_newest_first_page_by_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let mut all = Vec::new();
    for n in 0..25_u64 {
        let mut session = session(if n % 5 == 0 { "owner-5" } else { "owner-1" });
        // Three at each instant, so that a page ends between two of the same time.
        session.created_at = NOW.plus(Duration::from_secs(n / 3));
        all.push(stored(&store, session).await);
    }
    all.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    let wanted = |owner: Option<&str>| -> Vec<ConnectSessionId> {
        let of = |s: &&ConnectSession| owner.is_none_or(|owner| s.terms.owner.id == owner);
        all.iter().filter(of).map(|session| session.id.clone()).collect()
    };
    for owner in [None, Some("owner-5"), Some("nobody")] {
        let mut query =
            SessionQuery { owner_id: owner.map(Into::into), limit: 4, ..SessionQuery::default() };
        let mut seen = Vec::new();
        loop {
            let page = store.list_connect_sessions(&query).await.unwrap();
            let Some(last) = page.last() else { break };
            assert!(page.len() <= 4);
            query.before = Some((last.created_at, last.id.clone()));
            seen.extend(page.into_iter().map(|session| session.id));
        }
        assert_eq!(seen, wanted(owner), "{owner:?}");
    }
}

#[rstest]
#[tokio::test]
async fn a_session_is_listed_as_open_or_as_ended_as_its_state_says(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let mut all = Vec::new();
    for bits in 0_u8..32 {
        let has = |bit: u8| bits & (1 << bit) != 0;
        let mut session = session("owner-1");
        session.terms.reusable = has(0);
        session.completed_at = has(1).then_some(NOW);
        session.revoked_at = has(2).then_some(NOW);
        session.refusals = if has(3) { REFUSALS_MAX } else { REFUSALS_MAX - 1 };
        session.expires_at = if has(4) { NOW } else { NOW.plus(HOUR) };
        all.push(stored(&store, session).await);
    }
    let list = async |query| {
        let mut ids: Vec<_> = store.list_connect_sessions(&query).await.unwrap();
        ids.sort_by(|a, b| a.id.cmp(&b.id));
        ids.into_iter().map(|session| session.id).collect::<Vec<_>>()
    };
    let wanted = |open: bool| -> Vec<_> {
        let mut all: Vec<_> =
            all.iter().filter(|s| (s.state(NOW) == SessionState::Open) == open).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all.into_iter().map(|session| session.id.clone()).collect()
    };
    let query = SessionQuery { limit: 100, ..SessionQuery::default() };
    let open = list(SessionQuery { open_at: Some(NOW), ..query.clone() }).await;
    assert_eq!(open, wanted(true));
    let ended = list(SessionQuery { ended_at: Some(NOW), ..query.clone() }).await;
    assert_eq!(ended, wanted(false));
    assert_eq!(open.len() + ended.len(), 32);
}

#[rstest]
#[tokio::test]
async fn old_sessions_go_and_their_history_stays(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let old = ConnectSession { expires_at: NOW, ..session("owner-1") };
    let (old, young) = (stored(&store, old).await, stored(&store, session("owner-1")).await);
    store.delete_old_connect_sessions(NOW).await.unwrap();
    found(&store, &old).await;
    store.delete_old_connect_sessions(NOW.plus(HOUR)).await.unwrap();
    assert!(store.find_connect_session(old.id.as_str()).await.unwrap().is_none());
    found(&store, &young).await;
    assert_eq!(store.number("SELECT count(*) FROM events").await, 2);
}
