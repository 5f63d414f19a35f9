//! Webhook endpoints and deliveries: empty, one, many, in every state, hostile.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;

use super::{HOSTILE, TEXTS, show, white_label};
use crate::clock::Timestamp;
use crate::id::{AccountId, EventId, WebhookAttemptId, WebhookEndpointId};
use crate::linking::WebhookError;
use crate::model::event::Actor;
use crate::model::webhook::{
    ANNOUNCED, Attempt, Delivery, DeliveryState, Disabled, DisabledBy, WebhookEndpoint,
};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::webhook::{DeleteWebhookPage, Params, Shown, Tested, WebhookPage};
use crate::web::pages::webhook_delivery::WebhookDeliveryPage;
use crate::web::pages::webhooks::{EndpointForm, NewWebhookSecretPage, Problems, WebhooksPage};
use crate::webhook::UrlError;

const LONG_URL: &str = "https://app.example.com/webhooks/Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft/linkhub?tenant=donaudampfschifffahrt";

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T10:00:00Z").unwrap()
}

fn layout() -> Layout {
    Layout::signed_in(&white_label("My Product"), "admin", Nav::Webhooks)
}

fn endpoint(text: &str) -> WebhookEndpoint {
    WebhookEndpoint {
        id: WebhookEndpointId::new(),
        version: 1,
        url: LONG_URL.to_owned(),
        description: text.to_owned(),
        events: vec!["*".to_owned()],
        old_secret_ends_at: None,
        made_by: Actor::Admin { name: text.to_owned() },
        created_at: now().minus(Duration::from_hours(50)),
        updated_at: now(),
        disabled: None,
        failing_since: None,
    }
}

fn off(text: &str, by: DisabledBy) -> WebhookEndpoint {
    let disabled = Some(Disabled { at: now().minus(Duration::from_hours(3)), by });
    WebhookEndpoint { disabled, failing_since: Some(now()), ..endpoint(text) }
}

fn delivery(of: &WebhookEndpoint, text: &str, state: DeliveryState, attempts: u32) -> Delivery {
    let payload = json!({
        "type": "account.expiring",
        "event": "account.expiring",
        "account_id": AccountId::new(),
        "origin_owner_name": text,
        "data": { "account": { "name": text } },
    });
    let done = state != DeliveryState::Pending;
    Delivery {
        endpoint_id: of.id.clone(),
        event_id: EventId::new(),
        event_type: "account.expiring".to_owned(),
        ordering_key: "acc".to_owned(),
        payload: payload.to_string(),
        sealed: None,
        created_at: now().minus(Duration::from_mins(7)),
        state,
        attempts,
        next_attempt_at: (!done && attempts > 0).then(|| now().plus(Duration::from_mins(5))),
        finished_at: done.then(now),
    }
}

fn attempt(of: &Delivery, status: Option<u16>, error: Option<&str>, answer: &str) -> Attempt {
    Attempt {
        id: WebhookAttemptId::new(),
        endpoint_id: of.endpoint_id.clone(),
        event_id: of.event_id.clone(),
        at: now().minus(Duration::from_mins(1)),
        duration: Duration::from_millis(41),
        url: LONG_URL.to_owned(),
        status,
        error: error.map(str::to_owned),
        answer: answer.to_owned(),
    }
}

fn deliveries(of: &WebhookEndpoint, text: &str) -> Vec<Delivery> {
    vec![
        delivery(of, text, DeliveryState::Delivered, 1),
        delivery(of, text, DeliveryState::Pending, 0),
        delivery(of, text, DeliveryState::Pending, 3),
        delivery(of, text, DeliveryState::Failed, 8),
    ]
}

fn shown(deliveries: &[Delivery]) -> Shown<'_> {
    Shown { deliveries, newest: deliveries.first() }
}

#[test]
fn endpoints_are_listed_in_every_state() {
    let listed = |endpoints: &[(WebhookEndpoint, Option<Delivery>)], typed, problems| {
        WebhooksPage::new(layout(), endpoints, typed, problems, now())
    };
    let empty = listed(&[], EndpointForm::everything(), Problems::default());
    let html = show("webhooks-empty", &empty);
    assert!(html.contains("Nobody is told yet") && html.contains("value=\"*\" checked"));
    assert_eq!(
        html.matches("name=\"event\"").count(),
        1 + ANNOUNCED.len(),
        "all, and each by itself"
    );
    for (name, text) in TEXTS {
        let used = endpoint(text);
        let last = deliveries(&used, text).remove(0);
        let failing = WebhookEndpoint {
            failing_since: Some(now().minus(Duration::from_hours(49))),
            events: vec!["account.created".to_owned(), "account.expiring".to_owned()],
            ..endpoint("")
        };
        let broken = endpoint(text);
        let test = delivery(&broken, text, DeliveryState::Failed, 1);
        let endpoints = [
            (broken, Some(test)),
            (endpoint(text), None),
            (used, Some(last)),
            (failing, None),
            (off(text, DisabledBy::Admin), None),
            (off(text, DisabledBy::Failures), None),
            (off(text, DisabledBy::Gone), None),
        ];
        let page = listed(&endpoints, EndpointForm::everything(), Problems::default());
        let html = show(&format!("webhooks-{name}"), &page);
        for words in [
            "Ready",
            "Working",
            "Last one failed",
            "Failing",
            "for 2 d 1 h",
            "by hand",
            "five days",
            "410",
        ] {
            assert!(html.contains(words), "{name}: {words}");
        }
    }
    let typed = EndpointForm { url: HOSTILE.to_owned(), ..EndpointForm::default() };
    for error in [
        UrlError::Malformed,
        UrlError::NotHttps,
        UrlError::UserInfo,
        UrlError::Fragment,
        UrlError::TooLong,
        UrlError::Address,
    ] {
        let problems = Problems::of(WebhookError::Url(error)).unwrap();
        let code = problems.url.as_ref().unwrap().code.clone();
        let html = show(&format!("webhooks-{code}"), &listed(&[], typed.clone(), problems));
        assert_eq!(html.matches(" autofocus").count(), 1, "{code}");
    }
}

