use linkhub::id::{EventId, WebhookEndpointId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ApiClient, TestHub, WebhookReceiver};

const ENDPOINTS: &str = "/api/webhook_endpoints";
const PRIVATE: &str = "--webhook-allow-private";

async fn add(key: &ApiClient, url: &str) -> Value {
    key.post(ENDPOINTS, &json!({ "url": url })).await.ok()
}

fn path(endpoint: &Value) -> String {
    format!("{ENDPOINTS}/{}", endpoint["id"].as_str().unwrap())
}

#[tokio::test]
async fn an_endpoint_is_made_read_changed_and_deleted() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let made = key.post(ENDPOINTS, &json!({ "url": "https://app.example.com/hooks" })).await;
    assert_eq!(made.status, 201);
    let mut made = made.ok();
    let secret = made.as_object_mut().unwrap().remove("secret").unwrap();
    assert!(secret.as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["events"], json!(["*"]), "all, if nobody says which");
    assert_eq!(made["enabled"], true);
    assert_eq!(made["made_by"]["id"], key.id());
    let path = path(&made);
    assert_eq!(key.get(&path).await.ok(), made, "without the secret");
    assert_eq!(key.get(ENDPOINTS).await.ok(), json!([made]));

    let edit = json!({ "events": ["account.error", "account.created"], "enabled": false });
    let changed = key.patch(&path, &edit).await.ok();
    assert_eq!(changed["events"], json!(["account.created", "account.error"]));
    assert_eq!((&changed["enabled"], &changed["disabled_by"]), (&json!(false), &json!("admin")));
    assert_eq!(changed["url"], made["url"], "what is not named stays");
    let changed = key.patch(&path, &json!({ "enabled": true, "description": "x" })).await.ok();
    assert_eq!((&changed["enabled"], &changed["disabled_by"]), (&json!(true), &Value::Null));

    assert_eq!(key.delete(&path).await.ok(), changed);
    key.get(&path).await.refused(404, "webhook_endpoint_unknown");
    key.delete(&path).await.refused(404, "webhook_endpoint_unknown");
    assert_eq!(key.get(ENDPOINTS).await.ok(), json!([]));
}

#[tokio::test]
async fn what_is_wrong_is_named_by_field() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let endpoint = add(&key, "https://app.example.com/").await;
    let good = "https://app.example.com/";
    for (body, field) in [
        (json!({ "url": "nonsense" }), "url"),
        (json!({ "url": "http://app.example.com/" }), "url"),
        (json!({ "url": "https://127.0.0.1/" }), "url"),
        (json!({ "url": "https://[::1]/" }), "url"),
        (json!({ "url": "https://localhost/" }), "url"),
        (json!({ "url": format!("{good}{}", "x".repeat(2048)) }), "url"),
        (json!({ "url": good, "description": "x".repeat(201) }), "description"),
        (json!({ "url": good, "events": [] }), "events"),
        (json!({ "url": good, "events": ["account.vanished"] }), "events"),
    ] {
        for answer in [key.post(ENDPOINTS, &body).await, key.patch(&path(&endpoint), &body).await] {
            answer.refused(422, "invalid_fields");
            assert_eq!(answer.wrong_fields(), [field], "{body}");
        }
    }
    let missing = key.post(ENDPOINTS, &json!({})).await;
    assert_eq!(missing.wrong_fields(), ["url"]);
    assert_eq!(key.get(ENDPOINTS).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_secret_is_changed_with_time_for_the_old_one() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let endpoint = add(&key, "https://app.example.com/").await;
    let rotate = format!("{}/rotate", path(&endpoint));
    let usual = key.post(&rotate, &json!({})).await.ok();
    assert_eq!(usual["old_secret_ends_at"], "2026-11-24T10:00:00Z", "a day");
    assert_ne!(usual["secret"], endpoint["secret"]);
    let at_once = key.post(&rotate, &json!({ "keep_old_seconds": 0 })).await.ok();
    assert_eq!(at_once["old_secret_ends_at"], Value::Null);
    let whole = key.post(&rotate, &json!({ "keep_old_seconds": 60.0 })).await.ok();
    assert_eq!(whole["old_secret_ends_at"], "2026-11-23T10:01:00Z");
    for wrong in [json!(-1), json!(2_592_001), json!(0.5), json!(1e300), json!("60")] {
        let refused = key.post(&rotate, &json!({ "keep_old_seconds": wrong })).await;
        assert_eq!(refused.wrong_fields(), ["keep_old_seconds"]);
    }
}

