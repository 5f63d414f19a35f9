use std::time::Duration;

use linkhub::id::ClaimId;
use linkhub::model::event::Caller;
use linkhub::model::webhook::{DeliveryState, DisabledBy, KEPT, PATIENCE, RETRIES};

use super::receiver::{Manner, Receiver};
use super::{attempts, deliver, deliveries, endpoint, found, hub, one_event, switch};

#[tokio::test]
async fn a_change_is_told_with_all_that_the_receiver_needs_to_trust_it() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let (made, secret) = endpoint(&hub, &receiver).await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    hub.clock.advance(Duration::from_secs(90));
    deliver(&hub).await;
    let got = &receiver.received()[0];
    let [delivery] = deliveries(&hub, &made.id).await.try_into().unwrap();
    assert_eq!(got.path, "/hook");
    assert_eq!(got.id(), delivery.event_id.as_str());
    let now = hub.clock.now().as_millis() / 1000;
    assert_eq!(got.header("webhook-timestamp"), now.to_string(), "of the attempt");
    assert!(got.is_signed_by(&secret));
    assert_eq!(got.header("content-type"), "application/json");
    assert!(got.header("user-agent").starts_with("linkhub-webhooks/"));
    assert_eq!(got.header("x-stackone-signature").len(), 43);
    assert_eq!(got.body, delivery.payload, "byte for byte");
    assert_eq!(delivery.state, DeliveryState::Delivered);
    assert_eq!(delivery.finished_at, Some(hub.clock.now()));
    let [attempt] = attempts(&hub, &made.id, &delivery.event_id).await.try_into().unwrap();
    assert_eq!((attempt.status, attempt.error), (Some(204), None));
    assert_eq!(attempt.url, receiver.url());
    deliver(&hub).await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_by_the_plan_and_then_given_up() {
    let receiver = Receiver::start().await;
    receiver.always(Manner::Status(503));
    let (hub, _, endpoint, delivery) = one_event(&receiver).await;
    deliver(&hub).await;
    for (times, wait) in (1..).zip(RETRIES) {
        assert_eq!(receiver.received().len(), times);
        hub.clock.advance(wait.checked_sub(Duration::from_millis(1)).unwrap());
        deliver(&hub).await;
        assert_eq!(receiver.received().len(), times, "too soon after {times} attempts");
        hub.clock.advance(wait / 10 + Duration::from_millis(2));
        deliver(&hub).await;
    }
    assert_eq!(receiver.received().len(), 8);
    hub.clock.advance(super::DAY);
    deliver(&hub).await;
    let ids = receiver.ids();
    assert_eq!(ids.len(), 8);
    assert!(ids.iter().all(|id| id == delivery.event_id.as_str()), "one id: {ids:?}");
    let [given_up] = deliveries(&hub, &endpoint.id).await.try_into().unwrap();
    assert_eq!((given_up.state, given_up.attempts), (DeliveryState::Failed, 8));
    let log = attempts(&hub, &endpoint.id, &delivery.event_id).await;
    assert_eq!(log.len(), 8);
    assert_eq!(log[0].error.as_deref(), Some("answered 503"));
    assert_eq!(log[0].answer, "noted <b>so</b>");
}

#[tokio::test]
async fn a_receiver_that_asks_for_more_time_gets_it() {
    // The clock of the hub begins at ten.
    for asked in ["3600", "Mon, 23 Nov 2026 11:00:00 GMT", "Monday, 23-Nov-26 11:00:00 GMT"] {
        let receiver = Receiver::start().await;
        receiver.next([Manner::Wait(429, asked)]);
        let (hub, ..) = one_event(&receiver).await;
        deliver(&hub).await;
        hub.clock.advance(Duration::from_secs(3599));
        deliver(&hub).await;
        assert_eq!(receiver.received().len(), 1, "{asked}");
        hub.clock.advance(Duration::from_secs(1));
        deliver(&hub).await;
        assert_eq!(receiver.received().len(), 2, "{asked}");
    }
}

