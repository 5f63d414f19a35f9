use linkhub::clock::Timestamp;
use linkhub::model::account::{Account, AccountStatus, Owner, StatusReason};
use linkhub::model::event::Action;
use linkhub::store::{AccountQuery, Applied};
use rstest::rstest;

use super::{Engine, NOW, Opened, account, event, linked, sealed};

fn edited(account: &Account) -> linkhub::model::event::Event {
    event(Action::AccountUpdated, account)
}

async fn found(store: &Opened, account: &Account) -> Account {
    store.find_account(&account.id).await.unwrap().expect("the account is stored")
}

#[rstest]
#[tokio::test]
async fn a_linked_account_is_found_whole(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner-1", "user-1");
    store.link(&account).await;

    assert_eq!(found(&store, &account).await, account);
    let of = store.find_account_of("owner-1", "tenant-1", "user-1").await.unwrap();
    assert_eq!(of.as_ref(), Some(&account));
    assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(sealed("one")));
    assert_eq!(store.history(&account).await.len(), 1);

    let stranger = super::account("owner-2", "user-1");
    assert_eq!(store.find_account(&stranger.id).await.unwrap(), None);
    assert_eq!(store.find_credential(&stranger.id).await.unwrap(), None);
    for (owner, tenant, user) in [
        ("owner-2", "tenant-1", "user-1"),
        ("owner-1", "tenant-2", "user-1"),
        ("owner-1", "tenant-1", "user-2"),
    ] {
        assert_eq!(store.find_account_of(owner, tenant, user).await.unwrap(), None);
    }
}

#[rstest]
#[tokio::test]
async fn the_same_owner_tenant_and_user_is_stored_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let first = account("owner-1", "user-1");
    let second = Account { label: "Second".into(), ..account("owner-1", "user-1") };
    store.link(&first).await;

    let applied = store.insert_account(&second, &sealed("two"), &[linked(&second)]).await;
    assert_eq!(applied.unwrap(), Applied::Conflict);
    assert_eq!(store.find_account(&second.id).await.unwrap(), None);
    assert_eq!(store.find_credential(&second.id).await.unwrap(), None);
    assert_eq!(store.history(&second).await, []);
    assert_eq!(store.find_credential(&first.id).await.unwrap(), Some(sealed("one")));

    store.link(&account("owner-2", "user-1")).await;
    store.link(&account("owner-1", "user-2")).await;
    let mut elsewhere = account("owner-1", "user-1");
    elsewhere.tenant.id = "tenant-2".into();
    store.link(&elsewhere).await;
}

