//! Checks that the hub makes by itself.

mod clock;

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linkhub::id::{AccountId, ClaimId};
use linkhub::linking::{Authority, ConnectRequest};
use linkhub::model::account::{Account, AccountStatus, Owner};
use linkhub::model::event::{Action, Caller};
use linkhub::store::EventQuery;
use rstest::rstest;
use serde_json::json;
use sqlx::Connection as _;

use crate::emulator::{Fault, User};
use crate::store::{Engine, new_database};
use crate::support::{REGION, TENANT, TestHub};

const MINUTE: Duration = Duration::from_mins(1);
/// Later than the first check, sooner than the second would be after it.
const FIRST: Duration = Duration::from_mins(7);

async fn hub_on(engine: Engine, flags: &[&str]) -> TestHub {
    let database = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(format!("--database-url={}", new_database().await)),
    };
    let flags: Vec<&str> = flags.iter().copied().chain(database.as_deref()).collect();
    TestHub::start_with(&flags).await
}

async fn link_key(hub: &TestHub, key: String) -> Account {
    let request = ConnectRequest {
        renewal: None,
        tenant_name: TENANT.into(),
        region: REGION.into(),
        api_key: key.into(),
        replace_user: None,
        authority: Authority::Admin(Owner::default()),
        caller: Caller::system(),
    };
    let linking = &hub.state.linking;
    linking.connect(request, &linking.begin_attempt("test"), &|_| {}).await.unwrap().account
}

/// So many accounts of the same tenant, each of another user, and their keys.
async fn link(hub: &TestHub, count: usize) -> Vec<(Account, String)> {
    let mut linked = Vec::new();
    for number in 0..count {
        let key = {
            let mut world = hub.qlik.world();
            let user = User::new("Jane Doe", &format!("jane{number}@example.com"));
            let user = world.add_user(&hub.tenant_id, user);
            world.mint_key(&user, Duration::from_hours(24))
        };
        linked.push((link_key(hub, key.clone()).await, key));
    }
    hub.qlik.clear_requests();
    linked
}

async fn stored(hub: &TestHub, id: &AccountId) -> Account {
    hub.state.store.find_account(id).await.unwrap().unwrap()
}

/// How often each key was asked about.
fn asked(hub: &TestHub) -> BTreeMap<Option<String>, usize> {
    let mut asked = BTreeMap::new();
    for request in hub.qlik.requests() {
        if request.path == "/api/v1/users/me" {
            *asked.entry(request.key_id).or_default() += 1;
        }
    }
    asked
}

async fn count(hub: &TestHub, id: &AccountId, action: Action) -> usize {
    let query = EventQuery { account_id: id, before: None, limit: 1000 };
    let events = hub.state.store.list_events(query).await.unwrap();
    events.iter().filter(|event| event.action == action).count()
}

/// Until Qlik has been asked so often.
async fn wait_for_requests(hub: &TestHub, count: usize) {
    while asked(hub).values().sum::<usize>() < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[rstest]
#[tokio::test]
async fn a_check_is_done_when_it_is_due_and_planned_again(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let hub = hub_on(engine, &[]).await;
    let [(account, key)] = link(&hub, 1).await.try_into().unwrap();
    let linking = &hub.state.linking;
    assert!(!linking.check_due().await.unwrap());
    assert_eq!(asked(&hub).len(), 0, "it is not due yet");

    hub.clock.advance(FIRST);
    linking.check_due().await.unwrap();
    let checked = stored(&hub, &account.id).await;
    assert_eq!(asked(&hub).values().sum::<usize>(), 1);
    assert_eq!(checked.last_checked_at, hub.clock.now());
    assert!(checked.check.next_at > hub.clock.now());
    assert_eq!((checked.check.claim, checked.check.alike), (None, 1));
    linking.check_due().await.unwrap();
    assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, 1);

    hub.qlik.world().revoke_key(&key);
    hub.clock.advance(Duration::from_mins(13));
    linking.check_due().await.unwrap();
    assert_eq!(stored(&hub, &account.id).await.status, AccountStatus::Error);
    assert_eq!(count(&hub, &account.id, Action::AccountError).await, 1);
}

