//! What people are told of a key's end: each warning and the expiry once, in their order, whatever the clock,
//! the settings and the admins do.

use std::sync::atomic::Ordering;
use std::time::Duration;

use linkhub::clock::{Clock, Timestamp};
use linkhub::id::AccountId;
use linkhub::linking::NewEndpoint;
use linkhub::model::account::{Account, AccountStatus, Rules};
use linkhub::model::event::{Action, Caller};
use linkhub::store::{DeliveryQuery, EventQuery};

use crate::support::{REGION, TENANT, TestHub, Visitor};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
const SECOND: Duration = Duration::from_secs(1);

async fn link(hub: &TestHub, life: Duration) -> AccountId {
    let key = hub.qlik.world().mint_key(&hub.user_id, life);
    paste(hub, &key).await
}

async fn paste(hub: &TestHub, key: &str) -> AccountId {
    paste_by(&hub.signed_in().await, key).await
}

async fn paste_by(admin: &Visitor, key: &str) -> AccountId {
    let answer = admin.connect(TENANT, REGION, key).await;
    let id = answer.text_of("dialog[open] code").trim().to_owned();
    AccountId::try_from(id).expect("the confirmation shows the account id")
}

async fn round(hub: &TestHub) {
    while hub.state.linking.notice_due().await.unwrap() {}
}

async fn stored(hub: &TestHub, id: &AccountId) -> Account {
    hub.state.store.find_account(id).await.unwrap().unwrap()
}

/// What was told of the key's end, oldest first: `50`, `20`, `5`, `expired`.
async fn told(hub: &TestHub, id: &AccountId) -> Vec<String> {
    let query = EventQuery { account_id: id, before: None, limit: 100 };
    let events = hub.state.store.list_events(query).await.unwrap();
    let told = events.iter().rev().filter_map(|event| match event.action {
        Action::AccountExpiring => Some(event.detail["percent"].to_string()),
        Action::AccountExpired => Some("expired".to_owned()),
        _ => None,
    });
    told.collect()
}

fn set(clock: &Clock, to: Timestamp) {
    match clock {
        Clock::Fixed(millis) => millis.store(to.as_millis(), Ordering::SeqCst),
        Clock::System => panic!("nobody sets the system's clock"),
    }
}

#[tokio::test]
async fn each_share_of_a_life_is_told_at_its_time_and_not_a_second_before() {
    for life in [6 * HOUR, DAY, 30 * DAY] {
        let hub = TestHub::start().await;
        let id = link(&hub, life).await;
        let account = stored(&hub, &id).await;
        let end = account.key.expires_at.expect("Qlik tells it");
        assert_eq!(account.percent_remains_at(50), Some(end.minus(life / 2)));
        let times = [
            (end.minus(life / 2), "50"),
            (end.minus(life / 5), "20"),
            (end.minus(life / 20), "5"),
            (end, "expired"),
        ];
        let mut expected = Vec::new();
        for (at, what) in times {
            set(&hub.clock, at.minus(SECOND));
            round(&hub).await;
            assert_eq!(told(&hub, &id).await, expected, "{life:?}, before {what}");
            set(&hub.clock, at);
            round(&hub).await;
            round(&hub).await;
            expected.push(what.to_owned());
            assert_eq!(told(&hub, &id).await, expected, "{life:?}");
        }
        assert_eq!(stored(&hub, &id).await.status, AccountStatus::Expired);
    }
}

#[tokio::test]
async fn what_was_over_before_a_key_was_linked_is_no_news() {
    let hub = TestHub::start().await;
    let key = hub.qlik.world().mint_key(&hub.user_id, DAY);
    hub.clock.advance(20 * HOUR);
    let id = paste(&hub, &key).await;
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, Vec::<String>::new());
    hub.clock.advance(3 * HOUR);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["5"]);
}

#[tokio::test]
async fn a_hub_that_was_off_tells_all_of_it_in_order() {
    let hub = TestHub::start().await;
    let id = link(&hub, DAY).await;
    hub.clock.advance(23 * HOUR + 30 * HOUR / 60);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["50", "20", "5"]);
    hub.clock.advance(10 * DAY);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["50", "20", "5", "expired"]);
}

#[tokio::test]
async fn other_settings_after_a_restart_tell_only_what_is_further_on() {
    let hub = TestHub::start().await;
    let id = link(&hub, DAY).await;
    hub.clock.advance(12 * HOUR);
    round(&hub).await;
    let account = stored(&hub, &id).await;
    let at = |percent| account.percent_remains_at(percent).unwrap();
    let rules = |warnings: &[u8]| Rules { warnings: warnings.to_vec(), ..Rules::default() };
    let percents = |warnings: &[u8], now| {
        let after = account.clone().after_time(now, &rules(warnings));
        after.happened.iter().map(|h| h.detail["percent"].to_string()).collect::<Vec<_>>()
    };
    // Of 80 and 60 people know more already; a new threshold between is told at its time.
    assert_eq!(percents(&[80, 60, 40, 10], at(45)), Vec::<String>::new());
    assert_eq!(percents(&[80, 60, 40, 10], at(10)), ["40", "10"]);
    assert_eq!(percents(&[], at(1)), Vec::<String>::new());
    assert_eq!(percents(&[50, 20, 5], at(20)), ["20"]);
}

