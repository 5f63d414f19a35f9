use std::collections::BTreeSet;

use futures_util::future::join_all;
use linkhub::id::ClaimId;
use linkhub::model::account::Account;
use linkhub::model::event::Action;
use linkhub::store::{Applied, RetiredKey, Store};
use rstest::rstest;

use super::retired_keys::{at, held, retired};
use super::{Engine, NOW, Opened, account, event, sealed};

async fn found(store: &Opened, account: &Account) -> Account {
    store.find_account(&account.id).await.unwrap().unwrap()
}

async fn noted(store: &Opened, account: &Account) -> Vec<RetiredKey> {
    store.list_retired_keys(&account.id).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn the_longest_due_are_claimed_first_until_the_claim_ends(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    for number in 0..5_u64 {
        let mut account = account("owner", &format!("user-{number}"));
        account.renewal.next_at = Some(at(50 - number * 10));
        store.link(&account).await;
    }
    store.link(&account("owner", "never")).await;
    let claim = ClaimId::new();
    let claimed = store.claim_renewals(&claim, at(40), at(160), 3).await.unwrap();
    let users: BTreeSet<_> = claimed.iter().map(|account| account.user.id.as_str()).collect();
    assert_eq!(users, BTreeSet::from(["user-2", "user-3", "user-4"]));
    for account in &claimed {
        assert_eq!(account.renewal.claim.as_deref(), Some(claim.as_str()));
        assert_eq!((account.renewal.next_at, account.version), (Some(at(160)), 2));
        assert_eq!(*account, found(&store, account).await, "it is as it is stored");
    }
    let rest = store.claim_renewals(&ClaimId::new(), at(40), at(160), 9).await.unwrap();
    assert_eq!(rest.iter().map(|account| account.user.id.as_str()).collect::<Vec<_>>(), ["user-1"]);
    assert_eq!(store.claim_renewals(&ClaimId::new(), at(40), at(160), 9).await.unwrap(), []);
    let after = store.claim_renewals(&ClaimId::new(), at(160), at(300), 9).await.unwrap();
    assert_eq!(after.len(), 5, "a hub that dies gives its work back by doing nothing");
}

#[rstest]
#[tokio::test]
async fn hubs_that_claim_at_the_same_moment_share_the_accounts(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let other = Store::open(&store.location).await.unwrap();
    for number in 0..60 {
        let mut account = account("owner", &format!("user-{number}"));
        account.renewal.next_at = Some(NOW);
        store.link(&account).await;
    }
    let mut taken = Vec::new();
    loop {
        let claims = (0..8).map(|hub| {
            let store = if hub % 2 == 0 { &store.store } else { &other };
            async move { store.claim_renewals(&ClaimId::new(), NOW, at(120), 7).await }
        });
        let round = join_all(claims).await.into_iter().flat_map(Result::unwrap);
        let before = taken.len();
        taken.extend(round.map(|account| account.user.id));
        if taken.len() == before {
            break;
        }
    }
    assert_eq!(taken.len(), 60, "none twice");
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 60);
}

#[rstest]
#[tokio::test]
async fn a_successor_is_announced_and_noted_only_by_whoever_has_the_claim(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let claim = ClaimId::new();
    let account = held(&store, "user", &claim).await;
    let told = event(Action::KeyNotDeleted, &account);
    let announced = RetiredKey { expires_at: Some(at(90)), ..retired(&account, None, 60) };
    let note = RetiredKey { expires_at: Some(at(80)), ..retired(&account, Some("key-2"), 60) };
    let lines = store.history(&account).await.len();

    let foreign = store.announce_successor(&announced, &ClaimId::new(), Some(&told)).await;
    assert_eq!(foreign.unwrap(), Applied::Conflict);
    let foreign = store.note_successor(&note, &ClaimId::new()).await.unwrap();
    assert_eq!(foreign, Applied::Conflict);
    assert_eq!(noted(&store, &account).await, []);
    assert_eq!(store.history(&account).await.len(), lines);

    let ours = store.announce_successor(&announced, &claim, Some(&told)).await.unwrap();
    assert_eq!(ours, Applied::Yes);
    assert_eq!(noted(&store, &account).await, [announced]);
    assert!(store.history(&account).await.contains(&told));
    assert_eq!(store.note_successor(&note, &claim).await.unwrap(), Applied::Yes);
    assert_eq!(
        noted(&store, &account).await,
        std::slice::from_ref(&note),
        "its name takes the place"
    );
    assert_eq!(found(&store, &account).await.version, 3, "whoever has read it before knows");

    // Found meanwhile by whoever deletes what is left: it is not noted as if nobody were after it.
    let again = store.note_successor(&note, &claim).await.unwrap();
    assert_eq!((again, noted(&store, &account).await), (Applied::Conflict, vec![note]));
    assert_eq!(found(&store, &account).await.version, 3);
}