#[tokio::test]
async fn every_way_to_fail_is_tried_again_and_said_in_words() {
    let elsewhere = Receiver::start().await;
    let cases = [
        (Manner::Redirect(elsewhere.url()), Some(302), "redirects are not followed"),
        (Manner::Status(404), Some(404), "answered 404"),
        (Manner::Status(199), None, "no answer"),
        (Manner::Drop, None, "no answer"),
    ];
    for (manner, status, words) in cases {
        let receiver = Receiver::start().await;
        receiver.next([manner.clone()]);
        let (hub, _, endpoint, delivery) = one_event(&receiver).await;
        deliver(&hub).await;
        let [attempt] = attempts(&hub, &endpoint.id, &delivery.event_id).await.try_into().unwrap();
        assert_eq!(attempt.status, status, "{manner:?}");
        let error = attempt.error.unwrap();
        assert!(error.contains(words), "{manner:?}: {error}");
        assert_eq!(found(&hub, &endpoint.id).await.failing_since, Some(hub.clock.now()));
        hub.clock.advance(Duration::from_secs(6));
        deliver(&hub).await;
        let [delivery] = deliveries(&hub, &endpoint.id).await.try_into().unwrap();
        assert_eq!(delivery.state, DeliveryState::Delivered, "{manner:?}");
        assert_eq!(found(&hub, &endpoint.id).await.failing_since, None);
    }
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn of_a_long_answer_the_beginning_is_kept() {
    let receiver = Receiver::start().await;
    receiver.next([Manner::Large(5_000_000)]);
    let (hub, _, endpoint, delivery) = one_event(&receiver).await;
    deliver(&hub).await;
    let [attempt] = attempts(&hub, &endpoint.id, &delivery.event_id).await.try_into().unwrap();
    assert!(attempt.succeeded(), "its status says what matters");
    assert_eq!(attempt.answer, "x".repeat(2048));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_switched_off_and_loses_nothing() {
    let receiver = Receiver::start().await;
    receiver.next([Manner::Status(410)]);
    let (hub, _, endpoint, delivery) = one_event(&receiver).await;
    deliver(&hub).await;
    let off = found(&hub, &endpoint.id).await;
    assert_eq!(off.disabled.unwrap().by, DisabledBy::Gone);
    hub.clock.advance(super::DAY);
    deliver(&hub).await;
    assert_eq!(receiver.received().len(), 1);
    switch(&hub, &endpoint.id, true).await;
    deliver(&hub).await;
    assert_eq!(receiver.ids(), [delivery.event_id.as_str(), delivery.event_id.as_str()]);
}

#[tokio::test]
async fn an_endpoint_that_fails_for_five_days_is_switched_off_and_what_waits_is_kept() {
    let receiver = Receiver::start().await;
    receiver.always(Manner::Status(500));
    let (hub, _, endpoint, first) = one_event(&receiver).await;
    deliver(&hub).await;
    let account = linkhub::id::AccountId::try_from(first.ordering_key.clone()).unwrap();
    let linking = &hub.state.linking;
    hub.clock.advance(PATIENCE.saturating_sub(Duration::from_secs(1)));
    deliver(&hub).await;
    assert!(found(&hub, &endpoint.id).await.is_enabled());
    linking.suspend(&account, &Caller::system()).await.unwrap();
    hub.clock.advance(super::DAY);
    deliver(&hub).await;
    let off = found(&hub, &endpoint.id).await;
    assert_eq!(off.disabled.map(|disabled| disabled.by), Some(DisabledBy::Failures));

    let before = receiver.received().len();
    hub.clock.advance(super::DAY);
    deliver(&hub).await;
    assert_eq!(receiver.received().len(), before, "it is left alone");
    receiver.always(Manner::Status(200));
    let on = switch(&hub, &endpoint.id, true).await;
    assert_eq!(on.failing_since, None);
    deliver(&hub).await;
    let types = receiver.types().split_off(before);
    assert_eq!(types, ["account.created", "account.suspended"]);
}

#[tokio::test]
async fn what_a_dead_hub_had_taken_on_is_sent_when_its_time_is_over() {
    let receiver = Receiver::start().await;
    let (hub, _, endpoint, delivery) = one_event(&receiver).await;
    let now = hub.clock.now();
    let until = now.plus(Duration::from_mins(2));
    let store = &hub.state.store;
    let dead = ClaimId::new();
    let taken = store.claim_deliveries(&endpoint.id, &dead, now, until, 8).await.unwrap();
    assert_eq!(taken.len(), 1);
    hub.clock.advance(Duration::from_secs(119));
    deliver(&hub).await;
    assert!(receiver.received().is_empty());
    hub.clock.advance(Duration::from_secs(1));
    deliver(&hub).await;
    assert_eq!(receiver.ids(), [delivery.event_id.as_str()]);
}

#[tokio::test]
async fn a_replay_brings_the_same_again_under_the_same_id() {
    let receiver = Receiver::start().await;
    let (hub, _, endpoint, delivery) = one_event(&receiver).await;
    deliver(&hub).await;
    let linking = &hub.state.linking;
    let caller = Caller::system();
    let replay = || linking.replay_delivery(&endpoint.id, &delivery.event_id, &caller);
    let replayed = replay().await.unwrap();
    assert_eq!((replayed.state, replayed.attempts), (DeliveryState::Pending, 0));
    deliver(&hub).await;
    let got = receiver.received();
    assert_eq!(got.len(), 2);
    assert_eq!(got[0].id(), got[1].id());
    assert_eq!(got[0].body, got[1].body);
    assert_eq!(attempts(&hub, &endpoint.id, &delivery.event_id).await.len(), 2);

    receiver.next([Manner::Status(500)]);
    replay().await.unwrap();
    deliver(&hub).await;
    replay().await.expect("one that waits for its retry is sent now");
    deliver(&hub).await;
    assert_eq!(receiver.received().len(), 4);
}

#[tokio::test]
async fn what_is_long_finished_is_forgotten_and_what_waits_is_not() {
    let receiver = Receiver::start().await;
    let (hub, _, endpoint, delivery) = one_event(&receiver).await;
    let account = linkhub::id::AccountId::try_from(delivery.ordering_key).unwrap();
    deliver(&hub).await;
    let linking = &hub.state.linking;
    linking.suspend(&account, &Caller::system()).await.unwrap();
    hub.clock.advance(KEPT);
    linking.clean_up().await.unwrap();
    assert_eq!(deliveries(&hub, &endpoint.id).await.len(), 2);
    hub.clock.advance(Duration::from_millis(1));
    linking.clean_up().await.unwrap();
    let [left] = deliveries(&hub, &endpoint.id).await.try_into().unwrap();
    assert_eq!(left.event_type, "account.suspended");
}
