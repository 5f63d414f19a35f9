use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use linkhub::model::account::Account;
use linkhub::model::account::AccountStatus;
use linkhub::model::event::Action;
use linkhub::store::{AccountCount, AccountQuery, Reach, SortBy};
use rstest::rstest;

use super::walk;
use crate::store::{Engine, NOW, Opened, account, event};

fn named(owner: &str, label: &str, tenant: &str) -> Account {
    let mut account = account(owner, "user-1");
    account.label = label.into();
    account.tenant.name = tenant.into();
    account.owner.name = format!("{label} Owner");
    account
}

async fn labels(store: &Opened, search: &str) -> Vec<String> {
    let query = AccountQuery {
        search: search.into(),
        sort: SortBy::Name,
        limit: 50,
        ..AccountQuery::default()
    };
    let page = store.list_accounts(&query).await.unwrap();
    let found = i64::try_from(page.accounts.len()).unwrap();
    let all = AccountCount { found, at_least: false };
    assert_eq!(store.count_accounts(&query, 1000).await.unwrap(), all, "{search}");
    page.accounts.into_iter().map(|account| account.label).collect()
}

#[rstest]
#[tokio::test]
async fn every_word_of_a_search_begins_a_word_of_the_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let mut accounts = [
        named("acme-1", "Northwind", "Sales EMEA"),
        named("acme-2", "Südwind", "Sales APAC"),
        named("other", "東京都 reports", "株式会社サンプル"),
    ];
    accounts[1].user.name = "Zoë O'Neil".into();
    accounts[1].user.email = Some("zoe.neil@example.org".into());
    accounts[2].host = "tokyo.jp.qlikcloud.com".into();
    accounts[2].user.email = None;
    for account in &accounts {
        store.link(account).await;
    }
    let (north, south, tokyo) = ("Northwind", "Südwind", "東京都 reports");
    let by_id = accounts[0].id.to_string();
    let cases: &[(&str, &[&str])] = &[
        ("", &[north, south, tokyo]),
        ("  .,;  ", &[north, south, tokyo]),
        ("north", &[north]),
        ("NORTHWIND", &[north]),
        ("wind", &[]),
        ("northwinds", &[]),
        ("sales", &[north, south]),
        ("sales apac", &[south]),
        ("apac sales", &[south]),
        ("sal em nor", &[north]),
        ("sales tokyo", &[]),
        ("süd", &[south]),
        ("SÜD", &[south]),
        ("sud", &[]),
        ("zoë", &[south]),
        ("neil", &[south]),
        ("o'neil", &[south]),
        ("zoe.neil@example.org", &[south]),
        ("acme", &[north, south]),
        ("acme-2", &[south]),
        ("tokyo.jp.qlikcloud.com", &[tokyo]),
        ("東京", &[tokyo]),
        ("京都", &[tokyo]),
        ("都", &[tokyo]),
        ("会社サン", &[tokyo]),
        ("京東", &[]),
        ("owner", &[north, south, tokyo]),
        (&by_id, &[north]),
        ("%", &[north, south, tokyo]),
        ("n%", &[north, south]),
        ("north_ind", &[]),
        ("' OR 1=1 --", &[]),
        ("nothing", &[]),
        // More than six words: the rest is ignored.
        ("n n n n n n nothing", &[north, south]),
    ];
    for (search, expected) in cases {
        assert_eq!(labels(&store, search).await, *expected, "search for {search:?}");
    }
}

#[rstest]
#[tokio::test]
async fn an_edited_account_is_found_by_its_new_words_only(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let account = named("acme-1", "Northwind", "Sales");
    store.link(&account).await;
    let edited = Account { label: "Eastwind".into(), ..account.clone() };
    let edited = Account {
        owner: linkhub::model::account::Owner {
            id: "acme-9".into(),
            name: "Nine".into(),
            ..linkhub::model::account::Owner::default()
        },
        ..edited
    };
    let applied =
        store.update_account(&edited, None, &[event(Action::AccountUpdated, &edited)]).await;
    assert!(applied.unwrap().is_yes());

    assert_eq!(labels(&store, "north").await, Vec::<String>::new());
    assert_eq!(labels(&store, "acme-1").await, Vec::<String>::new());
    assert_eq!(labels(&store, "east nine sales").await, ["Eastwind"]);
}

#[rstest]
#[tokio::test]
async fn a_long_word_is_found_by_as_much_as_anybody_types(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let long = "x".repeat(300);
    store.link(&named("acme-1", &long, "Sales")).await;
    for search in [&long[..39], &long[..40], &long[..41], &long] {
        assert_eq!(labels(&store, search).await.len(), 1, "{} characters", search.len());
    }
    // More different words than one statement stores.
    let words: Vec<String> = (0..90).map(|n| format!("word{n:02}")).collect();
    store.link(&named("acme-2", &words.join(" "), "Sales")).await;
    for word in &words {
        assert_eq!(labels(&store, word).await.len(), 1, "{word}");
    }
}

