mod search;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linkhub::clock::Timestamp;
use linkhub::id::AccountId;
use linkhub::model::account::{Account, AccountStatus};
use linkhub::store::{AccountCount, AccountQuery, Cursor, SortBy};
use rstest::rstest;

use super::{Engine, NOW, Opened, account};

fn later(hours: u64) -> Timestamp {
    NOW.plus(Duration::from_hours(hours))
}

/// Accounts with many equal sort keys and unknown expiries, so that an order which the id does not
/// settle, or a page that begins in the wrong place, shows.
fn many() -> Vec<Account> {
    let names = ["Ärzte", "beta", "Beta", "šaty", "東京", "zeta", "a_b", "ab"];
    (0..130_usize)
        .map(|n| {
            let mut account = account(&format!("owner-{}", n % 7), &format!("user-{n}"));
            account.owner.name = ["Zoo", "alpha", "Alpha", "écho"][n % 4].into();
            account.label = names[n % 8].into();
            account.linked_at = later(n as u64 % 3);
            account.last_checked_at = later(n as u64 % 5);
            account.key.expires_at = (n % 3 != 0).then(|| later(n as u64 % 11));
            account.status = AccountStatus::ALL[n % 4];
            account.unchecked_since = (n % 6 == 1).then(|| later(n as u64 % 4));
            account
        })
        .collect()
}

/// What the list is sorted by, written down a second time.
fn expected(accounts: &[Account], sort: SortBy, descending: bool) -> Vec<String> {
    let mut sorted: Vec<&Account> = accounts.iter().collect();
    sorted.sort_by_key(|account| {
        let millis = |at: Timestamp| (at.as_millis(), String::new());
        let key = match sort {
            SortBy::Linked => millis(account.linked_at),
            SortBy::Checked => millis(account.last_checked_at),
            SortBy::Expiry => {
                millis(account.key.expires_at.unwrap_or(Timestamp::from_millis(i64::MAX)))
            }
            SortBy::Name => (0, account.label.to_lowercase()),
            SortBy::Owner => (0, account.owner.name.to_lowercase()),
            SortBy::Unchecked => millis(account.unchecked_since.unwrap()),
        };
        (key, account.id.clone())
    });
    if descending {
        sorted.reverse();
    }
    sorted.into_iter().map(|account| account.id.to_string()).collect()
}

fn ids(accounts: &[Account]) -> Vec<String> {
    accounts.iter().map(|account| account.id.to_string()).collect()
}

/// As a browser does it: the cursor goes through a URL.
fn through_url(cursor: &Cursor, sort: SortBy) -> Option<Cursor> {
    let read = Cursor::decode(&cursor.encode(), sort);
    assert_eq!(read.as_ref(), Some(cursor));
    read
}

/// All pages to the end and back to the beginning; both ways must show the same pages.
async fn walk(store: &Opened, query: &AccountQuery) -> Vec<String> {
    let mut query = query.clone();
    let mut pages = Vec::new();
    let mut page = store.list_accounts(&query).await.unwrap();
    assert_eq!(page.previous, None, "nothing is before the first page");
    loop {
        pages.push(ids(&page.accounts));
        let Some(next) = &page.next else { break };
        assert_eq!(page.accounts.len(), query.limit);
        query.from = through_url(next, query.sort);
        page = store.list_accounts(&query).await.unwrap();
        assert!(!page.accounts.is_empty(), "there is no empty last page");
    }
    for at in (0..pages.len() - 1).rev() {
        let previous = page.previous.as_ref().expect("there are pages before this one");
        query.from = through_url(previous, query.sort);
        page = store.list_accounts(&query).await.unwrap();
        assert_eq!(ids(&page.accounts), pages[at], "page {at} on the way back");
        assert!(page.next.is_some());
    }
    assert_eq!(page.previous, None, "back at the first page");
    pages.concat()
}

#[rstest]
#[tokio::test]
async fn every_order_shows_every_account_once_forwards_and_back(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let accounts = many();
    for account in &accounts {
        store.link(account).await;
    }
    for sort in SortBy::ALL {
        for descending in [false, true] {
            // A page that is full to the last row, the whole list at once, and pages that are not full.
            for limit in [1, 7, 13, 129, 130, 131] {
                let query = AccountQuery { sort, descending, limit, ..AccountQuery::default() };
                let seen = walk(&store, &query).await;
                assert_eq!(
                    seen,
                    expected(&accounts, sort, descending),
                    "{sort:?}, descending {descending}, {limit} a page"
                );
            }
            let mut query = AccountQuery { sort, descending, limit: 4, ..AccountQuery::default() };
            query.statuses = vec![AccountStatus::Expired];
            query.owner_ids = vec!["owner-3".into()];
            query.search = "jane".into();
            let filtered: Vec<Account> = accounts
                .iter()
                .filter(|account| account.status == AccountStatus::Expired)
                .filter(|account| account.owner.id == "owner-3")
                .cloned()
                .collect();
            assert!(filtered.len() > 4, "more than a page");
            assert_eq!(walk(&store, &query).await, expected(&filtered, sort, descending));
        }
    }
}

