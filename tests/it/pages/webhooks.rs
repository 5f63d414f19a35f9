use linkhub::id::{EventId, WebhookEndpointId};
use reqwest::StatusCode;

use crate::support::{TestHub, Visitor, WebhookReceiver};

const PRIVATE: &str = "--webhook-allow-private";

/// Adds an endpoint for all events; answers its page and its secret.
async fn add(admin: &Visitor, url: &str) -> (String, String) {
    let made = admin.post("/webhooks", &[("url", url), ("event", "*")]).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let page = made.attribute_of(".made a.primary", "href");
    (page, made.text_of(".copy code"))
}

#[tokio::test]
async fn an_endpoint_is_added_and_its_secret_is_shown_once() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    assert!(admin.get("/webhooks").await.body.contains("Nobody is told yet"));
    let form = [
        ("url", " https://app.example.com/hooks "),
        ("description", "Billing"),
        ("event", "account.error"),
        ("event", "account.created"),
    ];
    let made = admin.post("/webhooks", &form).await;
    let secret = made.text_of(".copy code");
    assert!(secret.starts_with("whsec_") && secret.len() > 40, "{}", made.body);
    assert_eq!(made.header("cache-control"), "no-store");
    let endpoint = hub.state.store.list_webhook_endpoints().await.unwrap().remove(0);
    assert_eq!(endpoint.url, "https://app.example.com/hooks");
    assert_eq!(endpoint.events, ["account.created", "account.error"]);
    let list = admin.get("/webhooks").await;
    for shown in
        ["https://app.example.com/hooks", "Billing", "account.created, account.error", "Ready"]
    {
        assert!(list.body.contains(shown), "{shown}");
    }
    let page = admin.get(&made.attribute_of(".made a.primary", "href")).await;
    for later in [&list.body, &page.body] {
        assert!(!later.contains(&secret), "it is not shown again");
    }
    assert!(page.has("input[value='account.error'][checked]"));
    assert!(!page.has("input[value='*'][checked]"));
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for (url, event, code) in [
        ("", "*", "url_malformed"),
        ("app.example.com", "*", "url_malformed"),
        ("http://app.example.com/", "*", "url_not_https"),
        ("https://jane:secret@app.example.com/", "*", "url_with_user"),
        ("https://app.example.com/#part", "*", "url_with_fragment"),
        ("https://10.0.0.7/hooks", "*", "url_private"),
        ("https://localhost/hooks", "*", "url_private"),
        ("https://app.example.com/", "", "events_missing"),
        ("https://app.example.com/", "account.vanished", "events_unknown"),
    ] {
        let mut form = vec![("url", url), ("description", "mine")];
        if !event.is_empty() {
            form.push(("event", event));
        }
        let answer = admin.post("/webhooks", &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert_eq!(answer.codes(), [code], "{url}");
        assert_eq!(answer.attribute_of("#url", "value"), url);
        assert_eq!(answer.attribute_of("#description", "value"), "mine");
        if code == "url_private" {
            assert!(answer.body.contains("LINKHUB_WEBHOOK_ALLOW_PRIVATE"), "{url}");
        }
    }
    assert!(hub.state.store.list_webhook_endpoints().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_endpoint_is_edited_and_switched_off_and_on() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let (page, _) = add(&admin, "https://app.example.com/").await;
    let form =
        [("url", "https://api.example.com/"), ("description", "new"), ("event", "account.error")];
    let saved = admin.post(&page, &form).await;
    assert_eq!(saved.header("location"), format!("{page}?saved=yes"));
    let shown = admin.get(&format!("{page}?saved=yes")).await;
    assert!(shown.body.contains("https://api.example.com/") && shown.text_of("h1").contains("new"));
    let wrong = admin.post(&page, &[("url", "x"), ("event", "*")]).await;
    assert_eq!(wrong.codes(), ["url_malformed"]);
    assert_eq!(wrong.attribute_of("#url", "value"), "x");

    let off = admin.post(&format!("{page}/disable"), &[]).await;
    assert_eq!(off.header("location"), format!("{page}?turned=off"));
    let shown = admin.get(&page).await;
    assert!(shown.has("[data-status=suspended]") && shown.body.contains("by hand"));
    admin.post(&format!("{page}/enable"), &[]).await;
    assert!(!admin.get(&page).await.has("[data-status=suspended]"));
}

#[tokio::test]
async fn a_new_secret_says_how_long_the_old_one_stays() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let (page, first) = add(&admin, "https://app.example.com/").await;
    let rotated = admin.post(&format!("{page}/rotate"), &[("keep", "1h")]).await;
    let second = rotated.text_of(".copy code");
    assert!(second.starts_with("whsec_") && second != first);
    assert!(rotated.body.contains("in 1 h"), "{}", rotated.body);
    assert!(admin.get(&page).await.body.contains("There are two at the moment"));
    let at_once = admin.post(&format!("{page}/rotate"), &[("keep", "none")]).await;
    assert!(at_once.body.contains("signs nothing any more"));
    assert!(!admin.get(&page).await.body.contains("There are two at the moment"));
    let nonsense = admin.post(&format!("{page}/rotate"), &[("keep", "for ever")]).await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_test_event_shows_what_was_answered() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let admin = hub.signed_in().await;
    let receiver = WebhookReceiver::start().await;
    let (page, _) = add(&admin, &receiver.url).await;
    for (status, body, outcome) in [
        (204, "", "active"),
        (500, "<script>alert(\"x\")</script>", "error"),
        (302, "elsewhere", "error"),
    ] {
        receiver.answers(status, body);
        let tested = admin.post(&format!("{page}/test"), &[]).await;
        assert_eq!(tested.status, StatusCode::SEE_OTHER, "{}", tested.body);
        let shown = admin.get(tested.header("location")).await;
        assert_eq!(shown.attribute_of("#tested", "data-outcome"), outcome);
        assert!(shown.text_of("#tested").contains(&format!("Answered with {status}")));
        assert_eq!(shown.text_of("#tested pre"), body, "as it came, and escaped");
        assert!(!shown.has("main script"));
    }
    let got = receiver.received();
    assert_eq!(got.len(), 3);
    assert_eq!(got[0].json()["type"], "webhook.test");
}

