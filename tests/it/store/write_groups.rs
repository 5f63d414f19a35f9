//! What many writers at once may rely on: on SQLite their changes share a commit.

use std::time::Duration;

use futures_util::{FutureExt as _, StreamExt as _, stream};
use linkhub::model::account::{Account, Owner};
use linkhub::model::event::Action;
use linkhub::store::{AccountQuery, Applied};
use rstest::rstest;

use super::{Engine, account, event, linked, sealed};

fn accounts(many: usize) -> Vec<Account> {
    (0..many).map(|n| account(&format!("owner-{n}"), "user-1")).collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_links_at_once_are_all_there(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let accounts = accounts(200);
    stream::iter(&accounts).for_each_concurrent(None, |account| store.link(account)).await;
    for account in &accounts {
        assert_eq!(store.find_account(&account.id).await.unwrap().as_ref(), Some(account));
        assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(sealed("one")));
        assert_eq!(store.history(account).await.len(), 1);
    }
    assert_eq!(store.count_accounts(&AccountQuery::default(), 1000).await.unwrap().found, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_links_of_the_same_user_is_stored(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let same: Vec<Account> = (0..50).map(|_| account("owner-1", "user-1")).collect();
    let applied: Vec<Applied> = stream::iter(&same)
        .map(async |account| {
            store.insert_account(account, &sealed("one"), &[linked(account)]).await.unwrap()
        })
        .buffer_unordered(50)
        .collect()
        .await;
    assert_eq!(applied.iter().filter(|applied| applied.is_yes()).count(), 1);
    assert_eq!(store.number("SELECT count(*) FROM credentials").await, 1);
    assert_eq!(store.number("SELECT count(*) FROM events").await, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_changes_of_the_same_version_wins(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let read = account("owner-1", "user-1");
    store.link(&read).await;
    let winners: Vec<String> = stream::iter(0..50)
        .map(async |n| {
            let changed = Account { label: format!("Label {n}"), ..read.clone() };
            let secret = sealed(&changed.label);
            let edited = event(Action::AccountUpdated, &changed);
            let applied = store
                .update_account(&changed, Some(&secret), std::slice::from_ref(&edited))
                .await
                .unwrap();
            applied.is_yes().then_some(changed.label)
        })
        .buffer_unordered(50)
        .filter_map(std::future::ready)
        .collect()
        .await;
    assert_eq!(winners.len(), 1);
    let stored = store.find_account(&read.id).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.label), (2, &winners[0]));
    let secret = store.find_credential(&read.id).await.unwrap();
    assert_eq!(secret, Some(sealed(&winners[0])), "row and secret are of the same change");
    assert_eq!(store.history(&read).await.len(), 2);
}

/// Two accounts of one Qlik user move to one owner: that is no fault of the database.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_accounts_moves_to_an_owner(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let accounts = accounts(30);
    for account in &accounts {
        store.link(account).await;
    }
    let moved: Vec<Applied> = stream::iter(&accounts)
        .map(async |account| {
            let owner = Owner { id: "wanted".into(), name: "Wanted".into(), ..Owner::default() };
            let moved = Account { owner, ..account.clone() };
            let edited = event(Action::AccountUpdated, &moved);
            store.update_account(&moved, None, std::slice::from_ref(&edited)).await.unwrap()
        })
        .buffer_unordered(30)
        .collect()
        .await;
    assert_eq!(moved.iter().filter(|applied| applied.is_yes()).count(), 1);
    let query = AccountQuery { owner_ids: vec!["wanted".into()], ..AccountQuery::default() };
    assert_eq!(store.count_accounts(&query, 100).await.unwrap().found, 1);
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_fails_takes_no_other_with_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let taken = linked(&account("owner-x", "user-x"));
    store.record_event(&taken).await.unwrap();
    let accounts = accounts(90);
    let stored: Vec<bool> = stream::iter(accounts.iter().enumerate())
        .map(async |(n, account)| {
            let mut linked = linked(account);
            if n % 9 == 4 {
                linked.id = taken.id.clone();
            }
            store
                .insert_account(account, &sealed("one"), std::slice::from_ref(&linked))
                .await
                .is_ok()
        })
        .buffered(90)
        .collect()
        .await;
    for (n, account) in accounts.iter().enumerate() {
        let fails = n % 9 == 4;
        assert_eq!(stored[n], !fails, "change {n}");
        let found = store.find_account(&account.id).await.unwrap();
        assert_eq!(found.is_none(), fails, "account {n}");
        let credential = store.find_credential(&account.id).await.unwrap();
        assert_eq!(credential.is_none(), fails, "secret {n}");
        assert_eq!(store.history(account).await.is_empty(), fails, "history {n}");
    }
    assert_eq!(store.number("SELECT count(*) FROM accounts").await, 80);
    assert!(store.is_ready().await);
    store.link(&account("owner-after", "user-1")).await;
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_leaves_does_not_cut_its_write(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let accounts = accounts(40);
    for account in &accounts {
        let secret = sealed("one");
        let event = linked(account);
        // Polled once, then dropped.
        let answer =
            store.insert_account(account, &secret, std::slice::from_ref(&event)).now_or_never();
        assert!(answer.is_none(), "nobody waited for the disk");
    }
    for account in &accounts {
        let mut waited = Duration::ZERO;
        while store.find_account(&account.id).await.unwrap().is_none() {
            assert!(waited < Duration::from_secs(20), "the write was cut");
            tokio::time::sleep(Duration::from_millis(20)).await;
            waited += Duration::from_millis(20);
        }
        assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(sealed("one")));
        assert_eq!(store.history(account).await.len(), 1);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_carries_out_what_was_accepted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let opened = engine.open().await;
    let accounts = accounts(20);
    stream::iter(&accounts).for_each_concurrent(None, |account| opened.link(account)).await;
    opened.close().await;
    let late = account("late", "user-1");
    assert!(opened.insert_account(&late, &sealed("one"), &[linked(&late)]).await.is_err());
    assert!(!opened.is_ready().await);

    let again = linkhub::store::Store::open(&opened.location).await.unwrap();
    assert_eq!(again.count_accounts(&AccountQuery::default(), 100).await.unwrap().found, 20);
    again.close().await;
}
