//! Walks the router's own list, so that no route is forgotten.

use linkhub::web::layers::reads_no_cookie;
use linkhub::web::routes::{self, Access};
use reqwest::{Method, StatusCode};

use crate::support::TestHub;

/// A path of the list with something in the place of its parameters.
fn concrete(path: &str) -> String {
    path.replace("{id}", linkhub::id::AccountId::new().as_str()).replace("{*path}", "nothing.css")
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

#[tokio::test]
async fn no_change_is_accepted_from_another_site() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for route in routes::all().list.iter().filter(|route| route.method == "POST") {
        let path = concrete(route.path);
        let answer = admin.post_from("https://evil.example", &path, &[]).await;
        if reads_no_cookie(route.path) {
            // A session's cookie is worth nothing there, so another site has nothing to send with.
            let visitor = hub.visitor().post_from("https://evil.example", &path, &[]).await;
            assert_eq!(
                (answer.status, answer.codes()),
                (visitor.status, visitor.codes()),
                "{path}"
            );
            continue;
        }
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(answer.codes(), ["cross_site"], "{path}");
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
            let referrer = if path.starts_with("/hub") { "no-referrer" } else { "same-origin" };
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