#[tokio::test]
async fn two_hubs_do_each_check_once() {
    let hub = hub_on(Engine::Postgres, &["--check-limit=6000"]).await;
    let other = hub.another().await;
    let accounts = link(&hub, 30).await;
    for round in 1..=4 {
        hub.clock.advance(Duration::from_hours(8));
        let (one, two) = tokio::join!(hub.state.linking.check_due(), other.linking.check_due());
        one.unwrap();
        two.unwrap();
        for (account, _) in &accounts {
            assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, round);
        }
        let asked = asked(&hub);
        assert_eq!(asked.len(), accounts.len());
        assert!(asked.values().all(|times| *times == round), "{asked:?}");
    }
}

#[rstest]
#[tokio::test]
async fn the_claim_of_a_hub_that_died_is_taken_over_after_two_minutes(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let hub = hub_on(engine, &[]).await;
    let [(account, _)] = link(&hub, 1).await.try_into().unwrap();
    hub.clock.advance(FIRST);
    let now = hub.clock.now();
    let dead = ClaimId::new();
    let claimed = hub.state.store.claim_checks(&dead, now, now.plus(MINUTE * 2), 10).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(claimed[0].1.is_some(), "it comes with its secret");
    let twice = hub.state.store.claim_checks(&ClaimId::new(), now, now.plus(MINUTE * 2), 10).await;
    assert_eq!(twice.unwrap().len(), 0);

    hub.clock.advance(MINUTE);
    hub.state.linking.check_due().await.unwrap();
    assert_eq!(asked(&hub).len(), 0, "it is somebody else's");
    hub.clock.advance(MINUTE);
    hub.state.linking.check_due().await.unwrap();
    assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, 1);
}

#[rstest]
#[tokio::test]
async fn what_a_hub_learns_after_its_claim_is_dropped(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let hub = hub_on(engine, &[]).await;
    let [(account, key)] = link(&hub, 1).await.try_into().unwrap();
    hub.clock.advance(FIRST);
    {
        let mut world = hub.qlik.world();
        world.revoke_key(&key);
        world.fault("*", Fault::Slow(Duration::from_millis(500)));
    }
    let linking = hub.state.linking.clone();
    let slow = tokio::spawn(async move { linking.check_due().await });
    wait_for_requests(&hub, 1).await;
    hub.clock.advance(MINUTE * 2);
    let now = hub.clock.now();
    let taken = ClaimId::new();
    hub.state.store.claim_checks(&taken, now, now.plus(MINUTE * 2), 10).await.unwrap();
    slow.await.unwrap().unwrap();
    let after = stored(&hub, &account.id).await;
    assert_eq!(after.status, AccountStatus::Active);
    assert_eq!(after.check.claim.as_deref(), Some(taken.as_str()));
    assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, 0);
}

#[tokio::test]
async fn what_an_admin_does_during_a_check_stands() {
    let hub = TestHub::start().await;
    let accounts = link(&hub, 3).await;
    hub.clock.advance(FIRST);
    hub.qlik.world().fault("*", Fault::Slow(Duration::from_millis(400)));
    let linking = hub.state.linking.clone();
    let slow = tokio::spawn(async move { linking.check_due().await });
    wait_for_requests(&hub, 3).await;
    let caller = Caller::system();
    let [suspended, unlinked, renewed] = [0, 1, 2].map(|at| accounts[at].0.id.clone());
    hub.state.linking.suspend(&suspended, &caller).await.unwrap();
    let account = stored(&hub, &unlinked).await;
    hub.state.linking.unlink(unlinked.clone(), false, caller.clone()).await.unwrap();
    let new_key = {
        let mut world = hub.qlik.world();
        world.clear_faults();
        let key = world.mint_key(&accounts[2].0.user.id, Duration::from_hours(12));
        world.revoke_key(&accounts[2].1);
        key
    };
    link_key(&hub, new_key).await;
    slow.await.unwrap().unwrap();
    let suspended = stored(&hub, &suspended).await;
    assert_eq!(suspended.status, AccountStatus::Suspended);
    assert_eq!(suspended.last_checked_at, hub.clock.now(), "the check counts all the same");
    assert!(hub.state.store.find_account(&account.id).await.unwrap().is_none());
    let renewed = stored(&hub, &renewed).await;
    assert_eq!(renewed.status, AccountStatus::Active);
    assert_eq!(count(&hub, &renewed.id, Action::AccountChecked).await, 0, "that was the old key");
}

