use std::collections::BTreeSet;
use std::time::Duration;

use futures_util::future::join_all;
use linkhub::clock::Timestamp;
use linkhub::id::ClaimId;
use linkhub::model::account::Account;
use linkhub::model::event::Action;
use linkhub::store::{Applied, RetiredKey, Store};
use rstest::rstest;

use super::{Engine, NOW, Opened, account, event, sealed};

pub fn at(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// To be deleted so many seconds from now.
pub fn retired(account: &Account, key_id: Option<&str>, seconds: u64) -> RetiredKey {
    RetiredKey {
        account_id: account.id.clone(),
        key_id: key_id.map(str::to_owned),
        user_id: account.user.id.clone(),
        retired_at: None,
        expires_at: None,
        delete_at: at(seconds),
        attempts: 0,
    }
}

/// An account whose renewal this claim has.
pub async fn held(store: &Opened, user: &str, claim: &ClaimId) -> Account {
    let mut account = account("owner", user);
    account.renewal.claim = Some(claim.as_str().to_owned());
    store.link(&account).await;
    account
}

/// Has these keys to be deleted, by the only way that leads there without a successor: their names were found.
async fn stored(store: &Opened, account: &Account, keys: &[RetiredKey]) {
    let claim = ClaimId::new();
    let mut held = store.find_account(&account.id).await.unwrap().unwrap();
    let before = held.renewal.claim.replace(claim.as_str().to_owned());
    assert_eq!(store.update_account(&held, None, &[]).await.unwrap(), Applied::Yes);
    let long_ago = Timestamp::from_millis(1);
    let announced = RetiredKey { delete_at: long_ago, ..retired(account, None, 0) };
    assert_eq!(store.announce_successor(&announced, &claim, None).await.unwrap(), Applied::Yes);
    let taken = store.claim_retired_keys(&claim, long_ago, NOW, 9).await.unwrap();
    assert_eq!(taken.len(), 1, "{taken:?}");
    let named = store.name_retired_key(&taken[0], &claim, keys).await.unwrap();
    assert_eq!(named, Applied::Yes);
    let mut held = store.find_account(&account.id).await.unwrap().unwrap();
    held.renewal.claim = before;
    assert_eq!(store.update_account(&held, None, &[]).await.unwrap(), Applied::Yes);
}

async fn all(store: &Store, account: &Account) -> Vec<RetiredKey> {
    store.list_retired_keys(&account.id).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn a_retired_key_is_found_whole(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let account = account("owner", "user");
    store.link(&account).await;
    assert_eq!(all(&store, &account).await, []);
    let whole = RetiredKey {
        user_id: "another'user".into(),
        retired_at: Some(at(1)),
        expires_at: Some(at(2)),
        ..retired(&account, Some("key-a"), 3)
    };
    let bare = retired(&account, Some("key-b"), 4);
    stored(&store, &account, &[bare.clone(), whole.clone()]).await;
    assert_eq!(all(&store, &account).await, [whole, bare], "in the order of their ids");
    let other = super::account("owner", "other");
    assert_eq!(all(&store, &other).await, [], "those of one account");
}

#[rstest]
#[tokio::test]
async fn the_longest_due_are_claimed_first_and_each_try_is_counted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner", "user");
    store.link(&account).await;
    let keys: Vec<_> =
        (0..5).map(|n| retired(&account, Some(&format!("key-{n}")), 50 - n * 10)).collect();
    stored(&store, &account, &keys).await;
    let (claim, until) = (ClaimId::new(), at(160));
    let claimed = store.claim_retired_keys(&claim, at(40), until, 3).await.unwrap();
    let expected = ["key-2", "key-3", "key-4"]
        .map(|id| RetiredKey { attempts: 1, ..retired(&account, Some(id), 160) });
    assert_eq!(claimed, expected);
    let rest = store.claim_retired_keys(&ClaimId::new(), at(40), until, 9).await.unwrap();
    assert_eq!(rest.iter().map(|key| key.key_id.as_deref()).collect::<Vec<_>>(), [Some("key-1")]);
    let nothing = store.claim_retired_keys(&ClaimId::new(), at(40), until, 9).await.unwrap();
    assert_eq!(nothing, [], "what is claimed is nobody else's, what is not due is left alone");
    let again = store.claim_retired_keys(&ClaimId::new(), until, at(300), 9).await.unwrap();
    let tries: Vec<_> = again.iter().map(|key| key.attempts).collect();
    assert_eq!(tries, [1, 2, 2, 2, 2], "a hub that dies gives its work back by doing nothing");
}

#[rstest]
#[tokio::test]
async fn hubs_that_claim_at_the_same_moment_share_the_keys(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let other = Store::open(&store.location).await.unwrap();
    let mut due = BTreeSet::new();
    for user in 0..4 {
        let account = account("owner", &format!("user-{user}"));
        store.link(&account).await;
        let keys: Vec<_> =
            (0..10).map(|n| retired(&account, Some(&format!("key-{n}")), 1)).collect();
        stored(&store, &account, &keys).await;
        due.extend(keys.into_iter().map(|key| (key.account_id, key.key_id)));
    }
    let mut taken = Vec::new();
    loop {
        let claims = (0..8).map(|hub| {
            let store = if hub % 2 == 0 { &store.store } else { &other };
            async move { store.claim_retired_keys(&ClaimId::new(), at(1), at(120), 7).await }
        });
        let round = join_all(claims).await.into_iter().flat_map(Result::unwrap);
        let before = taken.len();
        taken.extend(round.map(|key| (key.account_id, key.key_id)));
        if taken.len() == before {
            break;
        }
    }
    assert_eq!(taken.len(), due.len(), "none twice");
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), due);
}