#[tokio::test]
async fn a_delivery_shows_request_and_answers_and_is_replayed() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let admin = hub.signed_in().await;
    let receiver = WebhookReceiver::start().await;
    let (page, secret) = add(&admin, &receiver.url).await;
    let account = hub.link(&admin).await;
    let waiting = admin.get(&page).await;
    assert!(waiting.body.contains("account.created") && waiting.has("[data-status=unchecked]"));
    receiver.answers(503, "<b>too busy</b>");
    hub.deliver().await;
    let log = admin.get(&page).await;
    assert!(log.has("[data-status=soon]") && log.body.contains(account.as_str()));
    let delivery = log.attribute_of("#deliveries ~ .table-frame td.title a", "href");
    let shown = admin.get(&delivery).await;
    let sent = &receiver.received()[0];
    let id = sent.header("webhook-id");
    for text in ["Answered with 503", "too busy", &id, "webhook-signature: v1,…", "account.created"]
    {
        assert!(shown.text_of("main").contains(text), "{text}");
    }
    let signature = sent.header("webhook-signature");
    assert!(
        !shown.body.contains(signature.trim_start_matches("v1,")) && !shown.body.contains(&secret)
    );
    assert!(shown.text_of("main").contains("\"event\": \"account.created\""), "pretty");

    receiver.answers(200, "");
    let replayed = admin.post(&format!("{delivery}/replay"), &[]).await;
    assert_eq!(
        replayed.header("location"),
        format!("{delivery}?replayed=yes"),
        "{}",
        replayed.body
    );
    hub.deliver().await;
    let shown = admin.get(&delivery).await;
    assert_eq!(shown.text_of("article h3").split(',').next(), Some("Attempt 2"));
    assert!(shown.text_of("main").contains("Answered with 200"));
    assert_eq!(receiver.received().last().unwrap().header("webhook-id"), id, "the id stays");
}