#[rstest]
#[tokio::test]
async fn a_tenant_is_asked_no_faster_than_its_budget_by_all_hubs_together(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let hub = hub_on(engine, &["--check-limit=30"]).await;
    let other = hub.another().await;
    let accounts = link(&hub, 12).await;
    hub.clock.advance(FIRST);
    let (one, two) = tokio::join!(hub.state.linking.check_due(), other.linking.check_due());
    one.unwrap();
    two.unwrap();
    assert_eq!(asked(&hub).len(), 3, "a small burst");
    let mut due = Vec::new();
    for (account, _) in &accounts {
        let now = stored(&hub, &account.id).await;
        assert_eq!(now.check.claim, None);
        if now.check.alike == 0 {
            assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, 0);
            due.push(now.check.next_at);
        }
    }
    due.sort_unstable();
    let two = Duration::from_secs(2);
    let queue: Vec<_> = (1..=9).map(|place| hub.clock.now().plus(two * place)).collect();
    assert_eq!(due, queue, "the others stand in a queue");
    for place in 1..=9 {
        hub.clock.advance(two);
        let (one, two) = tokio::join!(hub.state.linking.check_due(), other.linking.check_due());
        one.unwrap();
        two.unwrap();
        assert_eq!(asked(&hub).len(), 3 + place);
    }
    assert!(asked(&hub).values().all(|times| *times == 1));
}

#[rstest]
#[tokio::test]
async fn a_tenant_that_asks_to_wait_is_left_alone_for_so_long(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let hub = hub_on(engine, &["--check-limit=30"]).await;
    let other = hub.another().await;
    let accounts = link(&hub, 20).await;
    hub.clock.advance(FIRST);
    hub.qlik.world().fault("*", Fault::TooManyRequests(300));
    hub.state.linking.check_due().await.unwrap();
    let first = asked(&hub).values().sum::<usize>();
    assert!((1..=3).contains(&first), "{first} requests met the limit");
    let versions = async || {
        let accounts = accounts.iter().map(|(account, _)| stored(&hub, &account.id));
        futures_util::future::join_all(accounts).await.iter().map(|a| a.version).sum::<i64>()
    };
    let before = versions().await;
    for _ in 0..20 {
        assert!(!hub.state.linking.check_due().await.unwrap());
    }
    assert_eq!(versions().await, before, "nothing is claimed and put off again and again");
    for _ in 0..29 {
        hub.clock.advance(Duration::from_secs(10));
        hub.state.linking.check_due().await.unwrap();
        other.linking.check_due().await.unwrap();
    }
    assert_eq!(asked(&hub).values().sum::<usize>(), first, "nobody asks during the pause");
    let manual = hub.state.linking.check(&accounts[0].0.id, &Caller::system()).await.unwrap();
    let wait = manual.failure.unwrap().retry_after.unwrap();
    assert_eq!(wait, Duration::from_secs(10));
    assert_eq!(asked(&hub).values().sum::<usize>(), first, "nor when an admin wants it");

    hub.qlik.world().clear_faults();
    for _ in 0..60 {
        hub.clock.advance(Duration::from_secs(2));
        hub.state.linking.check_due().await.unwrap();
    }
    for (account, _) in &accounts {
        let now = stored(&hub, &account.id).await;
        assert_eq!((now.status, now.unchecked_since), (AccountStatus::Active, None));
        assert!(now.last_checked_at > account.last_checked_at, "each is checked after the pause");
    }
}