/// What the account is after a renewal that stores `key-2`.
async fn renewed(store: &Opened, account: &Account) -> (Account, RetiredKey) {
    let mut after = found(store, account).await;
    after.key.id = Some("key-2".into());
    after.renewal.claim = None;
    let old = RetiredKey { retired_at: Some(NOW), ..retired(account, Some("key-1"), 600) };
    (after, old)
}

#[rstest]
#[tokio::test]
async fn key_secret_note_and_history_change_together(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let claim = ClaimId::new();
    let account = held(&store, "user", &claim).await;
    let note = retired(&account, Some("key-2"), 60);
    assert_eq!(store.note_successor(&note, &claim).await.unwrap(), Applied::Yes);
    let told = event(Action::AccountRenewed, &account);
    let (after, old) = renewed(&store, &account).await;
    let (secret, events) = (sealed("two"), [told.clone()]);

    // As it was read before the note: the version has moved.
    let stale = Account { version: 1, ..after.clone() };
    let conflict = store.succeed_key(&stale, &secret, "key-2", Some(&old), &events).await.unwrap();
    assert_eq!(conflict, Applied::Conflict);
    // A key that nobody has noted.
    let unknown = store.succeed_key(&after, &secret, "key-3", Some(&old), &events).await.unwrap();
    assert_eq!(unknown, Applied::Conflict);
    assert_eq!(noted(&store, &account).await, [note]);
    assert_eq!(found(&store, &account).await.key.id.as_deref(), Some("key-1"));
    assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(sealed("one")));
    assert!(!store.history(&account).await.contains(&told));

    let stored = store.succeed_key(&after, &secret, "key-2", Some(&old), &events).await.unwrap();
    assert_eq!(stored, Applied::Yes);
    assert_eq!(noted(&store, &account).await, [old]);
    let read = found(&store, &account).await;
    assert_eq!(read, Account { version: after.version + 1, ..after });
    assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(secret));
    assert!(store.history(&account).await.contains(&told));
    let deleted = store.claim_retired_keys(&ClaimId::new(), at(599), at(800), 9).await.unwrap();
    assert_eq!(deleted, [], "not within its time of grace");
}

#[rstest]
#[tokio::test]
async fn a_successor_that_somebody_deletes_is_not_stored(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let claim = ClaimId::new();
    let account = held(&store, "user", &claim).await;
    let note = retired(&account, Some("key-2"), 60);
    assert_eq!(store.note_successor(&note, &claim).await.unwrap(), Applied::Yes);
    let taken = store.claim_retired_keys(&ClaimId::new(), at(60), at(180), 9).await.unwrap();
    assert_eq!(taken.len(), 1);
    let (after, old) = renewed(&store, &account).await;
    let secret = sealed("two");
    let late = store.succeed_key(&after, &secret, "key-2", Some(&old), &[]).await.unwrap();
    assert_eq!(late, Applied::Conflict);
    assert_eq!(noted(&store, &account).await, taken);
    assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(sealed("one")));
}

#[rstest]
#[tokio::test]
async fn of_a_key_whose_id_was_never_known_nothing_is_noted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let claim = ClaimId::new();
    let account = held(&store, "user", &claim).await;
    let note = retired(&account, Some("key-2"), 60);
    assert_eq!(store.note_successor(&note, &claim).await.unwrap(), Applied::Yes);
    let (after, _) = renewed(&store, &account).await;
    let stored = store.succeed_key(&after, &sealed("two"), "key-2", None, &[]).await.unwrap();
    assert_eq!((stored, noted(&store, &account).await), (Applied::Yes, vec![]));
}

#[rstest]
#[tokio::test]
async fn a_key_is_stored_while_any_account_has_it(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (one, two) = (account("one", "user"), account("two", "user"));
    for account in [&one, &two] {
        assert!(account.key.id.as_deref() == Some("key-1"));
        store.link(account).await;
    }
    assert!(!store.key_is_stored("key-2").await.unwrap());
    for account in [one, two] {
        assert!(store.key_is_stored("key-1").await.unwrap());
        let told = event(Action::AccountDeleted, &account);
        assert_eq!(store.delete_account(&account, &[told]).await.unwrap(), Applied::Yes);
    }
    assert!(!store.key_is_stored("key-1").await.unwrap());
}