#[tokio::test]
async fn the_log_is_filtered_and_paged() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let admin = hub.signed_in().await;
    let receiver = WebhookReceiver::start().await;
    let (page, _) = add(&admin, &receiver.url).await;
    receiver.answers(200, "");
    for _ in 0..26 {
        admin.post(&format!("{page}/test"), &[]).await;
    }
    let first = admin.get(&page).await;
    assert_eq!(first.body.matches("webhook.test</code>").count(), 25);
    let next = first.attribute_of("a[rel=next]", "href");
    let second = admin.get(next.split('#').next().unwrap()).await;
    assert_eq!(second.body.matches("webhook.test</code>").count(), 1);
    assert!(second.has("a[rel=prev]"));
    let failed = admin.get(&format!("{page}?state=failed")).await;
    assert!(failed.body.contains("None in this state"));
    let delivered = admin.get(&format!("{page}?state=delivered")).await;
    assert_eq!(delivered.body.matches("webhook.test</code>").count(), 25);
    assert!(delivered.attribute_of("a[rel=next]", "href").contains("state=delivered"));
}

#[tokio::test]
async fn deleting_asks_first_and_forgets_the_endpoint() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let (page, _) = add(&admin, "https://app.example.com/hooks").await;
    let question = admin.get(&format!("{page}/delete")).await;
    assert!(question.text_of("h1").contains("https://app.example.com/hooks"));
    let done = admin.post(&format!("{page}/delete"), &[]).await;
    assert_eq!(done.header("location"), "/webhooks?deleted=yes");
    assert!(admin.get("/webhooks?deleted=yes").await.body.contains("The endpoint is deleted"));
    let (unknown, event) = (WebhookEndpointId::new(), EventId::new());
    for gone in [page, format!("/webhooks/{unknown}"), "/webhooks/nonsense".to_owned()] {
        for path in [gone.clone(), format!("{gone}/delete"), format!("{gone}/deliveries/{event}")] {
            assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        for action in ["delete", "disable", "enable", "test", &format!("deliveries/{event}/replay")]
        {
            let path = format!("{gone}/{action}");
            assert_eq!(admin.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn the_state_says_what_became_of_the_newest_whatever_the_log_is_filtered_for() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let admin = hub.signed_in().await;
    let receiver = WebhookReceiver::start().await;
    let (page, _) = add(&admin, &receiver.url).await;
    let states = async || {
        let mut states = Vec::new();
        for shown in [page.clone(), format!("{page}?state=pending"), "/webhooks".to_owned()] {
            states.push(admin.get(&shown).await.text_of("main .badge"));
        }
        states.dedup();
        states
    };
    assert_eq!(states().await, ["Ready"]);
    receiver.answers(500, "no");
    admin.post(&format!("{page}/test"), &[]).await;
    assert_eq!(states().await, ["Last one failed"]);
    receiver.answers(204, "");
    admin.post(&format!("{page}/test"), &[]).await;
    assert_eq!(states().await, ["Working"]);
}

#[tokio::test]
async fn what_waits_for_an_endpoint_that_is_switched_off_says_so() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let admin = hub.signed_in().await;
    let receiver = WebhookReceiver::start().await;
    let (page, _) = add(&admin, &receiver.url).await;
    hub.link(&admin).await;
    admin.post(&format!("{page}/disable"), &[]).await;
    let log = admin.get(&page).await;
    let delivery = log.attribute_of("#deliveries ~ .table-frame td.title a", "href");
    for shown in [log, admin.get(&delivery).await] {
        assert!(shown.body.contains("when it is switched on"), "{}", shown.body);
        assert!(!shown.body.contains("after an earlier one"));
    }
    admin.post(&format!("{page}/enable"), &[]).await;
    hub.deliver().await;
    admin.post(&format!("{page}/disable"), &[]).await;
    let replayed = admin.post(&format!("{delivery}/replay"), &[]).await;
    let said = admin.get(replayed.header("location")).await;
    assert!(said.text_of("[role=status]").contains("when you switch that on"), "{}", said.body);
    assert_eq!(receiver.received().len(), 1);
}
