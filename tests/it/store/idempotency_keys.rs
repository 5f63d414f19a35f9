use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use linkhub::id::ApiKeyId;
use linkhub::model::api_key::Scope;
use linkhub::store::{Applied, Reservation};
use rstest::rstest;

use super::api_keys::{api_key, stored};
use super::{Engine, NOW, Opened, sealed};

async fn with_keys(engine: Engine) -> (Opened, [ApiKeyId; 2]) {
    let store = engine.open().await;
    let one = stored(&store, api_key("one", &Scope::USUAL)).await.id;
    let two = stored(&store, api_key("two", &Scope::USUAL)).await.id;
    (store, [one, two])
}

fn reservation(api_key_id: &ApiKeyId, name: &str) -> Reservation {
    Reservation {
        api_key_id: api_key_id.clone(),
        name: name.into(),
        fingerprint: b"\0\xff what was asked".to_vec(),
        created_at: NOW,
    }
}

#[rstest]
#[tokio::test]
async fn a_request_is_reserved_once_and_its_answer_remembered(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [one, two]) = with_keys(engine).await;
    let first = reservation(&one, "request-1");
    assert_eq!(store.reserve_idempotency_key(&first).await.unwrap(), Applied::Yes);
    assert_eq!(store.reserve_idempotency_key(&first).await.unwrap(), Applied::Conflict);
    let under_way = store.find_idempotency_key(&one, "request-1").await.unwrap().unwrap();
    assert_eq!(under_way.fingerprint, first.fingerprint);
    assert_eq!((under_way.created_at, under_way.answer), (NOW, None));

    store.answer_idempotency_key(&first, 201, &sealed("answer"), NOW).await.unwrap();
    let answered = store.find_idempotency_key(&one, "request-1").await.unwrap().unwrap();
    assert_eq!(answered.answer, Some((201, sealed("answer"))));

    // The same name is another request's with another key.
    assert!(store.find_idempotency_key(&two, "request-1").await.unwrap().is_none());
    let other = reservation(&two, "request-1");
    assert_eq!(store.reserve_idempotency_key(&other).await.unwrap(), Applied::Yes);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_same_requests_at_once_one_is_the_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [one, _]) = with_keys(engine).await;
    let applied: Vec<Applied> = stream::iter(0..50)
        .map(async |_| store.reserve_idempotency_key(&reservation(&one, "same")).await.unwrap())
        .buffer_unordered(50)
        .collect()
        .await;
    assert_eq!(applied.iter().filter(|applied| applied.is_yes()).count(), 1);
}

#[rstest]
#[tokio::test]
async fn a_released_or_old_name_is_free_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let (store, [one, _]) = with_keys(engine).await;
    let first = reservation(&one, "request-1");
    let later = NOW.plus(Duration::from_secs(1));
    let second = Reservation { created_at: later, ..first.clone() };
    let reserve = async |reservation| store.reserve_idempotency_key(reservation).await.unwrap();
    assert_eq!(reserve(&first).await, Applied::Yes);
    store.release_idempotency_key(&second).await.unwrap();
    assert_eq!(reserve(&second).await, Applied::Conflict, "another's reservation stays");
    store.release_idempotency_key(&first).await.unwrap();
    assert_eq!(reserve(&second).await, Applied::Yes);

    // The first has lost its name, and its late answer is not the second's.
    store.answer_idempotency_key(&first, 201, &sealed("late"), NOW).await.unwrap();
    let found = store.find_idempotency_key(&one, "request-1").await.unwrap().unwrap();
    assert_eq!((found.created_at, found.answer), (later, None));

    store.delete_old_idempotency_keys(later).await.unwrap();
    assert!(store.find_idempotency_key(&one, "request-1").await.unwrap().is_some());
    store.delete_old_idempotency_keys(later.plus(Duration::from_millis(1))).await.unwrap();
    assert!(store.find_idempotency_key(&one, "request-1").await.unwrap().is_none());
}
