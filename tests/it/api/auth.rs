use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use linkhub::clock::Clock;
use linkhub::id::ApiKeyId;
use linkhub::model::api_key::Scope;
use linkhub::model::event::{Action, Actor, Caller};
use linkhub::store::EventFilter;
use reqwest::Method;
use serde_json::json;

use crate::support::TestHub;

#[tokio::test]
async fn a_key_is_shown_as_basic_user_name_or_as_bearer() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:")));
    let ask = async |authorization: &str| {
        let headers = [("authorization", authorization)];
        key.send(Method::GET, "/api/accounts", &headers, None).await
    };
    assert_eq!(ask(&basic(&key.token)).await.ok(), json!([]));
    assert_eq!(ask(&format!("bearer {}", key.token)).await.ok(), json!([]));
    for wrong in [basic(""), basic("wrong"), basic(&format!("{}x", key.token)), "Bearer x.y".into()]
    {
        let answer = ask(&wrong).await;
        answer.refused(401, "api_key_invalid");
        assert!(answer.answer.header("www-authenticate").starts_with("Basic realm="));
    }
    ask("Digest username=x").await.refused(401, "api_key_missing");
    hub.stranger().get("/api/accounts").await.refused(401, "api_key_missing");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let id = key.token.split('.').next().unwrap().to_owned();
    let id = ApiKeyId::try_from(id).unwrap();
    assert!(hub.state.linking.revoke_api_key(&id, &Caller::system()).await.unwrap());
    key.get("/api/accounts").await.refused(401, "api_key_invalid");
}

#[tokio::test]
async fn that_a_known_key_was_refused_stands_in_history_and_does_not_fill_it() {
    let hub = TestHub::start().await;
    let (revoked, known) = (hub.back_end().await, hub.back_end().await);
    let id = ApiKeyId::try_from(revoked.id().to_owned()).unwrap();
    assert!(hub.state.linking.revoke_api_key(&id, &Caller::system()).await.unwrap());
    let secret = |c: &str| format!("Bearer {}.{}", known.id(), c.repeat(43));
    let unknown = format!("Bearer {}.{}", ApiKeyId::new(), "A".repeat(43));
    for _ in 0..3 {
        revoked.get("/api/accounts").await.refused(401, "api_key_invalid");
        for wrong in [secret("A"), secret("B"), unknown.clone()] {
            let headers = [("authorization", wrong.as_str())];
            let answer = known.send(Method::GET, "/api/accounts", &headers, None).await;
            answer.refused(401, "api_key_invalid");
        }
    }
    let filter = EventFilter { actions: vec![Action::ApiKeyRefused], ..EventFilter::default() };
    let told = hub.state.store.list_history(&filter, None, 10).await.unwrap();
    let mut reasons: Vec<_> = told
        .iter()
        .map(|event| {
            assert_eq!(event.caller.actor, Actor::Visitor);
            assert_eq!(event.caller.address.as_deref(), Some("127.0.0.1"));
            assert!(event.caller.request_id.is_some());
            (event.detail["api_key_id"].as_str().unwrap(), event.detail["reason"].as_str().unwrap())
        })
        .collect();
    reasons.sort_unstable_by_key(|(_, reason)| *reason);
    assert_eq!(reasons, [(revoked.id(), "revoked"), (known.id(), "wrong_secret")]);
}

#[tokio::test]
async fn a_key_does_only_what_its_scopes_say() {
    let hub = TestHub::start().await;
    let key = hub.back_end_with(&[Scope::AccountsRead]).await;
    key.get("/api/accounts").await.ok();
    let refused = key.get("/api/connect_sessions").await;
    refused.refused(403, "scope_missing");
    assert_eq!(refused.json["data"]["scope"], "sessions:write");
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() {
    let hub = TestHub::start_with(&["--api-limit=3"]).await;
    let (key, other) = (hub.back_end().await, hub.back_end().await);
    for _ in 0..3 {
        key.get("/api/accounts").await.ok();
    }
    let answer = key.get("/api/accounts").await;
    answer.refused(429, "too_many_requests");
    let wait: u64 = answer.answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait));
    other.get("/api/accounts").await.ok();
    for _ in 0..3 {
        hub.back_end_named("wrong").get("/api/accounts").await.refused(401, "api_key_invalid");
    }
    hub.back_end_named("wrong").get("/api/accounts").await.refused(429, "too_many_requests");
}

#[tokio::test]
async fn every_refusal_below_api_is_the_envelope() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    key.get("/api").await.refused(404, "not_found");
    key.get("/api/nothing").await.refused(404, "not_found");
    key.get("/api/accounts/acc_nothing").await.refused(404, "not_found");
    let answer = key.send(Method::PUT, "/api/accounts", &[], None).await;
    answer.refused(405, "method_not_allowed");
    assert!(answer.answer.header("allow").contains("GET"));
    let post = async |headers: &[(&str, &str)], body: String| {
        key.send(Method::POST, "/api/connect_sessions", headers, Some(body)).await
    };
    post(&[("content-type", "text/plain")], "{}".into()).await.refused(415, "wrong_media_type");
    post(&[], "{".into()).await.refused(400, "bad_request");
    post(&[], "{} {}".into()).await.refused(422, "invalid_fields");
    let large = json!({ "origin_owner_id": "x".repeat(70_000) }).to_string();
    post(&[], large).await.refused(413, "too_large");
    let json = [("content-type", "application/json; charset=utf-8")];
    let wrong = post(&json, json!({ "origin_owner_id": 1 }).to_string()).await;
    wrong.refused(422, "invalid_fields");
    assert_eq!(wrong.wrong_fields(), ["origin_owner_id"]);
    let wrong = post(&json, json!({ "origin_owner_id": "x" }).to_string()).await;
    assert_eq!(wrong.wrong_fields(), ["origin_owner_name"]);
    let wrong = post(&json, "[]".into()).await;
    wrong.refused(422, "invalid_fields");
}

#[tokio::test]
async fn the_use_of_a_key_is_noted() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let Clock::Fixed(_) = &hub.clock else { panic!("tests set the time") };
    key.get("/api/accounts").await.ok();
    hub.clock.advance(Duration::from_hours(1));
    key.get("/api/accounts").await.ok();
    let id = key.token.split('.').next().unwrap();
    let found = hub.state.store.find_api_key(id).await.unwrap().unwrap();
    assert_eq!(found.last_used_at, Some(hub.clock.now()));
}
