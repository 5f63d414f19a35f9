use std::collections::BTreeSet;
use std::time::Duration;

use linkhub::id::AccountId;
use linkhub::model::api_key::Scope;
use reqwest::Method;
use serde_json::{Value, json};

use crate::emulator::User;
use crate::support::{ApiClient, TestHub};

/// Links a user of its own for an owner.
async fn link(hub: &TestHub, key: &ApiClient, owner: &str, more: Value) -> String {
    let qlik_key = {
        let mut world = hub.qlik.world();
        let user = User::new("John Roe", "john.roe@example.com");
        let user = world.add_user(&hub.tenant_id, user);
        world.mint_key(&user, Duration::from_hours(24))
    };
    let mut terms = json!({ "multiple": true });
    terms.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let token = key.token(owner, terms).await;
    let linked = hub.page(&token).link(&qlik_key).await.ok();
    hub.clock.advance(Duration::from_secs(1));
    linked["id"].as_str().unwrap().to_owned()
}

fn ids(accounts: &Value) -> Vec<String> {
    let accounts = accounts.as_array().unwrap();
    accounts.iter().map(|account| account["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_account_is_told_with_all_but_its_key() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let more = json!({ "label": "Sales", "metadata": { "a": 1 }, "type": "test",
        "origin_username": "jane" });
    let qlik_key = hub.key();
    let token = key.token("customer-1", more).await;
    let id = hub.page(&token).link(&qlik_key).await.ok()["id"].clone();
    let path = format!("/api/accounts/{}", id.as_str().unwrap());
    let answer = key.get(&path).await;
    assert!(!answer.answer.body.contains(&qlik_key));
    let account = answer.ok();
    let expected = [
        ("provider", json!("qlik")),
        ("provider_name", json!("Qlik Cloud")),
        ("status", json!("active")),
        ("status_reasons", json!([])),
        ("origin_owner_id", json!("customer-1")),
        ("origin_owner_name", json!("customer-1")),
        ("origin_username", json!("jane")),
        ("label", json!("Sales")),
        ("type", json!("test")),
        ("metadata", json!({ "a": 1 })),
        ("created_at", json!("2026-11-23T10:00:00Z")),
        ("linked_at", json!("2026-11-23T10:00:00Z")),
        ("last_checked_at", json!("2026-11-23T10:00:00Z")),
        ("not_checked_since", Value::Null),
        ("expires_at", json!("2026-11-24T10:00:00Z")),
    ];
    for (field, value) in expected {
        assert_eq!(account[field], value, "{field}");
    }
    assert_eq!(account["tenant"]["host"], "my-company.us.qlikcloud.com");
    assert_eq!(account["tenant"]["id"], hub.tenant_id);
    assert_eq!(account["user"]["id"], hub.user_id);
    assert_eq!(account["user"]["tenant_admin"], false);
    assert_eq!(account["credentials"]["type"], "api_key");
    assert!(account["credentials"]["key_id"].is_string());
    let list = key.get("/api/accounts").await;
    assert!(!list.answer.body.contains(&qlik_key));
    assert_eq!(list.ok(), json!([account]));
    let meta = key.get(&format!("{path}/meta")).await.ok();
    assert_eq!(meta, json!({ "provider": "qlik", "category": "analytics", "models": {} }));
}

