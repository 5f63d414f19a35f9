//! Walks the router's own list, so that no route is forgotten.

use linkhub::id::{AccountId, ConnectSessionId};
use linkhub::model::api_key::Scope;
use linkhub::model::event::Caller;
use linkhub::web::layers;
use linkhub::web::routes::{self, Access, Route};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{ApiClient, TestHub, filled};

/// A path of the list with something in the place of its parameters.
fn concrete(path: &str) -> String {
    let id = match path {
        _ if path.starts_with("/api/connect_sessions") => ConnectSessionId::new().to_string(),
        _ => AccountId::new().to_string(),
    };
    path.replace("{id}", &id).replace("{*path}", "nothing.css")
}

#[tokio::test]
async fn only_what_is_open_to_everybody_is_open_to_a_visitor() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let list = routes::all().list;
    assert!(list.len() > 15);
    for route in list.iter().filter(|route| route.access == Access::Admin) {
        let path = concrete(route.path);
        let answer = match route.method {
            "GET" => visitor.get(&path).await,
            _ => visitor.post(&path, &[]).await,
        };
        let refused = match route.method {
            "GET" => answer.header("location").starts_with("/login?next="),
            _ => answer.status == StatusCode::UNAUTHORIZED && answer.codes() == ["signed_out"],
        };
        assert!(refused, "{} {path}: {}", route.method, answer.status);
    }
}

/// Whether anything that the API keeps has come or gone.
async fn kept(hub: &TestHub) -> (i64, String) {
    let accounts = hub.back_end().await.get("/api/accounts").await.ok().to_string();
    let sessions = hub.back_end().await.get("/api/connect_sessions").await.ok().to_string();
    (hub.count_accounts().await, accounts + &sessions)
}

#[tokio::test]
async fn only_an_api_key_with_the_scope_opens_the_api() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let session = hub.back_end().await.session("1", json!({})).await;
    let session = session["connect_session_id"].as_str().unwrap();
    let revoked = hub.back_end().await;
    let revoked_id = revoked.token.split('.').next().unwrap().to_owned();
    let revoked_id = linkhub::id::ApiKeyId::try_from(revoked_id).unwrap();
    hub.state.linking.revoke_api_key(&revoked_id, &Caller::system()).await.unwrap();
    let before = kept(&hub).await;
    let mut walked = 0;
    for route in routes::all().list {
        let Access::ApiKey(scope) = route.access else { continue };
        walked += 1;
        let id = if route.path.contains("sessions") { session } else { id.as_str() };
        let path = route.path.replace("{id}", id);
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let body = json!({ "origin_owner_id": "1", "origin_owner_name": "1", "label": "x" });
        let ask = async |key: &ApiClient| {
            let body = (method != Method::GET).then(|| body.to_string());
            key.send(method.clone(), &path, &[], body).await
        };
        ask(&hub.stranger()).await.refused(401, "api_key_missing");
        ask(&hub.back_end_named("lhk_1.x")).await.refused(401, "api_key_invalid");
        ask(&hub.back_end_named(&"x".repeat(1000))).await.refused(401, "api_key_invalid");
        ask(&revoked).await.refused(401, "api_key_invalid");
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        ask(&hub.back_end_with(&others).await).await.refused(403, "scope_missing");
        // A signed-in admin's cookie is worth nothing here.
        let cookie = [("cookie", admin.cookie.as_deref().unwrap())];
        let signed_in = hub.stranger().send(method.clone(), &path, &cookie, None).await;
        signed_in.refused(401, "api_key_missing");
    }
    assert!(walked > 10);
    assert_eq!(kept(&hub).await, before);
}

#[tokio::test]
async fn only_the_token_of_an_open_session_opens_the_hubs_api() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let before = kept(&hub).await;
    let mut walked = 0;
    for route in routes::all().list {
        if route.access != Access::HubToken || !route.path.starts_with("/api/") {
            continue;
        }
        walked += 1;
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        for token in ["", "x", "lhc_1.x", key.token.as_str()] {
            let body = filled(&hub.key());
            let answer = hub.page(token).submit(method.clone(), &concrete(route.path), &body).await;
            answer.refused(404, "session_unknown");
        }
    }
    assert!(walked > 5);
    assert_eq!(kept(&hub).await, before);
}

#[tokio::test]
async fn no_change_is_accepted_from_another_site() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ours = |route: &&Route| route.method == "POST" && !layers::needs_a_token(route.path);
    for route in routes::all().list.iter().filter(ours) {
        let path = concrete(route.path);
        let answer = admin.post_from("https://evil.example", &path, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        // A page names it in an attribute, the API in its envelope.
        let told =
            answer.codes() == ["cross_site"] || answer.body.contains(r#""code":"cross_site""#);
        assert!(told, "{path}: {}", answer.body);
    }
    assert_eq!(admin.get("/accounts").await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let own = ["/nothing", "/accounts/acc_nothing"].map(str::to_owned);
    let listed = routes::all().list;
    let paths = listed.iter().filter(|route| route.method == "GET").map(|r| concrete(r.path));
    for path in paths.chain(own) {
        for answer in [admin.get(&path).await, hub.visitor().get(&path).await] {
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
            assert!(!policy.contains("unsafe"), "{path}: {policy}");
            assert!(policy.contains("frame-ancestors 'none'"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            let holds_token = path.starts_with("/hub") || path.starts_with("/calendar/");
            let referrer = if holds_token { "no-referrer" } else { "same-origin" };
            assert_eq!(answer.header("referrer-policy"), referrer, "{path}");
            assert!(answer.header("x-request-id").starts_with("req_"), "{path}");
            let cached = answer.header("cache-control");
            let public = path.starts_with("/static/") || path.starts_with("/embed.");
            assert!(cached == "no-store" || public, "{path}: {cached}");
        }
    }
}

#[tokio::test]
async fn an_error_is_drawn_as_a_page_or_as_json() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let page = visitor.get("/nothing").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(page.codes(), ["not_found"]);
    assert!(page.body.contains(page.header("x-request-id")), "the support id is shown");
    let json = visitor.send(Method::GET, "/nothing", &[("accept", "application/json")], None).await;
    let body: serde_json::Value = serde_json::from_str(&json.body).unwrap();
    assert_eq!(body["statusCode"], 404);
    assert_eq!(body["code"], "not_found");
    assert_eq!(body["request_id"], json.header("x-request-id"));
    let put = visitor.send(Method::PUT, "/login", &[], None).await;
    assert_eq!(put.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(put.codes(), ["method_not_allowed"]);
}

#[tokio::test]
async fn health_is_told_to_everybody() {
    let hub = TestHub::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(hub.visitor().get(path).await.status, StatusCode::OK, "{path}");
    }
}
