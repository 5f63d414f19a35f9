use linkhub::model::api_key::Scope;
use linkhub::model::event::{Action, Caller, Event};
use serde_json::Value;

use crate::support::TestHub;

fn actions(json: &Value) -> Vec<&str> {
    json.as_array().unwrap().iter().map(|event| event["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_whole_history_is_read_with_filters() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let key = hub.back_end().await;
    key.post(&format!("/api/accounts/{id}/suspend"), &Value::Null).await.ok();
    let all = key.get("/api/events").await.ok();
    let expected = [
        "account.suspended",
        "api_key.created",
        "account.created",
        "admin.signed_in",
        "admin.created",
    ];
    assert_eq!(actions(&all), expected);
    assert_eq!(all[0]["actor"]["id"], key.id());
    assert_eq!(all[0]["account_id"], id.as_str());
    for (query, expected) in [
        ("action=account.suspended".to_owned(), vec!["account.suspended"]),
        ("action=account.*&who=admin".to_owned(), vec!["account.created"]),
        (
            "action[]=account.created&action[]=admin.created".to_owned(),
            vec!["account.created", "admin.created"],
        ),
        (format!("who={}", key.id()), vec!["account.suspended"]),
        (format!("account_id={id}"), vec!["account.suspended", "account.created"]),
        ("from=2026-11-24T00:00:00Z".to_owned(), vec![]),
        (format!("request_id={}", all[3]["request_id"].as_str().unwrap()), vec!["admin.signed_in"]),
    ] {
        let found = key.get(&format!("/api/events?{query}")).await.ok();
        assert_eq!(actions(&found), expected, "{query}");
    }
    let query = "action=x&who=x&account_id=x&from=x&to=x&request_id=%00&page_size=0&format=xml";
    let wrong = key.get(&format!("/api/events?{query}")).await;
    wrong.refused(422, "invalid_fields");
    let fields = ["account_id", "action", "format", "from", "page_size", "request_id", "to", "who"];
    assert_eq!(wrong.wrong_fields(), fields);
    key.get("/api/events?cursor=x").await.refused(404, "cursor_unknown");
}

#[tokio::test]
async fn the_header_link_leads_through_history_and_back() {
    let hub = TestHub::start_without_admin(&[]).await;
    let key = hub.back_end_with(&[Scope::EventsRead]).await;
    for _ in 0..24 {
        let event = Event::new(Action::SignInFailed, &Caller::system(), hub.clock.now());
        hub.state.store.record_event(&event).await.unwrap();
    }
    let ids = |json: &Value| -> Vec<String> {
        json.as_array().unwrap().iter().map(|event| event["id"].to_string()).collect()
    };
    let mut answer = key.get("/api/events?page_size=10&who=system").await;
    assert_eq!(answer.link("prev"), None);
    let mut pages = vec![ids(&answer.json)];
    while let Some(next) = answer.link("next") {
        answer = key.get(&next).await;
        pages.push(ids(&answer.json));
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 5]);
    for expected in pages.iter().rev().skip(1) {
        answer = key.get(&answer.link("prev").unwrap()).await;
        assert_eq!(ids(&answer.json), *expected);
    }
    assert_eq!(answer.link("prev"), None);
    assert!(answer.link("next").is_some());
}

#[tokio::test]
async fn an_export_is_asked_for_by_name_or_by_the_header_accept() {
    let hub = TestHub::start().await;
    hub.signed_in().await;
    let key = hub.back_end_with(&[Scope::EventsRead]).await;
    let get = async |path: &str, accept: &str| {
        key.send(reqwest::Method::GET, path, &[("accept", accept)], None).await.answer
    };
    for (path, accept, media_type) in [
        ("/api/events?action=admin.*&format=csv", "*/*", "text/csv; charset=utf-8"),
        ("/api/events?action=admin.*", "text/csv", "text/csv; charset=utf-8"),
        ("/api/events?action=admin.*&format=jsonl", "text/csv", "application/jsonl"),
        ("/api/events?action=admin.*", "application/jsonl", "application/jsonl"),
        ("/api/events?action=admin.*", "application/json, text/csv", "application/json"),
    ] {
        let answer = get(path, accept).await;
        assert_eq!(answer.header("content-type"), media_type, "{path} {accept}");
        let lines = answer.body.lines().count();
        let expected = match media_type {
            "application/json" => 1,
            "application/jsonl" => 2,
            _ => 3,
        };
        assert_eq!(lines, expected, "{}", answer.body);
    }
    let exports = key.get("/api/events?action=events.exported").await.ok();
    assert_eq!(exports.as_array().unwrap().len(), 4);
    assert_eq!(exports[0]["detail"]["actions"].as_str().unwrap().matches("admin.").count(), 6);
    assert_eq!(exports[0]["actor"]["kind"], "api_key");
}