#[rstest]
#[tokio::test]
async fn filters_find_what_they_say(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let accounts = many();
    for account in &accounts {
        store.link(account).await;
    }
    let all = AccountQuery { sort: SortBy::Expiry, limit: 200, ..AccountQuery::default() };
    let check = async |query: AccountQuery, fits: &dyn Fn(&Account) -> bool| {
        let fitting: Vec<Account> = accounts.iter().filter(|a| fits(a)).cloned().collect();
        let page = store.list_accounts(&query).await.unwrap();
        assert_eq!(ids(&page.accounts), expected(&fitting, query.sort, false), "{query:?}");
        let found = i64::try_from(fitting.len()).unwrap();
        let all = AccountCount { found, at_least: false };
        assert_eq!(store.count_accounts(&query, 1000).await.unwrap(), all, "{query:?}");
        let some = AccountCount { found: found.min(5), at_least: found >= 5 };
        assert_eq!(store.count_accounts(&query, 5).await.unwrap(), some, "at most 5");
    };

    check(all.clone(), &|_| true).await;
    for status in AccountStatus::ALL {
        let query = AccountQuery { statuses: vec![status], ..all.clone() };
        check(query, &|account| account.status == status).await;
    }
    for owner in ["owner-0", "owner-6", "owner", "OWNER-0", "", "%", "' OR 1=1 --"] {
        let query = AccountQuery { owner_ids: vec![owner.into()], ..all.clone() };
        check(query, &|account| account.owner.id == owner).await;
    }
    let owners = ["owner-0", "owner-6", "owner-0", "nobody"];
    let some = [AccountStatus::Error, AccountStatus::Active, AccountStatus::Error];
    let several = AccountQuery { statuses: some.to_vec(), ..all.clone() };
    check(several.clone(), &|account| some.contains(&account.status)).await;
    let owned = AccountQuery { owner_ids: owners.map(Into::into).to_vec(), ..all.clone() };
    check(owned, &|account| owners.contains(&account.owner.id.as_str())).await;
    let both = AccountQuery { owner_ids: owners.map(Into::into).to_vec(), ..several };
    check(both.clone(), &|account| {
        some.contains(&account.status) && owners.contains(&account.owner.id.as_str())
    })
    .await;
    let found = AccountQuery { search: "jane".into(), ..both };
    check(found, &|account| {
        some.contains(&account.status) && owners.contains(&account.owner.id.as_str())
    })
    .await;
    let named: Vec<AccountId> = accounts.iter().step_by(9).map(|a| a.id.clone()).collect();
    let by_id = AccountQuery { ids: Some(named.clone()), ..all.clone() };
    check(by_id.clone(), &|account| named.contains(&account.id)).await;
    let active = AccountQuery { statuses: vec![AccountStatus::Active], ..by_id };
    check(active, &|a| named.contains(&a.id) && a.status == AccountStatus::Active).await;
    check(AccountQuery { ids: Some(Vec::new()), ..all.clone() }, &|_| false).await;
    let unchecked = AccountQuery { unchecked: true, sort: SortBy::Unchecked, ..all.clone() };
    check(unchecked.clone(), &|account| account.unchecked_since.is_some()).await;
    let suspended = AccountQuery { statuses: vec![AccountStatus::Suspended], ..unchecked.clone() };
    check(suspended, &|account| {
        account.unchecked_since.is_some() && account.status == AccountStatus::Suspended
    })
    .await;
    let unchecked_accounts: Vec<Account> =
        accounts.iter().filter(|account| account.unchecked_since.is_some()).cloned().collect();
    for descending in [false, true] {
        let query = AccountQuery { descending, limit: 4, ..unchecked.clone() };
        let sorted = expected(&unchecked_accounts, SortBy::Unchecked, descending);
        assert_eq!(walk(&store, &query).await, sorted);
    }
    for (earliest, latest) in [(NOW, later(4)), (later(4), later(4)), (later(5), later(4))] {
        let query = AccountQuery { expires: Some((earliest, latest)), ..all.clone() };
        check(query.clone(), &|account| {
            account.key.expires_at.is_some_and(|at| earliest <= at && at <= latest)
        })
        .await;
        let query = AccountQuery { statuses: vec![AccountStatus::Active], ..query };
        check(query, &|account| {
            account.status == AccountStatus::Active
                && account.key.expires_at.is_some_and(|at| earliest <= at && at <= latest)
        })
        .await;
    }
}

