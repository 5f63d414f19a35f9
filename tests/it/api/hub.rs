mod parallel;

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::get;
use linkhub::id::AccountId;
use linkhub::web::layers;
use reqwest::Method;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::emulator::{Fault, User};
use crate::support::{ApiClient, HubClient, TestHub, filled};

const PAGE: &str = "https://app.example.com";

struct Scene {
    hub: TestHub,
    key: ApiClient,
    page: HubClient,
}

async fn scene(more: Value) -> Scene {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let page = hub.page(&key.token("customer-1", more).await);
    Scene { hub, key, page }
}

fn path_of(id: &Value) -> String {
    format!("/api/hub/accounts/{}", id.as_str().unwrap())
}

#[tokio::test]
async fn a_component_links_an_account() {
    let Scene { hub, key, page } = scene(json!({ "label": "Sales" })).await;
    let settings = page.get("/api/hub/settings").await.ok();
    assert_eq!(settings, json!({ "enabled_features": [] }));
    let integrations = page.get("/api/hub/connectors").await.ok()["integrations"].clone();
    assert_eq!(integrations.as_array().unwrap().len(), 1);
    assert_eq!(integrations[0]["active"], true);
    assert_eq!(integrations[0]["integration_id"], "qlik");
    assert!(integrations[0]["logo_url"].as_str().unwrap().starts_with("data:image/svg+xml,"));
    let config = page.get("/api/hub/connectors/qlik").await.ok()["config"].clone();
    let fields: Vec<Value> = config["configFields"].as_array().unwrap().clone();
    let drawn: Vec<_> =
        fields.iter().map(|f| (&f["key"], &f["type"], &f["secret"], &f["readOnly"])).collect();
    let (no, yes) = (json!(false), json!(true));
    let [tenant, region, api_key] = ["tenantName", "region", "apiKey"].map(|key| json!(key));
    let [text, password] = ["text", "password"].map(|kind| json!(kind));
    let expected =
        [(&tenant, &text, &no, &no), (&region, &text, &no, &no), (&api_key, &password, &yes, &no)];
    assert_eq!(drawn, expected);
    assert_eq!(config["support"]["link"], hub.url("/guide?lang=en"));
    page.get("/api/hub/connectors/other").await.refused(404, "not_found");

    let answer = page.link(&hub.key()).await;
    assert_eq!(answer.status, 201);
    let linked = answer.ok();
    assert_eq!(linked["provider"], "qlik");
    let accounts = key.get("/api/accounts").await.ok();
    assert_eq!(accounts[0]["id"], linked["id"]);
    assert_eq!(accounts[0]["label"], "Sales");
    let sessions = key.get("/api/connect_sessions").await.ok();
    assert_eq!(sessions, json!([]), "it is used");
}

#[tokio::test]
async fn a_refused_key_is_told_in_our_words_and_another_one_links() {
    let Scene { hub, page, key } = scene(json!({})).await;
    let bad = hub.key();
    hub.qlik.world().revoke_key(&bad);
    let answer = page.link(&bad).await;
    answer.refused(422, "key_rejected");
    assert_eq!(answer.json["provider_response"], answer.json["hint"]);
    assert!(!answer.answer.body.contains(&bad));
    page.link("").await.refused(422, "key_missing");
    page.link("nonsense").await.refused(422, "key_malformed");
    let mut other = filled(&hub.key());
    other["integration_id"] = json!("workday");
    let answer = page.submit(Method::POST, "/api/hub/accounts", &other).await;
    answer.refused(422, "invalid_fields");
    let answer = page.submit(Method::POST, "/api/hub/accounts", &json!({})).await;
    assert_eq!(answer.wrong_fields(), ["credentials"]);
    assert_eq!(key.get("/api/accounts").await.ok(), json!([]));
    page.link(&hub.key()).await.ok();
}

