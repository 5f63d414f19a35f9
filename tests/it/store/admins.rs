use linkhub::id::{AdminId, SetupId};
use linkhub::model::admin::{Admin, Session};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::secret::PlainToken;
use linkhub::store::Applied;
use rstest::rstest;

use super::{Engine, NOW};

pub(super) fn admin(name: &str) -> Admin {
    Admin {
        id: AdminId::new(),
        version: 1,
        name: name.into(),
        password_hash: format!("$argon2id$of-{name}"),
    }
}

pub(super) fn recorded(action: Action) -> Event {
    Event::new(action, &Caller::system(), NOW)
}

pub(super) fn session(admin: &Admin) -> Session {
    let id = linkhub::id::SessionId::new();
    let token_hash = PlainToken::generate(id.to_string()).hash();
    Session { id, admin_id: admin.id.clone(), token_hash, created_at: NOW, last_seen_at: NOW }
}

#[rstest]
#[tokio::test]
async fn an_admin_is_created_once_and_voids_setup_links(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let setup = SetupId::new();
    let hash = PlainToken::generate(setup.to_string()).hash();
    store.replace_setup_link(&setup, &hash, NOW).await.unwrap();
    assert_eq!(store.count_admins().await.unwrap(), 0);
    assert!(store.find_admin("admin").await.unwrap().is_none());

    let admin = admin("admin");
    let applied = store.insert_admin(&admin, NOW, &recorded(Action::AdminCreated)).await;
    assert_eq!(applied.unwrap(), Applied::Yes);
    let found = store.find_admin("admin").await.unwrap().unwrap();
    assert_eq!((&found.id, found.version, &found.name), (&admin.id, 1, &admin.name));
    assert_eq!(found.password_hash, admin.password_hash);
    assert!(store.find_setup_link(setup.as_str()).await.unwrap().is_none());
    assert!(store.find_admin("Admin").await.unwrap().is_none());

    store.replace_setup_link(&setup, &hash, NOW).await.unwrap();
    let second = self::admin("admin");
    let applied = store.insert_admin(&second, NOW, &recorded(Action::AdminCreated)).await;
    assert_eq!(applied.unwrap(), Applied::Conflict);
    assert_eq!(store.count_admins().await.unwrap(), 1);
    assert_eq!(store.find_admin("admin").await.unwrap().unwrap().id, admin.id);
    assert!(store.find_setup_link(setup.as_str()).await.unwrap().is_some());
    assert_eq!(store.number("SELECT count(*) FROM events").await, 1);
}

#[rstest]
#[tokio::test]
async fn a_new_password_ends_every_session_of_its_admin(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (mine, other) = (admin("admin"), admin("other"));
    for admin in [&mine, &other] {
        let applied = store.insert_admin(admin, NOW, &recorded(Action::AdminCreated)).await;
        assert_eq!(applied.unwrap(), Applied::Yes);
    }
    let sessions = [session(&mine), session(&mine), session(&other)];
    for session in &sessions {
        let applied = store.insert_session(session, 1, &recorded(Action::SignedIn)).await;
        assert_eq!(applied.unwrap(), Applied::Yes);
    }

    let changed = Admin { password_hash: "$argon2id$new".into(), ..mine.clone() };
    let event = recorded(Action::PasswordChanged);
    assert_eq!(store.update_password(&changed, NOW, &event).await.unwrap(), Applied::Yes);
    let found = store.find_admin("admin").await.unwrap().unwrap();
    assert_eq!((found.version, found.password_hash.as_str()), (2, "$argon2id$new"));
    let mut alive = Vec::new();
    for session in &sessions {
        alive.push(store.find_session(session.id.as_str()).await.unwrap().is_some());
    }
    assert_eq!(alive, [false, false, true]);

    // The version that was read is gone: nothing changes, nobody is signed out.
    let stale = store.insert_session(&session(&mine), 1, &recorded(Action::SignedIn)).await;
    assert_eq!(stale.unwrap(), Applied::Conflict, "signed in with the old password");
    let again = session(&mine);
    let applied = store.insert_session(&again, 2, &recorded(Action::SignedIn)).await;
    assert_eq!(applied.unwrap(), Applied::Yes);
    let late = Admin { password_hash: "$argon2id$late".into(), ..mine };
    let event = recorded(Action::PasswordChanged);
    assert_eq!(store.update_password(&late, NOW, &event).await.unwrap(), Applied::Conflict);
    let found = store.find_admin("admin").await.unwrap().unwrap();
    assert_eq!(found.password_hash, "$argon2id$new");
    assert!(store.find_session(again.id.as_str()).await.unwrap().is_some());
}