/// Above 3,000 hits a word is no longer looked up first; what is found stays the same.
#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn common_words_find_what_rare_ones_do(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    const MANY: usize = 5_100;
    let store = engine.open().await;
    stream::iter(0..MANY)
        .for_each_concurrent(100, async |n| {
            let mut account = account(&format!("owner-{}", n % 3), &format!("user-{n}"));
            account.label = if n % 500 == 0 { format!("Rare {n}") } else { String::new() };
            account.user.email = None;
            store.link(&account).await;
        })
        .await;

    let query = |search: &str| AccountQuery {
        search: search.into(),
        sort: SortBy::Name,
        limit: 4,
        ..AccountQuery::default()
    };
    let count = async |query: &AccountQuery| {
        let count = store.count_accounts(query, 10_000).await.unwrap();
        assert!(!count.at_least);
        count.found
    };
    assert_eq!(count(&query("")).await, 5_100);
    assert_eq!(count(&query("jane")).await, 5_100);
    assert_eq!(count(&query("jane qlikcloud my")).await, 5_100);
    assert_eq!(store.count_accounts(&query("jane"), 1_000).await.unwrap().found, 1_000);
    assert_eq!(count(&query("jane rare")).await, 11);
    assert_eq!(count(&query("jane nothing")).await, 0);
    assert_eq!(walk(&store, &query("jane rare")).await.len(), 11);

    let by_owner = AccountQuery { owner_ids: vec!["owner-2".into()], ..query("jane doe") };
    assert_eq!(count(&by_owner).await, 1_700);
    let whole = AccountQuery { limit: 300, ..by_owner };
    let mut seen = walk(&store, &whole).await;
    assert_eq!(seen.len(), 1_700);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 1_700, "every account once");
}

/// Two words that each are common may never stand together. The search then stops before it has seen
/// every account, says so, and goes on where it stopped.
#[rstest]
#[tokio::test]
async fn a_search_that_stops_early_says_so_and_goes_on(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    for n in 0..60_usize {
        let label = if n == 37 { "even odd" } else { ["even", "odd"][n % 2] };
        let mut account = account("owner", &format!("user-{n}"));
        account.label = label.into();
        account.status = AccountStatus::ALL[n / 2 % 2];
        account.linked_at = NOW.plus(Duration::from_mins(n as u64));
        store.link(&account).await;
    }
    let query = |search: &str, status: Option<AccountStatus>| AccountQuery {
        search: search.into(),
        statuses: status.into_iter().collect(),
        descending: true,
        limit: 5,
        reach: Reach { common: 3, walk: 10 },
        ..AccountQuery::default()
    };
    for (search, status, found, turns) in [
        ("even odd", None, 1, 6),
        ("odd even", Some(AccountStatus::ALL[0]), 1, 3),
        ("odd even", Some(AccountStatus::ALL[1]), 0, 3),
        // As many hits on a page as it holds, and one more.
        ("even", None, 31, 7),
        ("odd", None, 30, 6),
    ] {
        for descending in [true, false] {
            let mut query = AccountQuery { descending, ..query(search, status) };
            let (mut there, mut back) = (Vec::new(), Vec::new());
            let mut pages = 0;
            let last = loop {
                let page = store.list_accounts(&query).await.unwrap();
                pages += 1;
                assert!(page.accounts.len() == 5 || page.further == page.next);
                there.extend(super::ids(&page.accounts));
                query.from = page.next.clone();
                if query.from.is_none() {
                    break page;
                }
            };
            assert_eq!(there.len(), found, "{search} {status:?}");
            assert!(pages >= turns && pages <= turns + 1, "{pages} pages for {search}");
            let mut page = last;
            loop {
                let mut ids = super::ids(&page.accounts);
                ids.reverse();
                back.extend(ids);
                query.from = page.previous.clone();
                if query.from.is_none() {
                    break;
                }
                page = store.list_accounts(&query).await.unwrap();
            }
            there.reverse();
            assert_eq!(back, there, "{search}: a page without accounts leads back too");
        }
        let count = store.count_accounts(&query(search, status), 40).await.unwrap();
        assert!(count.at_least && count.found <= i64::try_from(found).unwrap(), "{count:?}");
    }
    let whole = AccountQuery { reach: Reach { common: 3, walk: 60 }, ..query("even odd", None) };
    let page = store.list_accounts(&whole).await.unwrap();
    assert_eq!((page.accounts.len(), page.next, page.further), (1, None, None));
    let count = store.count_accounts(&whole, 40).await.unwrap();
    assert_eq!(count, AccountCount { found: 1, at_least: false });
}