#[rstest]
#[tokio::test]
async fn several_owners_or_statuses_are_one_sorted_list(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let accounts = many();
    for account in &accounts {
        store.link(account).await;
    }
    let owners = ["owner-1", "owner-2", "owner-5"];
    let statuses = [AccountStatus::Active, AccountStatus::Error];
    for sort in SortBy::ALL {
        for descending in [false, true] {
            let all = AccountQuery { sort, descending, limit: 7, ..AccountQuery::default() };
            let owned = AccountQuery { owner_ids: owners.map(Into::into).to_vec(), ..all.clone() };
            let of_owners = |account: &&Account| owners.contains(&account.owner.id.as_str());
            let wanted: Vec<_> = accounts.iter().filter(of_owners).cloned().collect();
            assert_eq!(walk(&store, &owned).await, expected(&wanted, sort, descending));
            let alive = AccountQuery { statuses: statuses.to_vec(), ..all };
            let of_statuses = |account: &&Account| statuses.contains(&account.status);
            let wanted: Vec<_> = accounts.iter().filter(of_statuses).cloned().collect();
            let wanted = expected(&wanted, sort, descending);
            assert_eq!(walk(&store, &alive).await, wanted);
            for skip in [1, 7, 20] {
                let page = AccountQuery { skip, ..alive.clone() };
                let page = store.list_accounts(&page).await.unwrap();
                assert_eq!(ids(&page.accounts), wanted[skip..skip + 7], "{sort:?} {skip}");
                assert!(page.previous.is_some() && page.next.is_some());
            }
            let beyond = AccountQuery { skip: 1000, ..alive };
            assert!(store.list_accounts(&beyond).await.unwrap().accounts.is_empty());
        }
    }
}

#[rstest]
#[tokio::test]
async fn an_empty_list_has_one_empty_page(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let query = AccountQuery { limit: 10, ..AccountQuery::default() };
    assert_eq!(walk(&store, &query).await, Vec::<String>::new());
    assert_eq!(store.count_accounts(&query, 10).await.unwrap().found, 0);
}

#[rstest]
#[tokio::test]
async fn a_place_in_the_list_outlives_its_account(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let accounts: Vec<Account> = many().into_iter().take(9).collect();
    for account in &accounts {
        store.link(account).await;
    }
    let mut query = AccountQuery { sort: SortBy::Name, limit: 3, ..AccountQuery::default() };
    let first = store.list_accounts(&query).await.unwrap();
    let last_of_first = first.accounts.last().unwrap();
    let unlinked = super::event(linkhub::model::event::Action::AccountDeleted, last_of_first);
    assert!(
        store
            .delete_account(last_of_first, std::slice::from_ref(&unlinked))
            .await
            .unwrap()
            .is_yes()
    );

    query.from = first.next.clone();
    let second = store.list_accounts(&query).await.unwrap();
    assert_eq!(ids(&second.accounts), expected(&accounts, SortBy::Name, false)[3..6]);
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order() {
    let store = Engine::Sqlite.open().await;
    for n in 0..3 {
        store.link(&account("owner-1", &format!("user-{n}"))).await;
    }
    for sort in SortBy::ALL {
        let query = AccountQuery { sort, limit: 2, ..AccountQuery::default() };
        let page = store.list_accounts(&query).await.unwrap();
        let text = page.next.unwrap().encode();
        for other in SortBy::ALL {
            assert_eq!(Cursor::decode(&text, other).is_some(), sort == other, "{sort:?} {other:?}");
        }
    }
}

#[rstest]
#[case::nothing("")]
#[case::no_base64("%%%")]
#[case::no_json(&URL_SAFE_NO_PAD.encode("hello"))]
#[case::no_cursor(&URL_SAFE_NO_PAD.encode("{}"))]
#[case::too_short(&URL_SAFE_NO_PAD.encode("[\"name\",true]"))]
#[case::too_long(&URL_SAFE_NO_PAD.encode("[\"name\",false,\"a\",\"b\",1]"))]
#[case::unknown_order(&URL_SAFE_NO_PAD.encode("[\"size\",false,\"a\",\"b\"]"))]
#[case::no_key(&URL_SAFE_NO_PAD.encode("[\"name\",false,null,\"b\"]"))]
#[case::a_fraction(&URL_SAFE_NO_PAD.encode("[\"linked\",false,1.5,\"b\"]"))]
#[case::too_large(&URL_SAFE_NO_PAD.encode("[\"linked\",false,99999999999999999999,\"b\"]"))]
#[case::a_number_for_a_text(&URL_SAFE_NO_PAD.encode("[\"name\",false,1,\"b\"]"))]
#[case::a_text_for_a_number(&URL_SAFE_NO_PAD.encode("[\"linked\",false,\"1\",\"b\"]"))]
#[case::nul_in_the_key(&URL_SAFE_NO_PAD.encode("[\"name\",false,\"a\\u0000\",\"b\"]"))]
#[case::nul_in_the_id(&URL_SAFE_NO_PAD.encode("[\"name\",false,\"a\",\"b\\u0000\"]"))]
#[case::no_text(&URL_SAFE_NO_PAD.encode(b"[\"name\",false,\"\xff\",\"b\"]"))]
fn what_is_no_cursor_is_ignored(#[case] text: &str) {
    for sort in SortBy::ALL {
        assert_eq!(Cursor::decode(text, sort), None, "{sort:?}");
    }
}

#[test]
fn a_well_formed_cursor_is_read() {
    let text = URL_SAFE_NO_PAD.encode("[\"name\",false,\"a\",\"b\"]");
    assert!(Cursor::decode(&text, SortBy::Name).is_some());
}
