//! Renewals ask the tenant's one budget, and leave Qlik alone when it asks for that.

use std::collections::BTreeMap;

use linkhub::state::AppState;

use super::*;
use crate::emulator::{Fault, User};

/// So many users of the tenant, each with an account whose renewal is due.
async fn crowd(flags: &[&str], count: usize) -> (TestHub, Vec<AccountId>) {
    let hub = TestHub::start_with(&[&["--renewal"], flags].concat()).await;
    let mut ids = Vec::new();
    for number in 0..count {
        let key = {
            let mut world = hub.qlik.world();
            let user = User::new(&format!("User {number}"), "user@example.com");
            let user = world.add_user(&hub.tenant_id, user);
            world.mint_key(&user, DAY)
        };
        let id = connect(&hub, &key).await.id;
        hub.state.linking.set_renewal(&id, true, &Caller::system()).await.unwrap();
        ids.push(id);
    }
    hub.clock.advance(Duration::from_hours(12));
    hub.qlik.clear_requests();
    (hub, ids)
}

async fn renew(hub: &AppState) {
    while hub.linking.renew_due().await.unwrap() {}
}

async fn count(hub: &TestHub, ids: &[AccountId], action: Action) -> usize {
    let mut count = 0;
    for id in ids {
        let query = EventQuery { account_id: id, before: None, limit: 1000 };
        let events = hub.state.store.list_events(query).await.unwrap();
        count += events.iter().filter(|event| event.action == action).count();
    }
    count
}

fn keys_made(hub: &TestHub) -> usize {
    hub.qlik.requests().iter().filter(|request| request.method == "POST").count()
}

#[tokio::test]
async fn a_crowd_is_renewed_at_the_pace_of_its_tenant_whatever_number_of_hubs_there_is() {
    let (hub, ids) = crowd(&["--check-limit=10"], 12).await;
    let other = hub.another().await;
    let mut made = BTreeMap::new();
    for minute in 0..90 {
        tokio::join!(renew(&hub.state), renew(&other));
        made.insert(minute, keys_made(&hub));
        hub.qlik.clear_requests();
        hub.clock.advance(Duration::from_mins(1));
    }
    // Ten checks a minute are five renewals; a burst of one, and one on credit.
    let most = made.values().max().unwrap();
    assert!(*most <= 6, "{made:?}");
    assert!(made[&0] >= 1 && made[&0] < 6, "{made:?}");
    assert_eq!(count(&hub, &ids, Action::AccountRenewed).await, 12, "{made:?}");
    assert_eq!(count(&hub, &ids, Action::RenewalFailed).await, 0, "to wait is no failure");
    assert_eq!(count(&hub, &ids, Action::KeyDeleted).await, 12, "old keys go at the same pace");
    assert_eq!(count(&hub, &ids, Action::KeyNotDeleted).await, 0);
}

#[tokio::test]
async fn a_renewal_does_not_wait_for_checks() {
    let (hub, ids) = crowd(&["--check-limit=2"], 8).await;
    // All are due to be checked, and more than a minute has for.
    let linking = &hub.state.linking;
    while linking.check_due().await.unwrap() {}
    let checked = count(&hub, &ids, Action::AccountChecked).await;
    assert!(checked < 8, "{checked} checks");
    hub.qlik.clear_requests();
    renew(&hub.state).await;
    assert_eq!(keys_made(&hub), 1, "the first goes before the checks that wait");

    hub.clock.advance(Duration::from_hours(10));
    let mut late = 0;
    for _ in 0..60 {
        while linking.check_due().await.unwrap() {}
        renew(&hub.state).await;
        late += keys_made(&hub);
        hub.qlik.clear_requests();
        hub.clock.advance(Duration::from_mins(1));
    }
    assert!(late >= 7, "{late} of those that were late");
    assert_eq!(count(&hub, &ids, Action::AccountExpired).await, 0);
}

/// What Qlik hears while something is done, or more than an instant after.
async fn heard(hub: &TestHub, act: impl AsyncFnOnce()) -> usize {
    hub.qlik.clear_requests();
    act().await;
    hub.qlik.requests().len()
}

