use std::time::Duration;

use linkhub::model::admin::{SESSION_IDLE, SESSION_LIFETIME, Session};
use linkhub::model::event::Action;
use linkhub::store::Applied;
use rstest::rstest;

use super::admins::{admin, recorded, session};
use super::{Engine, NOW, Opened};

const SECOND: Duration = Duration::from_secs(1);

async fn with_admins(engine: Engine) -> (Opened, [linkhub::model::admin::Admin; 2]) {
    let store = engine.open().await;
    let admins = [admin("admin"), admin("other")];
    for admin in &admins {
        let event = recorded(Action::AdminCreated);
        assert!(store.insert_admin(admin, NOW, &event).await.unwrap().is_yes());
    }
    (store, admins)
}

async fn is_there(store: &Opened, session: &Session) -> bool {
    store.find_session(session.id.as_str()).await.unwrap().is_some()
}

#[rstest]
#[tokio::test]
async fn a_session_is_found_with_its_admin(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [mine, _]) = with_admins(engine).await;
    let session = session(&mine);
    let applied = store.insert_session(&session, 1, &recorded(Action::SignedIn)).await;
    assert_eq!(applied.unwrap(), Applied::Yes);

    let (found, name) = store.find_session(session.id.as_str()).await.unwrap().unwrap();
    assert_eq!((found.id, found.admin_id, name.as_str()), (session.id.clone(), mine.id, "admin"));
    assert_eq!(found.token_hash.as_bytes(), session.token_hash.as_bytes());
    assert_eq!((found.created_at, found.last_seen_at), (NOW, NOW));
    for unknown in ["", "ses_", "' OR 1=1 --", "%"] {
        assert!(store.find_session(unknown).await.unwrap().is_none());
    }
    let event = recorded(Action::SignedIn);
    let again = store.insert_session(&session, 1, &event).await;
    assert!(!matches!(again, Ok(Applied::Yes)), "an id is used once");
}

#[rstest]
#[tokio::test]
async fn a_session_needs_its_admin(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let (store, _) = with_admins(engine).await;
    let orphan = session(&admin("nobody"));
    let applied = store.insert_session(&orphan, 1, &recorded(Action::SignedIn)).await;
    assert_eq!(applied.unwrap(), Applied::Conflict);
    assert!(!is_there(&store, &orphan).await);
    assert_eq!(store.number("SELECT count(*) FROM events").await, 2, "not even history");
}

#[rstest]
#[tokio::test]
async fn use_is_remembered_and_never_taken_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [mine, _]) = with_admins(engine).await;
    let (session, other) = (session(&mine), session(&mine));
    for session in [&session, &other] {
        let applied = store.insert_session(session, 1, &recorded(Action::SignedIn)).await;
        assert_eq!(applied.unwrap(), Applied::Yes);
    }
    for (touched, seen) in [(10, 10), (5, 10), (20, 20)] {
        store.touch_session(&session.id, NOW.plus(SECOND * touched)).await.unwrap();
        let (found, _) = store.find_session(session.id.as_str()).await.unwrap().unwrap();
        assert_eq!(found.last_seen_at, NOW.plus(SECOND * seen));
        assert_eq!(found.created_at, NOW);
    }
    let (other, _) = store.find_session(other.id.as_str()).await.unwrap().unwrap();
    assert_eq!(other.last_seen_at, NOW);
}

#[rstest]
#[tokio::test]
async fn signing_out_ends_one_session_and_everywhere_ends_all_of_one_admin(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [mine, other]) = with_admins(engine).await;
    let sessions = [session(&mine), session(&mine), session(&mine), session(&other)];
    for session in &sessions {
        let applied = store.insert_session(session, 1, &recorded(Action::SignedIn)).await;
        assert_eq!(applied.unwrap(), Applied::Yes);
    }
    let alive = async || {
        let mut alive = Vec::new();
        for session in &sessions {
            alive.push(is_there(&store, session).await);
        }
        alive
    };
    store.delete_session(&sessions[0].id, &recorded(Action::SignedOut)).await.unwrap();
    assert_eq!(alive().await, [false, true, true, true]);
    store.delete_sessions(&mine.id, &recorded(Action::SignedOutAll)).await.unwrap();
    assert_eq!(alive().await, [false, false, false, true]);
    assert_eq!(
        store.number("SELECT count(*) FROM events WHERE action LIKE 'admin.signed_out%'").await,
        2
    );
}

#[rstest]
#[tokio::test]
async fn only_dead_sessions_are_cleared_away(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [mine, _]) = with_admins(engine).await;
    let now = NOW;
    let at = |created: Duration, seen: Duration| Session {
        created_at: now.minus(created),
        last_seen_at: now.minus(seen),
        ..session(&mine)
    };
    let sessions = [
        at(SESSION_IDLE, SESSION_IDLE),
        at(SESSION_IDLE, SESSION_IDLE.saturating_sub(SECOND)),
        at(SESSION_LIFETIME, Duration::ZERO),
        at(SESSION_LIFETIME.saturating_sub(SECOND), Duration::ZERO),
        at(Duration::ZERO, Duration::ZERO),
    ];
    for session in &sessions {
        let applied = store.insert_session(session, 1, &recorded(Action::SignedIn)).await;
        assert_eq!(applied.unwrap(), Applied::Yes);
    }
    store.delete_dead_sessions(now).await.unwrap();
    for session in &sessions {
        assert_eq!(is_there(&store, session).await, session.is_alive(now), "{session:?}");
    }
    assert_eq!(store.number("SELECT count(*) FROM sessions").await, 3);
}
