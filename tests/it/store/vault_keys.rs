use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use linkhub::model::event::Action;
use linkhub::secret::Sealed;
use linkhub::store::Applied;
use rstest::rstest;

use super::{Engine, NOW, Opened, account, event, sealed};

fn canary(key_id: &str) -> Sealed {
    Sealed { key_id: key_id.into(), ..sealed("canary") }
}

async fn seals(store: &Opened) -> Vec<(String, i64)> {
    let keys = store.list_vault_keys().await.unwrap();
    keys.into_iter().map(|key| (key.canary.key_id, key.seals)).collect()
}

#[rstest]
#[tokio::test]
async fn a_key_is_introduced_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    assert_eq!(seals(&store).await, []);
    let later = NOW.plus(Duration::from_secs(1));
    assert_eq!(store.insert_vault_key(&canary("ring-9"), NOW).await.unwrap(), Applied::Yes);
    assert_eq!(store.insert_vault_key(&canary("ring-1"), later).await.unwrap(), Applied::Yes);
    let other = Sealed { key_id: "ring-9".into(), ..sealed("other") };
    assert_eq!(store.insert_vault_key(&other, later).await.unwrap(), Applied::Conflict);

    let canaries: Vec<Sealed> =
        store.list_vault_keys().await.unwrap().into_iter().map(|key| key.canary).collect();
    assert_eq!(canaries, [canary("ring-9"), canary("ring-1")], "oldest first");
}

/// Random nonces are good for a limited number of seals, so none may go uncounted.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_seal_is_counted(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    for key in ["ring-1", "ring-2"] {
        assert_eq!(store.insert_vault_key(&canary(key), NOW).await.unwrap(), Applied::Yes);
    }
    let accounts: Vec<_> = (0..60).map(|n| account(&format!("owner-{n}"), "user-1")).collect();
    stream::iter(&accounts).for_each_concurrent(None, |account| store.link(account)).await;
    let count = |key: &str, seals: i64| (key.to_owned(), seals);
    assert_eq!(seals(&store).await, [count("ring-1", 61), count("ring-2", 1)]);

    let anew = Sealed { key_id: "ring-2".into(), ..sealed("two") };
    let edited = event(Action::AccountRenewed, &accounts[0]);
    let applied = store
        .update_account(&accounts[0], Some(&anew), std::slice::from_ref(&edited))
        .await
        .unwrap();
    assert_eq!(applied, Applied::Yes);
    let late = event(Action::AccountRenewed, &accounts[0]);
    let applied =
        store.update_account(&accounts[0], Some(&anew), std::slice::from_ref(&late)).await.unwrap();
    assert_eq!(applied, Applied::Conflict);
    assert_eq!(seals(&store).await, [count("ring-1", 61), count("ring-2", 2)]);
}