#[tokio::test]
async fn sent_again_with_one_name_an_endpoint_is_made_once_and_its_secret_is_had_again() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let body = json!({ "url": "https://app.example.com/" }).to_string();
    let named = [("idempotency-key", "one")];
    let first = key.send(Method::POST, ENDPOINTS, &named, Some(body.clone())).await.ok();
    let again = key.send(Method::POST, ENDPOINTS, &named, Some(body)).await.ok();
    assert_eq!(first, again);
    assert_eq!(key.get(ENDPOINTS).await.ok().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_test_event_tells_what_became_of_it() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let key = hub.back_end().await;
    let receiver = WebhookReceiver::start().await;
    let endpoint = add(&key, &receiver.url).await;
    let test = format!("{}/test", path(&endpoint));
    receiver.answers(200, "thanks");
    let good = key.post(&test, &json!({})).await.ok();
    assert_eq!((&good["succeeded"], &good["status"]), (&json!(true), &json!(200)));
    assert_eq!((&good["answer"], &good["error"]), (&json!("thanks"), &Value::Null));
    assert_eq!(receiver.received()[0].header("webhook-id"), good["event_id"].as_str().unwrap());
    receiver.answers(500, "no");
    let bad = key.post(&test, &json!({})).await.ok();
    assert_eq!((&bad["succeeded"], &bad["status"]), (&json!(false), &json!(500)));
    assert!(bad["error"].as_str().is_some());
}

#[tokio::test]
async fn deliveries_are_listed_read_and_replayed() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let key = hub.back_end().await;
    let receiver = WebhookReceiver::start().await;
    let endpoint = add(&key, &receiver.url).await;
    let deliveries = format!("{}/deliveries", path(&endpoint));
    let admin = hub.signed_in().await;
    let account = hub.link(&admin).await;
    let waiting = key.get(&deliveries).await.ok();
    assert_eq!(waiting[0]["event_type"], "account.created");
    assert_eq!(waiting[0]["account_id"], account.as_str());
    assert_eq!(
        (&waiting[0]["state"], &waiting[0]["attempt_count"]),
        (&json!("pending"), &json!(0))
    );

    receiver.answers(200, "thanks");
    hub.deliver().await;
    let one = format!("{deliveries}/{}", waiting[0]["event_id"].as_str().unwrap());
    let read = key.get(&one).await.ok();
    assert_eq!((&read["state"], &read["attempt_count"]), (&json!("delivered"), &json!(1)));
    assert_eq!(read["payload"], receiver.received()[0].json(), "what was sent");
    assert_eq!(
        (&read["attempts"][0]["status"], &read["attempts"][0]["answer"]),
        (&json!(200), &json!("thanks"))
    );

    let replayed = key.post(&format!("{one}/replay"), &json!({})).await.ok();
    assert_eq!(replayed["state"], "pending");
    hub.deliver().await;
    assert_eq!(key.get(&one).await.ok()["attempts"].as_array().unwrap().len(), 2);

    for (state, count) in [("delivered", 1), ("pending", 0), ("failed", 0)] {
        let found = key.get(&format!("{deliveries}?state={state}")).await.ok();
        assert_eq!(found.as_array().unwrap().len(), count, "{state}");
    }
    let nonsense = key.get(&format!("{deliveries}?state=lost")).await;
    assert_eq!(nonsense.wrong_fields(), ["state"]);
    let nobody = format!("{deliveries}/{}", EventId::new());
    key.get(&nobody).await.refused(404, "delivery_unknown");
    key.post(&format!("{nobody}/replay"), &json!({})).await.refused(404, "delivery_unknown");
    let unknown = format!("{ENDPOINTS}/{}/deliveries", WebhookEndpointId::new());
    key.get(&unknown).await.refused(404, "webhook_endpoint_unknown");
}

#[tokio::test]
async fn the_log_is_paged_by_links() {
    let hub = TestHub::start_with(&[PRIVATE]).await;
    let key = hub.back_end().await;
    let receiver = WebhookReceiver::start().await;
    receiver.answers(200, "");
    let endpoint = add(&key, &receiver.url).await;
    for _ in 0..5 {
        key.post(&format!("{}/test", path(&endpoint)), &json!({})).await.ok();
    }
    let mut seen = Vec::new();
    let mut next = Some(format!("{}/deliveries?page_size=2&state=delivered", path(&endpoint)));
    while let Some(page) = next {
        let answer = key.get(&page).await;
        next = answer.link("next");
        let page = answer.ok();
        seen.extend(
            page.as_array().unwrap().iter().map(|d| d["event_id"].as_str().unwrap().to_owned()),
        );
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a > b), "the newest first, each once");
    let nowhere = format!("{}/deliveries?cursor=nonsense", path(&endpoint));
    key.get(&nowhere).await.refused(404, "cursor_unknown");
}