#[rstest]
#[tokio::test]
async fn a_change_needs_the_version_that_was_read(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let read = account("owner-1", "user-1");
    store.link(&read).await;

    let first = Account { label: "First".into(), ..read.clone() };
    let applied = store.update_account(&first, None, &[edited(&first)]).await.unwrap();
    assert_eq!(applied, Applied::Yes);
    assert_eq!(found(&store, &read).await, Account { version: 2, ..first.clone() });

    let late = Account { label: "Late".into(), ..read.clone() };
    let applied = store.update_account(&late, Some(&sealed("late")), &[edited(&late)]).await;
    assert_eq!(applied.unwrap(), Applied::Conflict);
    assert_eq!(found(&store, &read).await, Account { version: 2, ..first.clone() });
    assert_eq!(store.find_credential(&read.id).await.unwrap(), Some(sealed("one")));
    assert_eq!(store.history(&read).await.len(), 2, "a conflict leaves no line of history");

    let again = Account { version: 2, label: "Again".into(), ..read.clone() };
    let applied = store.update_account(&again, None, &[edited(&again)]).await.unwrap();
    assert_eq!(applied, Applied::Yes);
    assert_eq!(found(&store, &read).await.version, 3);

    let unknown = account("owner-9", "user-9");
    let applied = store.update_account(&unknown, None, &[edited(&unknown)]).await.unwrap();
    assert_eq!(applied, Applied::Conflict);
    assert_eq!(store.find_account(&unknown.id).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn an_account_does_not_move_to_an_owner_who_has_that_user(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (mine, theirs) = (account("owner-1", "user-1"), account("owner-2", "user-1"));
    store.link(&mine).await;
    store.link(&theirs).await;

    let moved = Account { owner: theirs.owner.clone(), ..mine.clone() };
    let applied = store.update_account(&moved, None, &[edited(&moved)]).await.unwrap();
    assert_eq!(applied, Applied::Conflict);
    assert_eq!(found(&store, &mine).await, mine);

    let free = Owner { id: "owner-3".into(), name: "Free".into(), ..Owner::default() };
    let moved = Account { owner: free, ..mine.clone() };
    let applied = store.update_account(&moved, None, &[edited(&moved)]).await.unwrap();
    assert_eq!(applied, Applied::Yes);
    assert_eq!(found(&store, &mine).await.owner, moved.owner);
}

#[rstest]
#[tokio::test]
async fn a_renewed_secret_replaces_the_old_one(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = account("owner-1", "user-1");
    store.link(&account).await;

    let anew = linkhub::secret::Sealed { key_id: "ring-2".into(), ..sealed("two") };
    let applied = store.update_account(&account, Some(&anew), &[edited(&account)]).await.unwrap();
    assert_eq!(applied, Applied::Yes);
    assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(anew.clone()));
    assert_eq!(store.number("SELECT count(*) FROM credentials").await, 1);

    let account = found(&store, &account).await;
    let applied = store.update_account(&account, None, &[edited(&account)]).await.unwrap();
    assert_eq!(applied, Applied::Yes);
    assert_eq!(store.find_credential(&account.id).await.unwrap(), Some(anew));
}

#[rstest]
#[tokio::test]
async fn unlinking_leaves_nothing_but_history(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (gone, stays) = (account("owner-1", "user-1"), account("owner-2", "user-2"));
    store.link(&gone).await;
    let terms_of_one = store.number("SELECT count(*) FROM account_terms").await;
    store.link(&stays).await;

    let stale = Account { version: 7, ..gone.clone() };
    let unlinked = event(Action::AccountDeleted, &gone);
    assert_eq!(
        store.delete_account(&stale, std::slice::from_ref(&unlinked)).await.unwrap(),
        Applied::Conflict
    );
    assert_eq!(found(&store, &gone).await, gone);

    assert_eq!(
        store.delete_account(&gone, std::slice::from_ref(&unlinked)).await.unwrap(),
        Applied::Yes
    );
    assert_eq!(store.find_account(&gone.id).await.unwrap(), None);
    assert_eq!(store.find_account_of("owner-1", "tenant-1", "user-1").await.unwrap(), None);
    assert_eq!(store.find_credential(&gone.id).await.unwrap(), None);
    let search = AccountQuery { search: "owner-1".into(), limit: 10, ..AccountQuery::default() };
    assert_eq!(store.list_accounts(&search).await.unwrap().accounts, []);
    let actions: Vec<_> = store.history(&gone).await.iter().map(|event| event.action).collect();
    assert_eq!(actions, [Action::AccountDeleted, Action::AccountCreated]);
    assert_eq!(store.number("SELECT count(*) FROM account_terms").await, terms_of_one);
    assert_eq!(store.number("SELECT count(*) FROM credentials").await, 1);
    assert_eq!(found(&store, &stays).await, stays);

    let again = store.delete_account(&gone, &[event(Action::AccountDeleted, &gone)]).await;
    assert_eq!(again.unwrap(), Applied::Conflict);
    store.link(&account("owner-1", "user-1")).await;
}

#[rstest]
#[tokio::test]
async fn what_is_unknown_stays_unknown_and_what_is_known_stays_known(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    // Every nullable column, null and not null, each independent of the others.
    for bits in 0_u8..32 {
        let has = |bit: u8| bits & (1 << bit) != 0;
        let mut account = account("owner-1", &format!("user-{bits}"));
        account.user.email = has(0).then(|| "jane@example.com".into());
        account.user.tenant_admin = has(1);
        account.key.id = has(2).then(|| "key-1".into());
        account.key.created_at = has(3).then_some(NOW);
        account.key.expires_at = has(3).then_some(Timestamp::from_millis(i64::MAX));
        account.unchecked_since = has(4).then_some(Timestamp::from_millis(-1));
        store.link(&account).await;
        assert_eq!(found(&store, &account).await, account, "inserted");

        account.user.email = has(4).then(String::new);
        account.user.tenant_admin = has(3);
        account.key.id = has(1).then(|| "key-2".into());
        account.key.created_at = has(2).then_some(Timestamp::from_millis(0));
        account.key.expires_at = has(0).then_some(NOW);
        account.unchecked_since = has(1).then_some(NOW);
        let applied = store.update_account(&account, None, &[edited(&account)]).await.unwrap();
        assert_eq!(applied, Applied::Yes);
        account.version = 2;
        assert_eq!(found(&store, &account).await, account, "updated");
    }
}

#[rstest]
#[tokio::test]
async fn every_status_is_kept_with_its_reasons(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    for status in AccountStatus::ALL {
        let mut account = account(status.as_str(), "user-1");
        account.status = status;
        account.status_reasons = vec![
            StatusReason { code: "key_rejected".into(), timestamp: NOW },
            StatusReason { code: "\"'\\ \u{1f512}".into(), timestamp: Timestamp::from_millis(0) },
        ];
        store.link(&account).await;
        assert_eq!(found(&store, &account).await, account);
    }
}

/// Texts that somebody types or that Qlik answers, none longer than what is let in. The long one does
/// not compress, because a database compresses before it compares a size with its limits.
fn texts() -> Vec<String> {
    let mut at = 1_u32;
    let long: String = std::iter::repeat_with(|| {
        at = at.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from_u32(0x2_0000 + (at >> 16) % 0x8000).expect("these are ideographs")
    })
    .take(512)
    .collect();
    [
        "<script>alert(1)</script>",
        "'; DROP TABLE accounts; --",
        "\" OR 1 = 1 /*",
        "$1 ?1 :a %s {0} \\x00 \\",
        "100% _ * ? [a]",
        "line\r\nbreak\ttab",
        "\u{1}\u{7f}\u{85}\u{2028}\u{feff}\u{fffe}",
        "שלום עולם مرحبا بالعالم \u{202e}evil",
        "株式会社サンプル 你好，世界",
        "👩‍👩‍👧‍👦 🏳️‍🌈 e\u{301} \u{10ffff}",
        "İIıi ß ẞ ǅ ﬃ Σς",
        "   ",
        "",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([long, "a".repeat(512), "wörter ".repeat(73)])
    .collect()
}

#[rstest]
#[tokio::test]
async fn any_text_comes_back_as_it_was(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    for (at, text) in texts().into_iter().enumerate() {
        let mut account = account("owner-1", &format!("user-{at}"));
        account.owner.name.clone_from(&text);
        account.label.clone_from(&text);
        account.tenant.name.clone_from(&text);
        account.user.name = text.repeat(50);
        account.user.email = Some(text.clone());
        account.key.id = Some(text.clone());
        store.link(&account).await;
        assert!(found(&store, &account).await == account, "inserted: {text:.60}");

        account.label = format!("{text}!");
        let applied = store.update_account(&account, None, &[edited(&account)]).await.unwrap();
        assert_eq!(applied, Applied::Yes);
        account.version = 2;
        assert!(found(&store, &account).await == account, "updated: {text:.60}");
    }
}

#[rstest]
#[tokio::test]
async fn words_are_written_only_when_they_have_changed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const WORDS: &str = "SELECT count(*) FROM account_terms";
    let store = engine.open().await;
    let mut account = account("owner-1", "user-1");
    account.label = "Harbour".into();
    store.link(&account).await;
    // Whoever writes them anew would fill the gap.
    store.run("DELETE FROM account_terms").await;
    account.last_checked_at = NOW;
    account.check.alike = 7;
    assert!(store.update_account(&account, None, &[edited(&account)]).await.unwrap().is_yes());
    assert_eq!(store.number(WORDS).await, 0);

    account = found(&store, &account).await;
    let changes: [fn(&mut Account); 8] = [
        |account| account.label = "Meridian".into(),
        |account| account.owner.name = "Northwind".into(),
        |account| account.owner.id = "owner-2".into(),
        |account| account.tenant.name = "Lantern".into(),
        |account| account.host = "lantern.us.qlikcloud.com".into(),
        |account| account.tenant.hostname = "permanent.us.qlikcloud.com".into(),
        |account| account.user.name = "John Doe".into(),
        |account| account.user.email = Some("john@example.com".into()),
    ];
    for change in changes {
        store.run("DELETE FROM account_terms").await;
        change(&mut account);
        let applied = store.update_account(&account, None, &[edited(&account)]).await.unwrap();
        assert!(applied.is_yes());
        assert!(store.number(WORDS).await > 0, "{account:?}");
        account = found(&store, &account).await;
    }
    let query =
        |search: &str| AccountQuery { search: search.into(), limit: 10, ..AccountQuery::default() };
    assert_eq!(store.list_accounts(&query("meridian")).await.unwrap().accounts.len(), 1);
    assert_eq!(store.list_accounts(&query("harbour")).await.unwrap().accounts.len(), 0);
}
