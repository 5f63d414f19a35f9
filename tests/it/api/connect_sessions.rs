use std::time::Duration;

use linkhub::id::{AccountId, ConnectSessionId};
use linkhub::model::api_key::Scope;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::TestHub;

#[tokio::test]
async fn a_session_is_made_as_the_contract_says() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let asked = json!({
        "origin_owner_id": "customer-1", "origin_owner_name": " My Company ",
        "origin_username": "jane", "provider": "qlik", "provider_version": "v1",
        "categories": ["documents"], "multiple": false, "label": "Sales", "metadata": { "a": [1] },
        "type": "test", "expires_in": 600, "allowed_origins": ["https://App.example.com"],
        "success_url": "https://app.example.com/done", "single_use": false, "language": "de-AT",
        "note": "for Jane", "unknown": { "is": "ignored" },
    });
    let answer = key.post("/api/connect_sessions", &asked).await;
    assert_eq!(answer.status, 201);
    let made = answer.ok();
    let token = made["token"].as_str().unwrap();
    let id = made["connect_session_id"].as_str().unwrap();
    let number = ConnectSessionId::try_from(id.to_owned()).unwrap().number();
    let expected = json!({
        "id": number, "organization_id": 1, "project_id": "linkhub",
        "origin_owner_id": "customer-1", "origin_owner_name": "My Company",
        "origin_username": "jane", "provider": "qlik", "categories": ["documents"],
        "account_id": null, "label": "Sales", "metadata": { "a": [1] }, "type": "test",
        "external_trigger_token": null, "created_at": "2026-11-23T10:00:00Z",
        "token": token, "auth_link_url": hub.url(&format!("/hub/{token}")),
        "connect_session_id": id, "state": "open", "expires_at": "2026-11-23T10:10:00Z",
        "opened_at": null, "completed_at": null, "linked_account_id": null, "multiple": false,
        "single_use": false, "allowed_origins": ["https://app.example.com"],
        "success_url": "https://app.example.com/done", "language": "de", "note": "for Jane",
        "made_by": { "kind": "api_key", "id": key.id(), "name": "back end" },
    });
    assert_eq!(made, expected);
    let seen = key.post("/api/connect_sessions/authenticate", &json!({ "token": token })).await;
    assert_eq!(seen.status, 201);
    let seen = seen.ok();
    assert_eq!(seen["id"], made["id"]);
    for gone in ["token", "auth_link_url"] {
        assert_eq!(seen.get(gone), None, "the token is shown once");
    }
    let read = key.get(&format!("/api/connect_sessions/{id}")).await.ok();
    assert_eq!(read, seen);
}

#[tokio::test]
async fn what_is_null_is_not_given() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let nothing = [
        "origin_username",
        "provider",
        "provider_version",
        "categories",
        "account_id",
        "multiple",
        "label",
        "metadata",
        "type",
        "expires_in",
        "allowed_origins",
        "success_url",
        "single_use",
        "language",
        "note",
    ];
    let nothing: Value = nothing.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let made = key.session("customer-1", nothing).await;
    assert_eq!(made["expires_at"], "2026-11-23T10:30:00Z");
    assert_eq!(made["type"], "production");
    assert_eq!(made["single_use"], true);
}

#[rstest]
#[case(json!({ "origin_owner_id": " \n" }), "origin_owner_id")]
#[case(json!({ "origin_owner_id": null }), "origin_owner_id")]
#[case(json!({ "origin_owner_name": "" }), "origin_owner_name")]
#[case(json!({ "origin_owner_name": "x".repeat(201) }), "origin_owner_name")]
#[case(json!({ "label": "x".repeat(201) }), "label")]
#[case(json!({ "label": 1 }), "label")]
#[case(json!({ "provider": "workday" }), "provider")]
#[case(json!({ "type": "sandbox" }), "type")]
#[case(json!({ "multiple": "yes" }), "multiple")]
#[case(json!({ "expires_in": 59 }), "expires_in")]
#[case(json!({ "expires_in": -1 }), "expires_in")]
#[case(json!({ "expires_in": 2_592_001 }), "expires_in")]
#[case(json!({ "expires_in": 60.5 }), "expires_in")]
#[case(json!({ "categories": ["analytics"] }), "categories")]
#[case(json!({ "metadata": [] }), "metadata")]
#[case(json!({ "metadata": { "a": "x".repeat(8200) } }), "metadata")]
#[case(json!({ "allowed_origins": ["*"] }), "allowed_origins")]
#[case(json!({ "allowed_origins": ["https://a.example/path"] }), "allowed_origins")]
#[case(json!({ "allowed_origins": vec!["https://a.example"; 21] }), "allowed_origins")]
#[case(json!({ "allowed_origins": [1] }), "allowed_origins[0]")]
#[case(json!({ "success_url": "http://app.example.com" }), "success_url")]
#[case(json!({ "success_url": "javascript:alert(1)" }), "success_url")]
#[case(json!({ "success_url": "/done" }), "success_url")]
#[case(json!({ "language": "tlh" }), "language")]
#[tokio::test]
async fn what_does_not_fit_is_named(#[case] wrong: Value, #[case] field: &str) {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let mut asked = json!({ "origin_owner_id": "1", "origin_owner_name": "One" });
    asked.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
    let answer = key.post("/api/connect_sessions", &asked).await;
    answer.refused(422, "invalid_fields");
    assert_eq!(answer.wrong_fields(), [field]);
    assert_eq!(key.get("/api/connect_sessions").await.ok(), json!([]), "nothing was made");
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let hub = TestHub::start().await;
    let asked = json!({ "origin_owner_id": "", "origin_owner_name": "x", "expires_in": 1,
        "success_url": "x", "language": "x" });
    let answer = hub.back_end().await.post("/api/connect_sessions", &asked).await;
    let expected = ["expires_in", "language", "origin_owner_id", "success_url"];
    assert_eq!(answer.wrong_fields(), expected);
}

