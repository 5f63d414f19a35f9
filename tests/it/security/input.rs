//! Bad input: always a clear answer, nothing stored, nothing leaked, no panic.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::{Method, StatusCode};

use crate::support::{REGION, TENANT, TestHub};

const CASES: usize = 10_000;

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z0-9.-]{0,70}",
        "https?://[a-z0-9.@:#%/?-]{0,60}",
        "[a-z]{1,8}\\.(us|eu|evil)\\.(qlikcloud|example)\\.com[/#?@:]?[a-z]{0,5}",
        "(my-company|register|xn--[a-z]{3}|127\\.0\\.0\\.1|\\[::1\\]|%2e%2e|a\u{0}b|ﬁ|İ|a\r\nb)",
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[A-Za-z0-9_-]{1,80}\\.[A-Za-z0-9_-]{1,80}\\.[A-Za-z0-9_-]{1,140}",
        "Bearer [ -~]{0,200}",
        "eyJ[A-Za-z0-9_-]{0,60}(\\.[A-Za-z0-9_-]{0,60}){0,4}",
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_generated_connects_store_nothing_and_are_all_answered() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let mut runner = TestRunner::deterministic();
    let strategy = (field(), field(), key());
    for _ in 0..CASES {
        let (tenant, region, key) = strategy.new_tree(&mut runner).unwrap().current();
        let answer = admin.connect(&tenant, &region, &key).await;
        assert!(
            answer.status.is_client_error(),
            "{tenant:?} {region:?} {key:?}: {}",
            answer.status
        );
        assert!(!answer.codes().is_empty(), "{tenant:?} {region:?} {key:?}");
        assert!(key.len() < 20 || !answer.body.contains(&key), "{key:?}");
    }
    assert_eq!(hub.count_accounts().await, 0);
    for request in hub.qlik.requests() {
        assert!(request.host.ends_with(".qlikcloud.com"), "{}", request.host);
    }
}

#[tokio::test]
async fn a_request_of_the_wrong_form_is_refused_with_our_own_answer() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let form = "application/x-www-form-urlencoded";
    let huge = format!("api_key={}", "a".repeat(20_000));
    for (kind, body, status, code) in [
        ("application/json", "{}".to_owned(), 415, "wrong_media_type"),
        ("text/plain", "tenant_name=a".to_owned(), 415, "wrong_media_type"),
        (form, huge, 413, "too_large"),
        (form, "password=%ff%fe&password=2".to_owned(), 400, "bad_request"),
    ] {
        let headers = [("content-type", kind)];
        let path = if code == "bad_request" { "/login" } else { "/connect" };
        let answer = admin.send(Method::POST, path, &headers, Some(body)).await;
        assert_eq!(answer.status.as_u16(), status, "{code}: {}", answer.body);
        assert_eq!(answer.codes(), [code]);
    }
    let query = admin.get("/accounts?q=1&q=2").await;
    assert!(query.status == StatusCode::OK || query.codes() == ["bad_request"]);
}

#[tokio::test]
async fn hostile_names_in_the_list_url_do_no_harm() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    assert!(admin.connect(TENANT, REGION, &hub.key()).await.has("dialog[open]"));
    let mut runner = TestRunner::deterministic();
    let strategy = (any::<String>(), any::<String>(), any::<String>());
    for _ in 0..300 {
        let (q, owner, from) = strategy.new_tree(&mut runner).unwrap().current();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("q", &q), ("owner", &owner), ("from", &from)])
            .finish();
        let answer = admin.get(&format!("/accounts?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{q:?} {owner:?} {from:?}");
    }
}