#[test]
fn an_endpoint_is_shown_in_every_state_with_its_log() {
    let params = Params::default();
    for (name, text) in TEXTS {
        let rotating = WebhookEndpoint {
            old_secret_ends_at: Some(now().plus(Duration::from_hours(5))),
            ..endpoint(text)
        };
        let log = deliveries(&rotating, text);
        let mut page = WebhookPage::new(layout(), &rotating, &shown(&log), &params, now());
        let refused = attempt(&log[3], Some(500), Some("the answer was 500"), text);
        page.tested = Some(Tested::new(&refused, Some("/webhooks".to_owned())));
        let html = show(&format!("webhook-{name}"), &page);
        for words in ["Delivered", "Waiting", "Trying again", "Failed", "Refused", "in 5 h"] {
            assert!(html.contains(words), "{name}: {words}");
        }
        for by in DisabledBy::ALL {
            let endpoint = off(text, by);
            let waiting = [delivery(&endpoint, text, DeliveryState::Pending, 0)];
            let page = WebhookPage::new(layout(), &endpoint, &shown(&waiting), &params, now());
            let html = show(&format!("webhook-off-{}-{name}", by.as_str()), &page);
            assert!(html.contains("Switch on") && !html.contains(">Switch off<"));
            assert!(html.contains("when it is switched on") && html.contains("not sent later"));
        }
        show(&format!("webhook-delete-{name}"), &DeleteWebhookPage::new(layout(), &endpoint(text)));
    }
    let endpoint = endpoint("");
    let html =
        show("webhook-new", &WebhookPage::new(layout(), &endpoint, &shown(&[]), &params, now()));
    assert!(html.contains("Nothing was sent yet"));
    let many: Vec<_> =
        (0..26).map(|_| delivery(&endpoint, "x", DeliveryState::Delivered, 1)).collect();
    let html =
        show("webhook-many", &WebhookPage::new(layout(), &endpoint, &shown(&many), &params, now()));
    assert!(html.contains("25 deliveries, and more") && html.contains("rel=\"next\""));
}

#[test]
fn a_secret_is_shown_with_when_the_old_one_ends() {
    let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let new = NewWebhookSecretPage::new(layout(), &endpoint(HOSTILE), &secret, false, now());
    let html = show("webhook-secret", &new);
    assert!(html.contains("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    for (name, ends) in
        [("kept", Some(now().plus(Duration::from_hours(24)))), ("at-once", Some(now()))]
    {
        let rotated = WebhookEndpoint { old_secret_ends_at: ends, ..endpoint("") };
        let page = NewWebhookSecretPage::new(layout(), &rotated, &secret, true, now());
        let html = show(&format!("webhook-secret-{name}"), &page);
        let says = if name == "kept" { "in 1 d" } else { "signs nothing any more" };
        assert!(html.contains(says), "{name}");
    }
}

#[test]
fn a_delivery_shows_what_was_sent_and_every_answer() {
    for (name, text) in TEXTS {
        let endpoint = endpoint(text);
        let failed = delivery(&endpoint, text, DeliveryState::Failed, 3);
        let attempts = [
            attempt(&failed, Some(204), None, ""),
            attempt(
                &failed,
                Some(403),
                Some("the answer was 403"),
                &format!("<html>{text}\n</html>"),
            ),
            Attempt { url: text.to_owned(), ..attempt(&failed, None, Some(text), "") },
        ];
        let page = WebhookDeliveryPage::new(layout(), &endpoint, &failed, &attempts, now());
        let html = show(&format!("webhook-delivery-{name}"), &page);
        for words in
            ["Attempt 3", "Attempt 1", "Answered with 204", "signing secret", "It was sent to"]
        {
            assert!(html.contains(words), "{name}: {words}");
        }
        assert!(html.contains("v1,…"), "no signature is shown");
    }
    let endpoint = endpoint("");
    let waiting = delivery(&endpoint, "x", DeliveryState::Pending, 0);
    let page = WebhookDeliveryPage::new(layout(), &endpoint, &waiting, &[], now());
    let html = show("webhook-delivery-waiting", &page);
    assert!(html.contains("None yet") && html.contains("after an earlier one"));
}