#[tokio::test]
async fn filters_narrow_each_other_and_their_values_widen() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let a = link(&hub, &key, "customer-1", json!({})).await;
    let b = link(&hub, &key, "customer-1", json!({})).await;
    let c = link(&hub, &key, "customer 2", json!({})).await;
    key.post(&format!("/api/accounts/{b}/suspend"), &json!({})).await.ok();
    let find = async |query: &str| ids(&key.get(&format!("/api/accounts?{query}")).await.ok());
    let [only_a, only_b, only_c] = [&a, &b, &c].map(|id| vec![id.clone()]);
    let all = vec![c.clone(), b.clone(), a.clone()];
    let none: Vec<String> = Vec::new();
    for (query, expected) in [
        (String::new(), &all),
        ("unknown=x&page_size=25".into(), &all),
        ("origin_owner_id=customer%202".into(), &only_c),
        ("origin_owner_ids=customer-1&origin_owner_ids=customer%202".into(), &all),
        ("origin_owner_ids[]=customer+2&origin_owner_ids[]=nobody".into(), &only_c),
        ("origin_owner_id=customer-1&origin_owner_ids=customer%202".into(), &none),
        ("origin_owner_id=%00".into(), &none),
        (format!("account_ids={a}"), &only_a),
        (format!("account_ids={a}&account_ids={b}&account_ids={c}&account_ids=x"), &all),
        (format!("account_ids={a}&status=suspended"), &none),
        ("account_ids=nothing".into(), &none),
        ("status=suspended".into(), &only_b),
        ("status=active&status=suspended&status=error&status=active".into(), &all),
        ("status=inactive".into(), &none),
        (
            "status=inactive&status=suspended&origin_owner_ids=customer-1&origin_owner_ids=x"
                .into(),
            &only_b,
        ),
        ("provider=qlik&providers=workday&providers=qlik".into(), &all),
        ("provider=workday".into(), &none),
        ("providers=workday".into(), &none),
    ] {
        assert_eq!(&find(&query).await, expected, "{query}");
    }
    let many: String = format!("account_ids={a}&").repeat(101);
    for query in ["page=0", "page=x", "page=10001", "page_size=101", "status=good", &many] {
        let answer = key.get(&format!("/api/accounts?{query}")).await;
        answer.refused(422, "invalid_fields");
    }
    key.get("/api/accounts?cursor=x").await.refused(404, "cursor_unknown");
}

#[tokio::test]
async fn a_list_is_walked_by_number_and_by_link() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let mut linked = Vec::new();
    for n in 0..5 {
        linked.push(link(&hub, &key, &format!("customer-{}", n % 3), json!({})).await);
    }
    linked.reverse();
    let owners =
        "origin_owner_ids=customer-0&origin_owner_ids=customer-1&origin_owner_ids=customer-2";
    for filter in ["", owners, "status=active&status=error"] {
        let path = format!("/api/accounts?page_size=2&{filter}");
        let mut by_number = Vec::new();
        for page in 1..=4 {
            by_number.extend(ids(&key.get(&format!("{path}&page={page}")).await.ok()));
        }
        assert_eq!(by_number, linked, "{filter}");
        let (mut by_link, mut next, mut last) = (Vec::new(), Some(path), String::new());
        while let Some(path) = next {
            let page = key.get(&path).await;
            next = page.link("next");
            by_link.extend(ids(&page.json));
            last = path;
        }
        assert_eq!(by_link, linked, "{filter}");
        let (mut back, mut previous) = (BTreeSet::new(), Some(last));
        while let Some(path) = previous {
            let page = key.get(&path).await;
            previous = page.link("prev");
            back.extend(ids(&page.json));
        }
        assert_eq!(back, linked.iter().cloned().collect(), "{filter}");
    }
    let second = key.get("/api/accounts?page_size=2&page=2").await;
    assert_eq!(ids(&key.get(&second.link("prev").unwrap()).await.ok()), linked[..2]);
    assert_eq!(ids(&key.get(&second.link("next").unwrap()).await.ok()), linked[4..]);
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_never_the_key() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let id = link(&hub, &key, "customer-1", json!({ "metadata": { "a": 1, "b": 2 } })).await;
    let path = format!("/api/accounts/{id}");
    let credential = key.get(&format!("{path}/credentials")).await.ok()["api_key"].clone();
    let change = json!({ "label": "Sales", "origin_owner_id": "customer-9",
        "origin_owner_name": "Nine", "origin_username": "joan", "type": "test",
        "metadata": { "b": null, "c": [3] }, "credentials": { "apiKey": "x" },
        "secrets": { "apiKey": "x" }, "setup_information": { "region": "eu" }, "provider": "other" });
    let after = key.patch(&path, &change).await.ok();
    for (field, value) in [
        ("label", json!("Sales")),
        ("origin_owner_id", json!("customer-9")),
        ("origin_owner_name", json!("Nine")),
        ("origin_username", json!("joan")),
        ("type", json!("test")),
        ("metadata", json!({ "a": 1, "c": [3] })),
        ("provider", json!("qlik")),
    ] {
        assert_eq!(after[field], value, "{field}");
    }
    assert_eq!(key.get(&path).await.ok(), after);
    let nothing = json!({ "label": {}, "metadata": {}, "origin_owner_id": null, "type": null });
    let unchanged = key.patch(&path, &nothing).await.ok();
    assert_eq!(unchanged, after);
    let cleared = key.patch(&path, &json!({ "label": null })).await.ok();
    assert_eq!(cleared["label"], Value::Null);
    assert_eq!(key.get(&format!("{path}/credentials")).await.ok()["api_key"], credential);
    for (wrong, field) in [
        (json!({ "label": 1 }), "label"),
        (json!({ "label": "x".repeat(201) }), "label"),
        (json!({ "type": "x" }), "type"),
        (json!({ "metadata": 1 }), "metadata"),
        (json!({ "metadata": { "d": "x".repeat(8200) } }), "metadata"),
        (json!({ "metadata": { "d": "x".repeat(8180) } }), "metadata"),
    ] {
        let answer = key.patch(&path, &wrong).await;
        answer.refused(422, "invalid_fields");
        assert_eq!(answer.wrong_fields(), [field]);
    }
    let unknown = format!("/api/accounts/{}", AccountId::new());
    key.patch(&unknown, &json!({})).await.refused(404, "account_unknown");
}

