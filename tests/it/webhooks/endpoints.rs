use std::time::Duration;

use linkhub::id::WebhookEndpointId;
use linkhub::linking::{
    DESCRIPTION_MAX, ENDPOINTS_MAX, EndpointEdit, KEEP_OLD_SECRET, NewEndpoint, WebhookError,
};
use linkhub::model::event::Caller;
use linkhub::model::webhook::{DeliveryState, DisabledBy};
use linkhub::webhook::UrlError;
use secrecy::ExposeSecret as _;

use super::receiver::{Manner, Receiver};
use super::{deliver, deliveries, endpoint, everything, found, hub, one_event, switch};
use crate::support::TestHub;

fn new(url: &str, description: &str, events: &[&str]) -> NewEndpoint {
    let events = events.iter().map(ToString::to_string).collect();
    NewEndpoint { url: url.into(), description: description.into(), events }
}

/// Whether a refusal is the expected one.
type Check = fn(&WebhookError) -> bool;

#[tokio::test]
async fn an_endpoint_is_made_with_what_makes_sense_and_refused_otherwise() {
    let hub = TestHub::start().await;
    let caller = Caller::system();
    let create = |new| hub.state.linking.create_webhook_endpoint(new, &caller);
    let wanted = ["account.expired", "account.created", "account.expired"];
    let (made, secret) =
        create(new(" https://example.com/hook ", " Back end ", &wanted)).await.unwrap();
    assert_eq!(made.url, "https://example.com/hook");
    assert_eq!(made.description, "Back end");
    assert_eq!(made.events, ["account.created", "account.expired"]);
    assert!(made.is_enabled());
    assert_eq!(found(&hub, &made.id).await, made);
    let secret = secret.expose_secret();
    assert!(secret.starts_with("whsec_") && secret.len() == 50, "{}", secret.len());

    let (all, _) =
        create(new("https://example.com/", "", &["account.created", "*"])).await.unwrap();
    assert_eq!(all.events, ["*"]);
    let listed = hub.state.store.list_webhook_endpoints().await.unwrap();
    assert_eq!(listed, [made, all]);

    let url = "https://example.com/";
    let long = "x".repeat(DESCRIPTION_MAX + 1);
    let refused: [(NewEndpoint, Check); 7] = [
        (new("http://example.com/", "", &["*"]), |e| {
            matches!(e, WebhookError::Url(UrlError::NotHttps))
        }),
        (new("https://10.0.0.1/", "", &["*"]), |e| {
            matches!(e, WebhookError::Url(UrlError::Address))
        }),
        (new("https://a:b@example.com/", "", &["*"]), |e| {
            matches!(e, WebhookError::Url(UrlError::UserInfo))
        }),
        (new("https://example.com/#a", "", &["*"]), |e| {
            matches!(e, WebhookError::Url(UrlError::Fragment))
        }),
        (new(url, "", &[]), |e| matches!(e, WebhookError::NoEvents)),
        (new(url, "", &["account.eaten"]), |e| matches!(e, WebhookError::UnknownEvent(_))),
        (new(url, &long, &["*"]), |e| matches!(e, WebhookError::Description)),
    ];
    for (new, expected) in refused {
        let error = create(new.clone()).await.unwrap_err();
        assert!(expected(&error), "{new:?}: {error:?}");
    }
    let at_once = (0..ENDPOINTS_MAX).map(|_| create(everything(url)));
    let made = futures_util::future::join_all(at_once).await;
    let too_many = |made: &&Result<_, _>| matches!(made, Err(WebhookError::TooMany));
    assert_eq!(made.iter().filter(too_many).count(), 2, "there are two already");
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), ENDPOINTS_MAX - 2);
}

#[tokio::test]
async fn what_nobody_has_made_cannot_be_changed() {
    let hub = TestHub::start().await;
    let (linking, caller) = (&hub.state.linking, Caller::system());
    let id = WebhookEndpointId::new();
    let edit = EndpointEdit { enabled: Some(true), ..EndpointEdit::default() };
    let edited = linking.edit_webhook_endpoint(&id, edit, &caller).await;
    assert!(matches!(edited, Err(WebhookError::NotFound)));
    let rotated = linking.rotate_webhook_secret(&id, KEEP_OLD_SECRET, &caller).await;
    assert!(matches!(rotated, Err(WebhookError::NotFound)));
    let deleted = linking.delete_webhook_endpoint(&id, &caller).await;
    assert!(matches!(deleted, Err(WebhookError::NotFound)));
    let tested = linking.test_webhook_endpoint(&id, &caller).await;
    assert!(matches!(tested, Err(WebhookError::NotFound)));
}