#[tokio::test]
async fn an_account_is_renewed_by_a_good_key_only() {
    let Scene { hub, page, key } = scene(json!({})).await;
    let old = hub.key();
    let id = page.link(&old).await.ok()["id"].clone();
    let path = path_of(&id);
    let page = hub.page(&key.token("customer-1", json!({})).await);
    assert_eq!(page.get("/api/hub/settings").await.ok()["existing_account_id"], id);
    let account = page.get(&path).await;
    assert!(!account.answer.body.contains(&old));
    let account = account.ok();
    assert_eq!(account["setupInformation"], json!({ "tenantName": "my-company", "region": "us" }));
    let shown = format!("__secretvalue:**redacted**{}", &old[old.len() - 4..]);
    assert_eq!(account["secrets"]["apiKey"], shown);
    let fields = page.get("/api/hub/connectors/qlik").await.ok()["config"]["configFields"].clone();
    assert_eq!(
        [&fields[0]["readOnly"], &fields[1]["readOnly"], &fields[2]["readOnly"]],
        [true, true, false]
    );

    let bad = hub.key();
    hub.qlik.world().revoke_key(&bad);
    page.submit(Method::PATCH, &path, &filled(&bad)).await.refused(422, "key_rejected");
    page.submit(Method::PATCH, &path, &filled(&shown)).await.refused(422, "key_missing");
    let mut elsewhere = filled("");
    elsewhere["credentials"]["region"] = json!("eu");
    page.submit(Method::PATCH, &path, &elsewhere).await.refused(422, "key_missing");
    let nowhere = json!({ "credentials": { "tenantName": "my company" } });
    page.submit(Method::PATCH, &path, &nowhere).await.refused(422, "tenant_malformed");
    let stranger = {
        let mut world = hub.qlik.world();
        let user = world.add_user(&hub.tenant_id, User::new("John Roe", "john.roe@example.com"));
        world.mint_key(&user, Duration::from_hours(24))
    };
    let asked = page.submit(Method::PATCH, &path, &filled(&stranger)).await;
    asked.refused(409, "user_differs");
    assert_eq!(asked.json["data"]["linked_user"]["name"], "Jane Doe");
    assert_eq!(asked.json["data"]["offered_user"]["email"], "john.roe@example.com");
    assert!(asked.json["hint"].as_str().unwrap().contains("John Roe"));
    page.link(&stranger).await.refused(409, "user_differs");
    let mut confirmed_for_another = filled(&stranger);
    confirmed_for_another["credentials"]["replaceUser"] = json!(hub.user_id);
    let answer = page.submit(Method::PATCH, &path, &confirmed_for_another).await;
    answer.refused(409, "user_differs");
    let credentials = format!("/api/accounts/{}/credentials", id.as_str().unwrap());
    assert_eq!(key.get(&credentials).await.ok()["api_key"], old, "nothing was changed");

    let unchanged = json!({ "credentials": { "tenantName": "my-company", "region": "us" } });
    assert_eq!(page.submit(Method::PATCH, &path, &unchanged).await.ok()["id"], id);
    let new = hub.key();
    let only_key = json!({ "credentials": { "apiKey": new } });
    assert_eq!(page.submit(Method::PATCH, &path, &only_key).await.ok()["id"], id);
    assert_eq!(key.get(&credentials).await.ok()["api_key"], new);
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn a_stored_key_that_died_is_told_when_nothing_is_typed() {
    let Scene { hub, page, key } = scene(json!({})).await;
    let qlik_key = hub.key();
    let id = page.link(&qlik_key).await.ok()["id"].clone();
    hub.qlik.world().revoke_key(&qlik_key);
    let page = hub.page(&key.token("customer-1", json!({})).await);
    let unchanged = json!({ "credentials": { "tenantName": "my-company", "region": "us" } });
    page.submit(Method::PATCH, &path_of(&id), &unchanged).await.refused(422, "key_rejected");
}

#[tokio::test]
async fn an_outage_is_not_told_as_a_bad_key() {
    let Scene { hub, page, .. } = scene(json!({})).await;
    hub.qlik.world().fault("/api/v1/users/me", Fault::Maintenance);
    let answer = page.link(&hub.key()).await;
    answer.refused(503, "qlik_unavailable");
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn a_session_of_another_owner_sees_and_changes_nothing() {
    let Scene { hub, page, key } = scene(json!({})).await;
    let id = page.link(&hub.key()).await.ok()["id"].clone();
    let other = hub.page(&key.token("customer-2", json!({})).await);
    for account in [&id, &json!(AccountId::new())] {
        let path = path_of(account);
        other.get(&path).await.refused(404, "account_unknown");
        let answer = other.submit(Method::PATCH, &path, &filled(&hub.key())).await;
        answer.refused(404, "account_unknown");
    }
    other.get("/api/hub/accounts/x").await.refused(404, "account_unknown");
    let more = hub.page(&key.token("customer-1", json!({ "multiple": true })).await);
    assert_eq!(more.get("/api/hub/settings").await.ok().get("existing_account_id"), None);
}

#[tokio::test]
async fn an_owner_that_the_browser_names_is_ignored() {
    let Scene { hub, page, key } = scene(json!({})).await;
    let mut body = filled(&hub.key());
    for name in ["origin_owner_id", "owner_id", "origin_owner_name", "account_id", "label"] {
        body[name] = json!("customer-2");
        body["credentials"][name] = json!("customer-2");
    }
    page.submit(Method::POST, "/api/hub/accounts?origin_owner_id=customer-2", &body).await.ok();
    let accounts = key.get("/api/accounts").await.ok();
    assert_eq!(accounts[0]["origin_owner_id"], "customer-1");
    assert_eq!(accounts[0]["origin_owner_name"], "customer-1");
    assert_eq!(accounts[0]["label"], Value::Null);
}

#[tokio::test]
async fn only_allowed_pages_use_a_session() {
    let Scene { hub, page, .. } = scene(json!({ "allowed_origins": [PAGE] })).await;
    for path in ["/api/hub/settings", "/api/hub/connectors", "/api/hub/nothing"] {
        let answer = page.clone().from(PAGE).get(path).await;
        assert_eq!(answer.answer.header("access-control-allow-origin"), PAGE, "{path}");
        assert!(answer.answer.header("vary").contains("Origin"), "{path}");
    }
    for foreign in
        ["https://evil.example", "null", "http://app.example.com", "https://app.example.com:8443"]
    {
        let evil = page.clone().from(foreign);
        for path in ["/api/hub/settings", "/api/hub/connectors", "/api/hub/connectors/qlik"] {
            let answer = evil.get(path).await;
            answer.refused(403, "origin_not_allowed");
            assert_eq!(answer.answer.header("access-control-allow-origin"), "");
        }
        let answer = evil.link(&hub.key()).await;
        answer.refused(403, "origin_not_allowed");
        assert_eq!(answer.answer.header("access-control-allow-origin"), "");
        let told = evil.get_as_component("/api/hub/connectors/qlik").await;
        assert_eq!(told.answer.header("access-control-allow-origin"), foreign);
        assert_eq!(told.ok()["config"]["configNotices"][0]["key"], "origin_not_allowed");
    }
    assert_eq!(hub.count_accounts().await, 0);
    let own = hub.url("");
    page.clone().from(&own).get("/api/hub/settings").await.ok();
    page.from(PAGE).link(&hub.key()).await.ok();
}

#[tokio::test]
async fn a_session_that_names_no_page_has_those_of_the_settings() {
    let hub = TestHub::start_with(&["--allowed-origins=https://app.example.com"]).await;
    let key = hub.back_end().await;
    let page = hub.page(&key.token("1", json!({})).await);
    page.clone().from(PAGE).get("/api/hub/settings").await.ok();
    let own = json!({ "allowed_origins": ["https://other.example.com"] });
    let page = hub.page(&key.token("1", own).await);
    page.from(PAGE).get("/api/hub/settings").await.refused(403, "origin_not_allowed");
}

/// Else a browser hides the answer, and its page can only say that nothing came.
#[tokio::test]
async fn a_page_may_read_that_the_hub_is_at_fault() {
    let Scene { hub, page, .. } = scene(json!({ "allowed_origins": [PAGE] })).await;
    let panics = get(async || -> StatusCode { panic!("a fault of the hub") });
    let router = Router::new().route("/api/hub/panics", panics);
    let router = layers::around(router, &hub.state).with_state(hub.state.clone());
    let ask = |origin: &str| {
        let request = Request::get("/api/hub/panics")
            .header("x-hub-session-token", page.token())
            .header("origin", origin)
            .body(Body::empty());
        router.clone().oneshot(request.unwrap())
    };
    let answer = ask(PAGE).await.unwrap();
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(answer.headers()["access-control-expose-headers"], "retry-after, x-request-id");
    let refused = ask("https://evil.example").await.unwrap();
    assert!(!refused.headers().contains_key("access-control-allow-origin"));

    hub.state.store.close().await;
    let page = page.from(PAGE);
    for answer in [page.get("/api/hub/settings").await, page.link(&hub.key()).await] {
        answer.refused(503, "storage_unavailable");
        assert_eq!(answer.answer.header("access-control-allow-origin"), "*");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_to_everybody_and_says_nothing() {
    let hub = TestHub::start().await;
    let headers = [("access-control-request-method", "PATCH")];
    for path in ["/api/hub/settings", "/api/hub/accounts/x"] {
        let page = hub.page("").from("https://evil.example");
        let answer = page.send(Method::OPTIONS, path, &headers, None).await.answer;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.header("access-control-allow-methods").contains("PATCH"));
        let allowed = answer.header("access-control-allow-headers");
        assert_eq!(allowed, "content-type, x-hub-session-token, x-hub-version");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let elsewhere = hub.page("").send(Method::OPTIONS, "/api/accounts", &headers, None).await;
    elsewhere.refused(405, "method_not_allowed");
    assert_eq!(elsewhere.answer.header("access-control-allow-origin"), "");
}

/// What a person reads instead of "No configured integrations available".
async fn told(page: &HubClient, status: u16, code: &str) {
    for path in [
        "/api/hub/settings",
        "/api/hub/connectors",
        "/api/hub/connectors/qlik",
        "/api/hub/accounts/x",
    ] {
        page.get(path).await.refused(status, code);
    }
    page.link("x").await.refused(status, code);
    let settings = page.get_as_component("/api/hub/settings").await.ok();
    assert_eq!(settings, json!({ "enabled_features": [] }));
    page.get_as_component("/api/hub/connectors").await.ok();
    let account = page.get_as_component("/api/hub/accounts/x").await.ok();
    assert_eq!(account["setupInformation"], json!({}));
    let config = page.get_as_component("/api/hub/connectors/qlik").await.ok()["config"].clone();
    let words = page.get("/api/hub/connectors").await.json["message"].clone();
    let notice = config["configNotices"][0]["description"].as_str().unwrap();
    assert!(notice.contains(words.as_str().unwrap()), "{notice}");
    assert_eq!(config["configFields"][0]["type"], "none");
    assert_eq!(config["configFields"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_that_has_ended_says_so() {
    let Scene { hub, page, key } = scene(json!({ "expires_in": 60 })).await;
    hub.clock.advance(Duration::from_mins(1));
    told(&page, 410, "session_expired").await;
    let used = hub.page(&key.token("1", json!({})).await);
    used.link(&hub.key()).await.ok();
    told(&used, 410, "session_used").await;
    let made = key.session("1", json!({})).await;
    let path = format!("/api/connect_sessions/{}", made["connect_session_id"].as_str().unwrap());
    key.delete(&path).await.ok();
    told(&hub.page(made["token"].as_str().unwrap()), 410, "session_revoked").await;
    for unknown in ["", "not-a-token", &format!("{}.{}", "lhc_0", "x".repeat(43))] {
        told(&hub.page(unknown), 404, "session_unknown").await;
    }
}

#[tokio::test]
async fn a_session_with_too_many_refused_keys_is_blocked() {
    let Scene { hub, page, .. } = scene(json!({})).await;
    let bad = hub.key();
    hub.qlik.world().revoke_key(&bad);
    for _ in 0..30 {
        page.link(&bad).await.refused(422, "key_rejected");
    }
    told(&page, 410, "session_blocked").await;
}

#[tokio::test]
async fn there_are_no_attempts_by_oauth() {
    let Scene { page, .. } = scene(json!({})).await;
    for (method, path) in [
        (Method::POST, "/api/hub/connection_attempts"),
        (Method::GET, "/api/hub/connection_attempts/x"),
        (Method::DELETE, "/api/hub/connection_attempts/x"),
    ] {
        page.submit(method, path, &json!({})).await.refused(404, "no_connection_attempts");
    }
}

#[tokio::test]
async fn a_page_that_leaves_in_time_links_nothing() {
    let Scene { hub, page, .. } = scene(json!({})).await;
    hub.qlik.world().fault("/api/v1/users/me", Fault::Slow(Duration::from_secs(2)));
    let key = hub.key();
    let waited = tokio::time::timeout(Duration::from_millis(500), page.link(&key)).await;
    assert!(waited.is_err());
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(hub.count_accounts().await, 0);
    hub.qlik.world().clear_faults();
    page.link(&key).await.ok();
}

#[tokio::test]
async fn the_form_speaks_the_language_of_the_session_or_of_the_browser() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let french = [("accept-language", "fr-CH, en;q=0.5")];
    let label = async |page: HubClient| {
        let path = "/api/hub/connectors/qlik";
        let connector = page.send(Method::GET, path, &french, None).await.ok();
        connector["config"]["configFields"][2]["label"].as_str().unwrap().to_owned()
    };
    let by_browser = label(hub.page(&key.token("1", json!({})).await)).await;
    let by_session = label(hub.page(&key.token("1", json!({ "language": "de" })).await)).await;
    assert_eq!(by_browser, "Clé API (API Key)");
    assert_eq!(by_session, "API-Schlüssel (API Key)");
}

#[tokio::test]
async fn a_component_of_a_white_label_hub_shows_nothing_of_ours() {
    let hub =
        TestHub::start_with(&["--brand-name=Acme Links", "--brand-support-url=help@example.com"])
            .await;
    let key = hub.back_end().await;
    let page = hub.page(&key.token("1", json!({})).await);
    let connector = page.get("/api/hub/connectors/qlik").await.ok();
    assert_eq!(connector["config"]["support"]["link"], "mailto:help@example.com");
    assert!(
        !connector.to_string().contains("linkhub") && !connector.to_string().contains("146c43")
    );
}