#[tokio::test]
async fn an_owner_cannot_get_the_same_account_twice() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let mut linked = Vec::new();
    for owner in ["customer-1", "customer-2"] {
        let token = key.token(owner, json!({})).await;
        linked.push(hub.page(&token).link(&hub.key()).await.ok()["id"].clone());
    }
    let path = format!("/api/accounts/{}", linked[1].as_str().unwrap());
    let change = json!({ "origin_owner_id": "customer-1" });
    key.patch(&path, &change).await.refused(409, "owner_taken");
    assert_eq!(key.get(&path).await.ok()["origin_owner_id"], "customer-2");
}

#[tokio::test]
async fn verification_tells_what_qlik_says() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let qlik_key = hub.key();
    let token = key.token("customer-1", json!({})).await;
    let id = hub.page(&token).link(&qlik_key).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/accounts/{id}/verify");
    let good = key.send(Method::POST, &path, &[], None).await.ok();
    assert_eq!(good["verification"], json!({ "outcome": "good", "failure": null }));
    hub.qlik.world().revoke_key(&qlik_key);
    let bad = key.post(&path, &json!({})).await.ok();
    assert_eq!(bad["verification"]["outcome"], "refused");
    assert_eq!(bad["verification"]["failure"]["code"], "key_rejected");
    assert_eq!(bad["status"], "error");
    assert_eq!(bad["status_reasons"][0]["code"], "key_rejected");
    assert!(bad["status_reasons"][0]["description"].as_str().unwrap().len() > 10);
    let unknown = format!("/api/accounts/{}/verify", AccountId::new());
    key.post(&unknown, &json!({})).await.refused(404, "account_unknown");
}

#[tokio::test]
async fn a_suspended_account_keeps_its_key_to_itself() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let id = link(&hub, &key, "customer-1", json!({})).await;
    let path = format!("/api/accounts/{id}");
    let suspend = format!("{path}/suspend");
    assert_eq!(key.post(&suspend, &json!({})).await.ok()["status"], "suspended");
    assert_eq!(key.post(&suspend, &json!({})).await.ok()["status"], "suspended");
    key.get(&format!("{path}/credentials")).await.refused(412, "account_suspended");
    let resumed = key.post(&format!("{path}/resume"), &json!({})).await.ok();
    assert_eq!(resumed["status"], "active");
    key.get(&format!("{path}/credentials")).await.ok();
    for word in ["suspend", "resume"] {
        let unknown = format!("/api/accounts/{}/{word}", AccountId::new());
        key.post(&unknown, &json!({})).await.refused(404, "account_unknown");
    }
}

