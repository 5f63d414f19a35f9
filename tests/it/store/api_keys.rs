use std::time::Duration;

use linkhub::id::ApiKeyId;
use linkhub::model::api_key::{ApiKey, Scope};
use linkhub::model::event::{Action, Actor};
use linkhub::secret::PlainToken;
use linkhub::store::Applied;
use rstest::rstest;

use super::admins::recorded;
use super::{Engine, NOW, Opened};

pub(super) fn api_key(name: &str, scopes: &[Scope]) -> ApiKey {
    let id = ApiKeyId::new();
    ApiKey {
        token_hash: PlainToken::generate(id.as_str()).hash(),
        id,
        name: name.into(),
        scopes: scopes.to_vec(),
        made_by: Actor::Admin { name: "admin".into() },
        created_at: NOW,
        last_used_at: None,
        revoked_at: None,
    }
}

pub(super) async fn stored(store: &Opened, key: ApiKey) -> ApiKey {
    store.insert_api_key(&key, &recorded(Action::ApiKeyCreated)).await.unwrap();
    key
}

async fn found(store: &Opened, key: &ApiKey) -> ApiKey {
    store.find_api_key(key.id.as_str()).await.unwrap().expect("it is stored")
}

#[rstest]
#[tokio::test]
async fn an_api_key_is_found_whole(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let other = ApiKey {
        made_by: Actor::System,
        last_used_at: Some(NOW),
        revoked_at: Some(NOW),
        ..api_key("", &[])
    };
    for key in [api_key("Jane’s \"back end\" <1>", &Scope::ALL), other] {
        let key = stored(&store, key).await;
        let read = found(&store, &key).await;
        assert_eq!(format!("{read:?}"), format!("{key:?}"));
        assert_eq!(read.token_hash.as_bytes(), key.token_hash.as_bytes());
        assert!(store.insert_api_key(&key, &recorded(Action::ApiKeyCreated)).await.is_err());
    }
    for unknown in ["", "lhk_", "' OR 1=1 --", "%"] {
        assert!(store.find_api_key(unknown).await.unwrap().is_none(), "{unknown}");
    }
    assert_eq!(store.number("SELECT count(*) FROM events").await, 2);
}

#[rstest]
#[tokio::test]
async fn api_keys_are_listed_newest_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    assert!(store.list_api_keys().await.unwrap().is_empty());
    for (name, seconds) in [("second", 2), ("first", 1), ("third", 3)] {
        let created_at = NOW.plus(Duration::from_secs(seconds));
        stored(&store, ApiKey { created_at, ..api_key(name, &Scope::USUAL) }).await;
    }
    let names: Vec<_> =
        store.list_api_keys().await.unwrap().into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["third", "second", "first"]);
}

#[rstest]
#[tokio::test]
async fn an_api_key_is_revoked_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let key = stored(&store, api_key("back end", &Scope::USUAL)).await;
    let stays = stored(&store, api_key("other", &Scope::USUAL)).await;
    let event = recorded(Action::ApiKeyRevoked);
    assert_eq!(store.revoke_api_key(&key.id, &event).await.unwrap(), Applied::Yes);
    assert_eq!(found(&store, &key).await.revoked_at, Some(NOW));
    let again = store.revoke_api_key(&key.id, &recorded(Action::ApiKeyRevoked)).await;
    assert_eq!(again.unwrap(), Applied::Conflict);
    let unknown = store.revoke_api_key(&ApiKeyId::new(), &recorded(Action::ApiKeyRevoked)).await;
    assert_eq!(unknown.unwrap(), Applied::Conflict);
    assert_eq!(store.number("SELECT count(*) FROM events").await, 3, "a conflict leaves no line");
    assert_eq!(found(&store, &stays).await.revoked_at, None);
}

#[rstest]
#[tokio::test]
async fn the_use_of_a_key_is_noted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let key = stored(&store, api_key("back end", &Scope::USUAL)).await;
    let other = stored(&store, api_key("other", &Scope::USUAL)).await;
    let later = NOW.plus(Duration::from_secs(5));
    store.touch_api_key(&key.id, later).await.unwrap();
    store.touch_api_key(&ApiKeyId::new(), later).await.unwrap();
    assert_eq!(found(&store, &key).await.last_used_at, Some(later));
    assert_eq!(found(&store, &other).await.last_used_at, None);
}