#[rstest]
#[tokio::test]
async fn only_whoever_has_the_claim_postpones_a_key(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner", "user");
    store.link(&account).await;
    let keys = [retired(&account, Some("key-a"), 1), retired(&account, Some("key-b"), 900)];
    stored(&store, &account, &keys).await;
    let claim = ClaimId::new();
    let claimed = store.claim_retired_keys(&claim, at(1), at(120), 9).await.unwrap();
    let again = RetiredKey { delete_at: at(500), attempts: 0, ..claimed[0].clone() };
    let foreign = store.postpone_retired_key(&again, &ClaimId::new()).await.unwrap();
    assert_eq!(foreign, Applied::Conflict);
    assert_eq!(all(&store, &account).await[0], claimed[0]);
    assert_eq!(store.postpone_retired_key(&again, &claim).await.unwrap(), Applied::Yes);
    assert_eq!(all(&store, &account).await, [again, keys[1].clone()], "and no other key");
}

#[rstest]
#[tokio::test]
async fn a_key_goes_with_its_line_of_history_and_only_as_it_was_read(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner", "user");
    store.link(&account).await;
    let keys = [retired(&account, Some("key-a"), 1), retired(&account, Some("key-b"), 1)];
    stored(&store, &account, &keys).await;
    let told = event(Action::KeyDeleted, &account);
    let count = store.history(&account).await.len();

    let claimed = store.claim_retired_keys(&ClaimId::new(), at(1), at(120), 9).await.unwrap();
    let stale = store.remove_retired_key(&keys[0], Some(&told)).await.unwrap();
    assert_eq!(stale, Applied::Conflict, "somebody has taken it on");
    assert_eq!(all(&store, &account).await.len(), 2);
    assert_eq!(store.history(&account).await.len(), count);

    let removed = store.remove_retired_key(&claimed[0], Some(&told)).await.unwrap();
    assert_eq!(removed, Applied::Yes);
    assert_eq!(store.remove_retired_key(&claimed[1], None).await.unwrap(), Applied::Yes);
    let twice = store.remove_retired_key(&claimed[0], Some(&told)).await.unwrap();
    assert_eq!(twice, Applied::Conflict);
    assert_eq!(all(&store, &account).await, []);
    let history = store.history(&account).await;
    assert_eq!(history.len(), count + 1, "told once");
    assert!(history.contains(&told));
}

#[rstest]
#[tokio::test]
async fn what_was_found_takes_the_place_of_what_had_no_name(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let renewal = ClaimId::new();
    let account = held(&store, "user", &renewal).await;
    let announced = retired(&account, None, 1);
    assert_eq!(store.announce_successor(&announced, &renewal, None).await.unwrap(), Applied::Yes);
    let claim = ClaimId::new();
    let taken = store.claim_retired_keys(&claim, at(1), at(120), 9).await.unwrap();
    let found = [retired(&account, Some("key-x"), 2), retired(&account, Some("key-y"), 2)];
    let foreign = store.name_retired_key(&taken[0], &ClaimId::new(), &found).await.unwrap();
    assert_eq!(foreign, Applied::Conflict);

    // A run that announces another one ends the claim: what is found now may be that one.
    let next = retired(&account, None, 1);
    assert_eq!(store.announce_successor(&next, &renewal, None).await.unwrap(), Applied::Yes);
    let late = store.name_retired_key(&taken[0], &claim, &found).await.unwrap();
    assert_eq!(late, Applied::Conflict);
    assert_eq!(all(&store, &account).await, [next]);

    let claim = ClaimId::new();
    let taken = store.claim_retired_keys(&claim, at(1), at(120), 9).await.unwrap();
    let named = store.name_retired_key(&taken[0], &claim, &found).await.unwrap();
    assert_eq!((named, all(&store, &account).await), (Applied::Yes, found.to_vec()));
}

#[rstest]
#[tokio::test]
async fn retired_keys_go_with_their_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (one, two) = (account("owner", "one"), account("owner", "two"));
    for account in [&one, &two] {
        store.link(account).await;
        stored(&store, account, &[retired(account, Some("key-a"), 1)]).await;
    }
    let read = store.find_account(&one.id).await.unwrap().unwrap();
    let told = event(Action::AccountDeleted, &one);
    assert_eq!(store.delete_account(&read, &[told]).await.unwrap(), Applied::Yes);
    assert_eq!(all(&store, &one).await, []);
    assert_eq!(all(&store, &two).await.len(), 1);
}

#[rstest]
#[tokio::test]
async fn a_key_that_is_stored_again_is_not_to_be_deleted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner", "user");
    store.link(&account).await;
    let keys = [retired(&account, Some("key-a"), 1), retired(&account, Some("key-b"), 1)];
    stored(&store, &account, &keys).await;
    let mut pasted = store.find_account(&account.id).await.unwrap().unwrap();
    pasted.key.id = Some("key-b".into());
    let secret = sealed("two");
    assert_eq!(store.update_account(&pasted, Some(&secret), &[]).await.unwrap(), Applied::Yes);
    assert_eq!(all(&store, &account).await, keys[..1]);
}