#[tokio::test]
async fn an_outage_is_found_out_by_few_and_changes_no_status() {
    let hub = hub_on(Engine::Sqlite, &["--check-limit=600"]).await;
    let accounts = link(&hub, 90).await;
    hub.clock.advance(FIRST);
    hub.qlik.world().fault("*", Fault::Reset);
    for _ in 0..60 {
        hub.state.linking.check_due().await.unwrap();
        hub.clock.advance(MINUTE);
    }
    let asked = asked(&hub).values().sum::<usize>();
    assert!((60..=60 + 64).contains(&asked), "a burst, then one a minute, not {asked}");
    let mut unchecked = 0;
    for (account, _) in &accounts {
        let now = stored(&hub, &account.id).await;
        assert_eq!(now.status, AccountStatus::Active);
        assert!(now.unchecked_since.is_none_or(|since| since == account.last_checked_at));
        unchecked += usize::from(now.unchecked_since.is_some());
    }
    assert!(unchecked >= 60, "{unchecked}");
    hub.qlik.world().clear_faults();
    for _ in 0..75 {
        hub.clock.advance(MINUTE);
        hub.state.linking.check_due().await.unwrap();
    }
    for (account, _) in &accounts {
        let now = stored(&hub, &account.id).await;
        assert_eq!(now.unchecked_since, None);
        assert!(now.last_checked_at > account.last_checked_at);
        assert_eq!(count(&hub, &account.id, Action::AccountRecovered).await, 0, "it was never bad");
    }
}

#[tokio::test]
async fn a_key_that_now_belongs_to_somebody_else_is_refused_and_says_so() {
    let hub = TestHub::start().await;
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "iss": "qlik.api/api-keys", "subType": "user", "jti": "key-1" });
    let key = format!("{}.{}.{}", part(json!({ "alg": "ES384" })), part(claims), "s".repeat(128));
    let answer_as = |tenant: &str, user: &str| {
        let mut world = hub.qlik.world();
        world.clear_faults();
        let user =
            json!({ "id": user, "tenantId": tenant, "name": "Jane Doe", "status": "active" });
        world.fault("/api/v1/users/me", Fault::Body(user.to_string()));
        let tenant = json!({ "id": tenant, "name": "My Company", "hostnames": [] });
        world.fault("/api/v1/tenants/me", Fault::Body(tenant.to_string()));
    };
    answer_as("tenant-1", "user-1");
    let account = link_key(&hub, key).await;
    for (tenant, user) in [("tenant-2", "user-1"), ("tenant-1", "user-2")] {
        hub.clock.advance(Duration::from_hours(30));
        answer_as(tenant, user);
        hub.state.linking.check_due().await.unwrap();
        let now = stored(&hub, &account.id).await;
        assert_eq!(now.status, AccountStatus::Error);
        assert_eq!(now.status_reasons[0].code, "account_mismatch");
        assert_eq!((&now.tenant, &now.user), (&account.tenant, &account.user));

        hub.clock.advance(Duration::from_hours(30));
        answer_as("tenant-1", "user-1");
        hub.state.linking.check_due().await.unwrap();
        assert_eq!(stored(&hub, &account.id).await.status, AccountStatus::Active);
    }
    assert_eq!(count(&hub, &account.id, Action::AccountRecovered).await, 2);
}

#[tokio::test]
async fn a_secret_that_does_not_open_is_an_error_without_a_word_to_qlik() {
    let hub = TestHub::start().await;
    let [(account, _)] = link(&hub, 1).await.try_into().unwrap();
    let linkhub::store::Location::Sqlite(path) = hub.location() else { panic!("on SQLite") };
    let mut connection = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let damage = "UPDATE credentials SET ciphertext = x'00112233'";
    sqlx::query(damage).execute(&mut connection).await.unwrap();
    hub.clock.advance(FIRST);
    hub.state.linking.check_due().await.unwrap();
    let now = stored(&hub, &account.id).await;
    assert_eq!(now.status, AccountStatus::Error);
    assert_eq!(now.status_reasons[0].code, "secret_damaged");
    assert_eq!(hub.qlik.requests().len(), 0);
}