#[tokio::test]
async fn an_endpoint_gets_the_events_that_it_asks_for_and_no_others() {
    let (hub, receiver, others) = (hub().await, Receiver::start().await, Receiver::start().await);
    let linking = &hub.state.linking;
    let some = new(&receiver.url(), "", &["account.suspended"]);
    linking.create_webhook_endpoint(some, &Caller::system()).await.unwrap();
    endpoint(&hub, &others).await;
    let admin = hub.signed_in().await;
    let account = hub.link(&admin).await;
    linking.suspend(&account, &Caller::system()).await.unwrap();
    deliver(&hub).await;
    assert_eq!(receiver.types(), ["account.suspended"]);
    assert_eq!(others.types(), ["account.created", "account.suspended"]);
    let told = others.received()[0].json();
    assert_eq!(told["account_id"], account.as_str());
    assert_eq!(told["data"]["account"]["status"], "active");
}

#[tokio::test]
async fn both_secrets_sign_while_one_takes_the_place_of_the_other() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let linking = &hub.state.linking;
    let (made, first) = endpoint(&hub, &receiver).await;
    let caller = Caller::system();
    let test = || linking.test_webhook_endpoint(&made.id, &caller);
    assert!(test().await.unwrap().succeeded());

    let (rotated, second) =
        linking.rotate_webhook_secret(&made.id, KEEP_OLD_SECRET, &Caller::system()).await.unwrap();
    assert_eq!(rotated.old_secret_ends_at, Some(hub.clock.now().plus(KEEP_OLD_SECRET)));
    assert_eq!(found(&hub, &made.id).await, rotated);
    test().await.unwrap();
    hub.clock.advance(KEEP_OLD_SECRET);
    test().await.unwrap();
    hub.state.linking.clean_up().await.unwrap();
    test().await.unwrap();

    let signed: Vec<[bool; 2]> = receiver
        .received()
        .iter()
        .map(|got| [got.is_signed_by(&first), got.is_signed_by(&second)])
        .collect();
    assert_eq!(signed, [[true, false], [true, true], [false, true], [false, true]]);
    let secrets = hub.state.store.find_webhook_secrets(&made.id).await.unwrap().unwrap();
    assert_eq!(secrets.old, None, "it is wiped when it has ended");
}

#[tokio::test]
async fn a_secret_that_is_out_stops_signing_at_once_if_nothing_of_it_is_kept() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let linking = &hub.state.linking;
    let (made, first) = endpoint(&hub, &receiver).await;
    let (_, second) =
        linking.rotate_webhook_secret(&made.id, Duration::ZERO, &Caller::system()).await.unwrap();
    linking.test_webhook_endpoint(&made.id, &Caller::system()).await.unwrap();
    let got = &receiver.received()[0];
    assert!(got.is_signed_by(&second) && !got.is_signed_by(&first));
}

#[tokio::test]
async fn what_waits_when_an_endpoint_is_switched_off_is_sent_when_it_is_on_again() {
    let receiver = Receiver::start().await;
    let (hub, admin, endpoint, delivery) = one_event(&receiver).await;
    let off = switch(&hub, &endpoint.id, false).await;
    assert_eq!(off.disabled.unwrap().by, DisabledBy::Admin);
    let other = hub.qlik.world().mint_key(&hub.user_id, super::DAY);
    admin.connect(crate::support::TENANT, crate::support::REGION, &other).await;
    deliver(&hub).await;
    assert!(receiver.received().is_empty());

    switch(&hub, &endpoint.id, true).await;
    deliver(&hub).await;
    assert_eq!(receiver.ids(), [delivery.event_id.as_str()], "nothing was collected meanwhile");
}

#[tokio::test]
async fn a_deleted_endpoint_takes_what_waits_for_it_along() {
    let receiver = Receiver::start().await;
    let (hub, _, endpoint, _) = one_event(&receiver).await;
    let caller = Caller::system();
    hub.state.linking.delete_webhook_endpoint(&endpoint.id, &caller).await.unwrap();
    deliver(&hub).await;
    assert!(receiver.received().is_empty());
    assert!(deliveries(&hub, &endpoint.id).await.is_empty());
}