#[tokio::test]
async fn a_clock_that_goes_back_and_forth_tells_nothing_twice() {
    let hub = TestHub::start().await;
    let id = link(&hub, DAY).await;
    let start = hub.clock.now();
    for hours in [12, 11, 13, 1, 20, 12, 24, 23, 25, 20, 26] {
        set(&hub.clock, start.plus(hours * HOUR));
        round(&hub).await;
    }
    assert_eq!(told(&hub, &id).await, ["50", "20", "5", "expired"]);
}

#[tokio::test]
async fn a_suspended_account_is_silent_and_says_on_resuming_how_it_is() {
    let hub = TestHub::start().await;
    let id = link(&hub, DAY).await;
    hub.state.linking.suspend(&id, &Caller::system()).await.unwrap();
    hub.clock.advance(DAY + HOUR);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, Vec::<String>::new());
    hub.state.linking.resume(&id, &Caller::system()).await.unwrap();
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["expired"]);
}

#[tokio::test]
async fn a_new_key_begins_anew() {
    let hub = TestHub::start().await;
    let id = link(&hub, DAY).await;
    hub.clock.advance(20 * HOUR);
    round(&hub).await;
    assert_eq!(link(&hub, DAY).await, id);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["50", "20"], "the new key has its life before it");
    hub.clock.advance(DAY);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["50", "20", "50", "20", "5", "expired"]);
}

#[tokio::test]
async fn an_unknown_expiry_warns_of_nothing_and_is_shown_as_unknown() {
    let hub = TestHub::start().await;
    let id = link(&hub, DAY).await;
    let mut account = stored(&hub, &id).await;
    account.key.expires_at = None;
    account.notice.next_at = None;
    assert!(hub.state.store.update_account(&account, None, &[]).await.unwrap().is_yes());
    hub.clock.advance(3 * HOUR);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, Vec::<String>::new());
    let admin = hub.signed_in().await;
    for path in ["/accounts", "/accounts?sort=expiry", &format!("/accounts/{id}")] {
        let page = admin.get(path).await;
        assert!(page.text_of(".expiry").contains("unknown"), "{path}");
        assert!(!page.has(".expiry svg"), "{path}: there is no life to draw");
    }
    let renews = admin.get(&format!("/connect?account={id}")).await.text_of(".renewed");
    assert!(renews.contains("Unknown"), "{renews}");
    assert!(!admin.get("/accounts?expires=30d").await.body.contains(id.as_str()));
}

#[tokio::test]
async fn every_word_is_in_the_outbox_as_soon_as_it_is_in_the_history() {
    let hub = TestHub::start().await;
    let new = NewEndpoint {
        url: "https://hooks.example.com/qlik".into(),
        description: String::new(),
        events: vec!["account.expiring".into(), "account.expired".into()],
    };
    let made = hub.state.linking.create_webhook_endpoint(new, &Caller::system()).await.unwrap();
    let id = link(&hub, DAY).await;
    hub.clock.advance(2 * DAY);
    round(&hub).await;
    assert_eq!(told(&hub, &id).await, ["50", "20", "5", "expired"]);
    let query = DeliveryQuery { endpoint_id: made.0.id, state: None, before: None, limit: 10 };
    let deliveries = hub.state.store.list_deliveries(&query).await.unwrap();
    let mut kinds: Vec<_> = deliveries.iter().map(|d| d.event_type.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(
        kinds,
        ["account.expired", "account.expiring", "account.expiring", "account.expiring"]
    );
    let event_ids: std::collections::BTreeSet<_> =
        deliveries.iter().map(|d| d.event_id.to_string()).collect();
    assert_eq!(event_ids.len(), 4, "each its own");
}

#[tokio::test]
async fn two_hubs_that_look_at_the_same_time_tell_it_once() {
    let database = format!("--database-url={}", crate::store::new_database().await);
    let hub = TestHub::start_with(&[&database]).await;
    let admin = hub.signed_in().await;
    let mut ids = Vec::new();
    for number in 0..12 {
        let user = crate::emulator::User::new(&format!("Person {number}"), "p@example.com");
        let key = {
            let mut world = hub.qlik.world();
            let user = world.add_user(&hub.tenant_id, user);
            world.mint_key(&user, DAY)
        };
        ids.push(paste_by(&admin, &key).await);
    }
    let other = hub.another().await;
    for hours in [12, 9, 3] {
        hub.clock.advance(hours * HOUR);
        let mut rounds = tokio::task::JoinSet::new();
        for linking in [&hub.state.linking, &other.linking, &hub.state.linking, &other.linking] {
            let linking = std::sync::Arc::clone(linking);
            rounds.spawn(async move { while linking.notice_due().await.unwrap() {} });
        }
        rounds.join_all().await;
        round(&hub).await;
    }
    for id in &ids {
        assert_eq!(told(&hub, id).await, ["50", "20", "5", "expired"]);
    }
}