#[tokio::test]
async fn a_hub_that_stops_gives_back_what_it_has_taken_on() {
    let hub = hub_on(Engine::Postgres, &["--qlik-timeout=60"]).await;
    let other = hub.another().await;
    let accounts = link(&hub, 3).await;
    hub.clock.advance(FIRST);
    // Longer than a hub that stops waits, so short that this one would see the answer.
    hub.qlik.world().fault("*", Fault::Slow(Duration::from_secs(30)));
    let linking = hub.state.linking.clone();
    let stopped = tokio::spawn(async move { linking.check_due().await });
    wait_for_requests(&hub, 3).await;
    hub.qlik.world().clear_faults();
    hub.state.linking.wind_down();
    stopped.await.unwrap().unwrap();
    hub.clock.advance(Duration::from_secs(6));
    other.linking.check_due().await.unwrap();
    for (account, _) in &accounts {
        let now = stored(&hub, &account.id).await;
        assert_eq!(now.check.claim, None);
        assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, 1);
    }
    hub.state.linking.check_due().await.unwrap();
}

#[tokio::test]
async fn a_tenant_with_many_accounts_does_not_hold_up_the_others() {
    let hub = hub_on(Engine::Sqlite, &["--check-limit=30"]).await;
    let crowd = link(&hub, 60).await;
    let late = {
        let mut world = hub.qlik.world();
        let tenant = world.add_tenant(crate::emulator::Tenant::new("other", "us", "Other"));
        let user = world.add_user(&tenant, User::new("John Doe", "john@example.com"));
        world.mint_key(&user, Duration::from_hours(24))
    };
    hub.clock.advance(MINUTE);
    let request = ConnectRequest {
        renewal: None,
        tenant_name: "other".into(),
        region: REGION.into(),
        api_key: late.into(),
        replace_user: None,
        authority: Authority::Admin(Owner::default()),
        caller: Caller::system(),
    };
    let linking = &hub.state.linking;
    let attempt = linking.begin_attempt("test");
    let late = linking.connect(request, &attempt, &|_| {}).await.unwrap().account;
    hub.clock.advance(FIRST);
    linking.check_due().await.unwrap();
    assert_eq!(stored(&hub, &late.id).await.last_checked_at, hub.clock.now());
    let mut waiting = 0;
    for (account, _) in &crowd {
        waiting += usize::from(stored(&hub, &account.id).await.check.alike == 0);
    }
    assert_eq!(waiting, 57);
}

#[tokio::test]
async fn an_answer_that_came_late_does_not_undo_a_newer_one() {
    let hub = TestHub::start().await;
    let [(account, key)] = link(&hub, 1).await.try_into().unwrap();
    hub.clock.advance(MINUTE);
    let slow = Fault::Slow(Duration::from_millis(700));
    hub.qlik.world().fault("/api/v1/api-keys/{id}", slow).times(1);
    let (linking, id) = (hub.state.linking.clone(), account.id.clone());
    let early = tokio::spawn(async move { linking.check(&id, &Caller::system()).await });
    while !hub.qlik.requests().iter().any(|request| request.path.contains("/api-keys/")) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    hub.qlik.world().revoke_key(&key);
    let newer = hub.state.linking.check(&account.id, &Caller::system()).await.unwrap();
    assert_eq!(newer.account.status, AccountStatus::Error);
    let early = early.await.unwrap().unwrap();
    assert_eq!(early.account.status, AccountStatus::Error, "it was good when that was asked");
    let now = stored(&hub, &account.id).await;
    assert_eq!(now.status, AccountStatus::Error);
    assert_eq!(count(&hub, &account.id, Action::AccountChecked).await, 1);
    assert_eq!(now.check.next_at, hub.clock.now(), "it is asked once more");
}
