use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::emulator::Fault;
use crate::support::{ApiClient, JsonAnswer, TestHub};

async fn make(key: &ApiClient, name: &str, body: &Value) -> JsonAnswer {
    let headers = [("idempotency-key", name)];
    key.send(Method::POST, "/api/connect_sessions", &headers, Some(body.to_string())).await
}

fn asked(owner: &str) -> Value {
    json!({ "origin_owner_id": owner, "origin_owner_name": owner })
}

#[tokio::test]
async fn a_request_that_comes_again_is_answered_as_before() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let first = make(&key, "one", &asked("1")).await;
    assert_eq!(first.status, 201);
    assert_eq!(first.answer.header("idempotent-replayed"), "");
    let again = make(&key, "one", &asked("1")).await;
    assert_eq!(again.status, 201);
    assert_eq!(again.answer.header("idempotent-replayed"), "true");
    assert_eq!(again.answer.header("content-type"), "application/json");
    assert_eq!(again.json, first.json, "the token too");
    make(&key, "one", &asked("2")).await.refused(422, "idempotency_key_reused");
    let sessions = key.get("/api/connect_sessions").await.ok();
    assert_eq!(sessions.as_array().unwrap().len(), 1);
    make(&key, "two", &asked("1")).await.ok();
    let other = hub.back_end().await;
    let others = make(&other, "one", &asked("1")).await.ok();
    assert_ne!(others["token"], first.json["token"], "names belong to their API key");
    hub.clock.advance(Duration::from_hours(24));
    let later = make(&key, "one", &asked("1")).await;
    assert_eq!(later.answer.header("idempotent-replayed"), "", "a day later it is new");
}

#[tokio::test]
async fn a_refusal_is_repeated_too() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let wrong = json!({ "origin_owner_id": "" , "origin_owner_name": "x" });
    let first = make(&key, "one", &wrong).await;
    first.refused(422, "invalid_fields");
    let again = make(&key, "one", &wrong).await;
    assert_eq!(again.answer.header("idempotent-replayed"), "true");
    assert_eq!(again.json, first.json);
}

#[tokio::test]
async fn a_request_under_way_is_not_carried_out_twice() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let token = key.token("1", json!({})).await;
    let id = hub.page(&token).link(&hub.key()).await.ok()["id"].as_str().unwrap().to_owned();
    hub.qlik.world().fault("/api/v1/users/me", Fault::Slow(Duration::from_secs(2)));
    let path = format!("/api/accounts/{id}/verify");
    let headers = [("idempotency-key", "one")];
    let verify = || key.send(Method::POST, &path, &headers, None);
    let (first, second) = tokio::join!(verify(), verify());
    let [first, second] = if first.status == 200 { [first, second] } else { [second, first] };
    assert_eq!(first.status, 200);
    second.refused(409, "idempotency_key_in_use");
    assert_eq!(verify().await.answer.header("idempotent-replayed"), "true");
}

#[tokio::test]
async fn the_name_is_of_visible_characters() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    for name in ["", &"x".repeat(256)] {
        make(&key, name, &asked("1")).await.refused(422, "invalid_fields");
    }
    let headers = [("idempotency-key", "one")];
    let nobody = hub.stranger();
    let body = Some(asked("1").to_string());
    let answer = nobody.send(Method::POST, "/api/connect_sessions", &headers, body).await;
    answer.refused(401, "api_key_missing");
}

#[tokio::test]
async fn a_request_goes_on_when_its_client_leaves() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let token = key.token("1", json!({})).await;
    let id = hub.page(&token).link(&hub.key()).await.ok()["id"].as_str().unwrap().to_owned();
    hub.qlik.world().fault("/api/v1/users/me", Fault::Slow(Duration::from_secs(1)));
    let path = format!("/api/accounts/{id}/verify");
    let headers = [("idempotency-key", "one")];
    let leaving = key.send(Method::POST, &path, &headers, None);
    let left = tokio::time::timeout(Duration::from_millis(300), leaving).await;
    assert!(left.is_err(), "it is slow");
    let mut again = key.send(Method::POST, &path, &headers, None).await;
    for _ in 0..50 {
        if again.status != 409 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        again = key.send(Method::POST, &path, &headers, None).await;
    }
    assert_eq!(again.status, 200);
    assert_eq!(again.answer.header("idempotent-replayed"), "true");
}