#[tokio::test]
async fn a_key_is_handed_out_on_record() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let qlik_key = hub.key();
    let token = key.token("customer-1", json!({})).await;
    let id = hub.page(&token).link(&qlik_key).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/accounts/{id}/credentials");
    let usual = hub.back_end_with(&Scope::USUAL).await;
    usual.get(&path).await.refused(403, "scope_missing");
    let history = async || key.get(&format!("/api/accounts/{id}/events")).await.ok();
    assert_ne!(history().await[0]["action"], "credential.read");
    let credential = key.get(&path).await.ok();
    assert_eq!(credential["api_key"], qlik_key);
    assert_eq!(credential["expires_at"], "2026-11-24T10:00:00Z");
    assert!(credential["base_url"].as_str().unwrap().ends_with(".us.qlikcloud.com"));
    let event = history().await[0].clone();
    assert_eq!(event["action"], "credential.read");
    assert_eq!(event["actor"], json!({ "kind": "api_key", "id": key.id(), "name": "back end" }));
    assert!(!event.to_string().contains(&qlik_key));
    let unknown = format!("/api/accounts/{}/credentials", AccountId::new());
    key.get(&unknown).await.refused(404, "account_unknown");
}

#[tokio::test]
async fn history_is_read_in_pages_and_outlives_the_account() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let id = link(&hub, &key, "customer-1", json!({})).await;
    let path = format!("/api/accounts/{id}");
    for word in ["suspend", "resume"] {
        key.post(&format!("{path}/{word}"), &json!({})).await.ok();
        hub.clock.advance(Duration::from_secs(1));
    }
    key.delete(&path).await.ok();
    let (mut actions, mut next) = (Vec::new(), Some(format!("{path}/events?page_size=2")));
    while let Some(path) = next {
        let page = key.get(&path).await;
        next = page.link("next");
        let events = page.json.as_array().unwrap().clone();
        actions.extend(events.iter().map(|event| event["action"].as_str().unwrap().to_owned()));
    }
    let expected = [
        "account.deleted",
        "account.resumed",
        "account.suspended",
        "connect_session.completed",
        "account.created",
    ];
    assert_eq!(actions, expected);
    key.get(&format!("{path}/events?cursor=1.x")).await.refused(404, "cursor_unknown");
    let unknown = format!("/api/accounts/{}/events", AccountId::new());
    key.get(&unknown).await.refused(404, "account_unknown");
}

#[tokio::test]
async fn an_account_is_unlinked_and_its_key_deleted_if_asked() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let qlik_key = hub.key();
    for (query, told, still_there) in [
        ("", "kept", true),
        ("?delete_key=false", "kept", true),
        ("?delete_key=true", "deleted", false),
    ] {
        let token = key.token("customer-1", json!({})).await;
        let id = hub.page(&token).link(&qlik_key).await.ok()["id"].clone();
        let path = format!("/api/accounts/{}", id.as_str().unwrap());
        key.delete(&format!("{path}?delete_key=x")).await.refused(422, "invalid_fields");
        let unlinked = key.delete(&format!("{path}{query}")).await.ok();
        assert_eq!(unlinked["id"], id);
        assert_eq!(unlinked["key_at_qlik"], told);
        assert_eq!(hub.qlik.world().key_by_text(&qlik_key).is_some(), still_there, "{query}");
        key.get(&path).await.refused(404, "account_unknown");
        key.delete(&path).await.refused(404, "account_unknown");
        key.get(&format!("{path}/meta")).await.refused(404, "account_unknown");
    }
}

#[tokio::test]
async fn an_account_without_an_owner_has_texts_for_one() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    let accounts = hub.back_end().await.get("/api/accounts").await.ok();
    assert_eq!(accounts[0]["origin_owner_id"], "");
    assert_eq!(accounts[0]["origin_owner_name"], "");
}