#[tokio::test]
async fn a_test_is_sent_once_also_to_an_endpoint_that_is_switched_off() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let (made, secret) = endpoint(&hub, &receiver).await;
    switch(&hub, &made.id, false).await;
    receiver.next([Manner::Status(500)]);
    let caller = Caller::system();
    let test = || hub.state.linking.test_webhook_endpoint(&made.id, &caller);
    let failed = test().await.unwrap();
    assert_eq!((failed.status, failed.error.as_deref()), (Some(500), Some("answered 500")));
    let fine = test().await.unwrap();
    assert!(fine.succeeded());
    hub.clock.advance(super::DAY);
    switch(&hub, &made.id, true).await;
    deliver(&hub).await;
    let got = receiver.received();
    assert_eq!(receiver.types(), ["webhook.test", "webhook.test"]);
    assert!(got[1].is_signed_by(&secret));
    assert_eq!(got[1].json()["data"]["endpoint_id"], made.id.as_str());
    assert_eq!(found(&hub, &made.id).await.failing_since, None, "a test is no failure");
    let logged = super::attempts(&hub, &made.id, &failed.event_id).await;
    assert_eq!(logged, [failed]);
}

#[tokio::test]
async fn one_test_event_at_a_time_is_under_way_to_an_endpoint() {
    let (hub, slow, quick) = (hub().await, Receiver::start().await, Receiver::start().await);
    let (made, other) = (endpoint(&hub, &slow).await.0, endpoint(&hub, &quick).await.0);
    slow.next([Manner::Hang]);
    let caller = Caller::system();
    let first = async { hub.state.linking.test_webhook_endpoint(&made.id, &caller).await };
    let meanwhile = async {
        slow.arrived(1).await;
        for _ in 0..3 {
            let second = hub.state.linking.test_webhook_endpoint(&made.id, &caller).await;
            assert!(matches!(second, Err(WebhookError::OnItsWay)), "{second:?}");
        }
        hub.state.linking.test_webhook_endpoint(&other.id, &caller).await.unwrap();
        slow.go_on();
    };
    let (first, ()) = tokio::join!(first, meanwhile);
    assert!(first.unwrap().succeeded());
    assert_eq!((slow.received().len(), quick.received().len()), (1, 1));
    assert!(hub.state.linking.test_webhook_endpoint(&made.id, &caller).await.is_ok());
}

#[tokio::test]
async fn a_test_event_is_sent_once_also_if_nobody_waits_for_its_answer() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let (made, _) = endpoint(&hub, &receiver).await;
    receiver.next([Manner::Hang]);
    let caller = Caller::system();
    tokio::select! {
        answered = hub.state.linking.test_webhook_endpoint(&made.id, &caller) => {
            panic!("nothing was answered yet: {answered:?}")
        }
        () = receiver.arrived(1) => {}
    }
    receiver.go_on();
    hub.state.linking.finish_deliveries().await;
    let [delivery] = deliveries(&hub, &made.id).await.try_into().unwrap();
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Delivered, 1));
    hub.clock.advance(super::DAY);
    deliver(&hub).await;
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn a_test_event_that_is_replayed_is_tried_once_too() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let (made, _) = endpoint(&hub, &receiver).await;
    receiver.always(Manner::Status(500));
    let (linking, caller) = (&hub.state.linking, Caller::system());
    let test = linking.test_webhook_endpoint(&made.id, &caller).await.unwrap();
    linking.replay_delivery(&made.id, &test.event_id, &caller).await.unwrap();
    for _ in 0..3 {
        deliver(&hub).await;
        hub.clock.advance(super::DAY);
    }
    assert_eq!(receiver.received().len(), 2);
    assert_eq!(found(&hub, &made.id).await.failing_since, None);
}

#[tokio::test]
async fn an_endpoint_does_not_fail_any_more_when_a_test_event_arrives() {
    let receiver = Receiver::start().await;
    receiver.next([Manner::Status(500)]);
    let (hub, _, endpoint, _) = one_event(&receiver).await;
    deliver(&hub).await;
    assert!(found(&hub, &endpoint.id).await.failing_since.is_some());
    let caller = Caller::system();
    hub.state.linking.test_webhook_endpoint(&endpoint.id, &caller).await.unwrap();
    assert_eq!(found(&hub, &endpoint.id).await.failing_since, None);
}