#[tokio::test]
async fn a_tenant_that_asks_for_patience_is_not_asked_by_anybody() {
    let scene = Renewing::start().await;
    let hub = &scene.hub;
    let other = hub.another().await;
    scene.wait_until_due().await;
    hub.qlik.world().fault("*", Fault::TooManyRequests(600)).times(1);
    assert_eq!(heard(hub, async || scene.renew().await).await, 1, "nothing after the refusal");
    hub.clock.advance(Duration::from_secs(599));
    let linking = &hub.state.linking;
    let silent = heard(hub, async || {
        renew(&other).await;
        scene.renew().await;
        while linking.check_due().await.unwrap() {}
        while other.linking.check_due().await.unwrap() {}
    });
    assert_eq!(silent.await, 0, "neither for a renewal nor for a check");
    let checked = linking.check(&scene.id, &Caller::system()).await.unwrap();
    assert_eq!(checked.failure.unwrap().code.as_str(), "rate_limited");
    assert!(scene.events(Action::RenewalFailed).await.is_empty());
    hub.clock.advance(Duration::from_mins(10));
    scene.renew().await;
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1);
}

#[tokio::test]
async fn a_refusal_that_a_check_gets_holds_up_renewals_and_deletions() {
    let scene = Renewing::start().await;
    let (hub, linking) = (&scene.hub, &scene.hub.state.linking);
    scene.wait_until_due().await;
    let refused = async || {
        hub.qlik.world().fault("*", Fault::TooManyRequests(1200)).times(1);
        linking.check(&scene.id, &Caller::system()).await.unwrap();
        hub.clock.advance(Duration::from_secs(1199));
    };
    refused().await;
    assert_eq!(heard(hub, async || scene.renew().await).await, 0);
    hub.clock.advance(LATER);
    scene.renew().await;
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1);

    hub.clock.advance(Duration::from_mins(9));
    refused().await;
    assert_eq!(heard(hub, async || scene.renew().await).await, 0);
    assert_eq!(scene.retired().await[0].attempts, 0, "Qlik was not asked: it was no attempt");
    hub.clock.advance(LATER);
    scene.renew().await;
    assert!(scene.retired().await.is_empty());
}

#[tokio::test]
async fn a_successor_that_cannot_be_proved_in_a_storm_is_deleted_after_it() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    scene.hub.qlik.world().fault("/api/v1/users/me", Fault::TooManyRequests(900)).times(1);
    let requests = heard(&scene.hub, async || scene.renew().await).await;
    assert_eq!(requests, 3, "the list, the making, and the refused proof");
    assert_eq!(scene.keys().len(), 2);
    scene.hub.clock.advance(Duration::from_secs(899));
    assert_eq!(heard(&scene.hub, async || scene.renew().await).await, 0);
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert!(scene.orphans().await.is_empty());
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1);
    scene.stored_key_works().await;
}

#[tokio::test]
async fn an_outage_that_a_renewal_meets_holds_up_the_others() {
    let (hub, _) = crowd(&["--check-limit=100"], 10).await;
    hub.qlik.world().fault("*", Fault::Maintenance);
    renew(&hub.state).await;
    let met = hub.qlik.requests().len();
    hub.clock.advance(Duration::from_secs(30));
    let silent = heard(&hub, async || while hub.state.linking.check_due().await.unwrap() {});
    assert_eq!(silent.await, 0, "after {met} that found it out");
}

#[tokio::test]
async fn whoever_is_late_is_warned_although_the_hub_goes_on_trying() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    let hub = &scene.hub;
    hub.qlik.world().fault("/api/v1/api-keys", Fault::ServerError);
    let end = scene.account().await.key.expires_at.unwrap();
    let mut told = Vec::new();
    while end.since(hub.clock.now()) > HOUR {
        scene.renew().await;
        hub.state.linking.notice_due().await.unwrap();
        let percent = end.since(hub.clock.now()).as_secs() * 100 / DAY.as_secs();
        told.resize(scene.events(Action::AccountExpiring).await.len(), percent);
        hub.clock.advance(Duration::from_mins(10));
    }
    assert_eq!(told.len(), 2, "{told:?}");
    assert!((19..=20).contains(&told[0]) && (4..=5).contains(&told[1]), "{told:?}");
    assert_eq!(scene.problem().await, None, "an outage is no problem that people can solve");
    hub.qlik.world().clear_faults();
    hub.clock.advance(Duration::from_mins(20));
    scene.renew().await;
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1);
}