#[tokio::test]
async fn a_local_page_may_be_where_done_leads() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    for url in ["http://localhost:3000/x", "http://127.0.0.1/", "https://example.com/?a=b"] {
        assert_eq!(key.session("1", json!({ "success_url": url })).await["success_url"], url);
    }
}

#[tokio::test]
async fn a_known_owner_renews_its_account_unless_it_wants_one_more() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let token = key.token("customer-1", json!({})).await;
    let id = hub.page(&token).link(&hub.key()).await.ok()["id"].clone();
    assert_eq!(key.session("customer-1", json!({})).await["account_id"], id);
    assert_eq!(key.session("customer-2", json!({})).await["account_id"], Value::Null);
    let more = key.session("customer-1", json!({ "multiple": true })).await;
    assert_eq!(more["account_id"], Value::Null);
    let named = key.session("customer-1", json!({ "account_id": id })).await;
    assert_eq!(named["account_id"], id);
    let owner = json!({ "origin_owner_id": "customer-2", "origin_owner_name": "x" });
    for unknown in [id, json!(AccountId::new()), json!("nothing")] {
        let mut asked = owner.clone();
        asked["account_id"] = unknown;
        let answer = key.post("/api/connect_sessions", &asked).await;
        answer.refused(404, "account_unknown");
    }
}

#[tokio::test]
async fn open_sessions_are_listed_in_pages_newest_first() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let mut made = Vec::new();
    for n in 0..5 {
        let session = key.session(&format!("customer-{}", n % 2), json!({})).await;
        made.push(session["connect_session_id"].clone());
        hub.clock.advance(Duration::from_secs(1));
    }
    made.reverse();
    let id = made[2].as_str().unwrap();
    let revoked = key.delete(&format!("/api/connect_sessions/{id}")).await.ok();
    assert_eq!(revoked["state"], "revoked");
    made.remove(2);
    let mut path = Some("/api/connect_sessions?page_size=3".to_owned());
    let mut found = Vec::new();
    while let Some(next) = path {
        let page = key.get(&next).await;
        path = page.link("next");
        for session in page.ok().as_array().unwrap() {
            assert_eq!(session.get("token"), None);
            found.push(session["connect_session_id"].clone());
        }
    }
    assert_eq!(found, made);
    let one = key.get("/api/connect_sessions?origin_owner_id=customer-1").await.ok();
    assert_eq!(one.as_array().unwrap().len(), 2);
    hub.clock.advance(Duration::from_hours(1));
    assert_eq!(key.get("/api/connect_sessions").await.ok(), json!([]), "they have expired");
}

#[tokio::test]
async fn a_list_is_asked_for_properly() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    for query in ["page_size=0", "page_size=101", "page_size=x"] {
        let answer = key.get(&format!("/api/connect_sessions?{query}")).await;
        answer.refused(422, "invalid_fields");
    }
    key.get("/api/connect_sessions?cursor=x").await.refused(404, "cursor_unknown");
    key.get("/api/connect_sessions?origin_owner_id=%00").await.ok();
}

#[tokio::test]
async fn a_revoked_session_opens_nothing_and_a_used_one_stays_used() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let made = key.session("1", json!({})).await;
    let path = format!("/api/connect_sessions/{}", made["connect_session_id"].as_str().unwrap());
    assert_eq!(key.delete(&path).await.ok()["state"], "revoked");
    assert_eq!(key.delete(&path).await.ok()["state"], "revoked", "again");
    let shown = json!({ "token": made["token"] });
    let answer = key.post("/api/connect_sessions/authenticate", &shown).await;
    answer.refused(410, "session_revoked");

    let used = key.session("1", json!({})).await;
    hub.page(used["token"].as_str().unwrap()).link(&hub.key()).await.ok();
    let path = format!("/api/connect_sessions/{}", used["connect_session_id"].as_str().unwrap());
    key.delete(&path).await.refused(410, "session_used");
    assert_eq!(key.get(&path).await.ok()["state"], "used");
    let unknown = format!("/api/connect_sessions/{}", ConnectSessionId::new());
    key.delete(&unknown).await.refused(404, "not_found");
    key.get(&unknown).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_token_that_opens_nothing_says_why() {
    let hub = TestHub::start().await;
    let key = hub.back_end_with(&[Scope::SessionsWrite]).await;
    let ask = async |token: &str| {
        key.post("/api/connect_sessions/authenticate", &json!({ "token": token })).await
    };
    ask("not-a-token").await.refused(404, "session_unknown");
    let token = key.token("1", json!({ "expires_in": 60 })).await;
    ask(&format!("{}x", &token[..token.len() - 1])).await.refused(404, "session_unknown");
    hub.clock.advance(Duration::from_mins(1));
    ask(&token).await.refused(410, "session_expired");
}
