//! Tokens that open nothing, at every door: nothing is learnt, nothing is changed.

use std::time::Duration;

use linkhub::store::EventQuery;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ApiClient, HubClient, REGION, TENANT, TestHub, filled};

/// Two customers of one vendor; the first has linked an account.
struct Vendor {
    hub: TestHub,
    key: ApiClient,
    account: String,
    used: String,
}

async fn vendor() -> Vendor {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let used = key.token("customer-1", json!({ "label": "Very private" })).await;
    let linked = hub.page(&used).link(&hub.key()).await.ok();
    let account = linked["id"].as_str().unwrap().to_owned();
    Vendor { hub, key, account, used }
}

impl Vendor {
    /// All that somebody could have changed: accounts with their history and their keys.
    async fn kept(&self) -> String {
        let accounts = self.key.get("/api/accounts").await.ok();
        let query = EventQuery {
            account_id: &self.account.clone().try_into().unwrap(),
            before: None,
            limit: 100,
        };
        let history = self.hub.state.store.list_events(query).await.unwrap();
        let read = format!("/api/accounts/{}/credentials", self.account);
        let credentials = self.key.get(&read).await.ok();
        let actions = history.iter().map(|event| event.action.as_str());
        let history: Vec<_> = actions.filter(|action| action.starts_with("account.")).collect();
        format!("{accounts} {credentials} {history:?}")
    }

    /// Goes through every door with a token; each must say the same and nothing else.
    async fn refused(&self, token: &str, status: u16, code: &str) {
        let page = self.hub.page(token);
        let fresh = self.hub.key();
        for (method, path, body) in self.doors(&fresh) {
            let answer = page.submit(method.clone(), &path, &body).await;
            answer.refused(status, code);
            self.says_nothing(&answer.answer.body, &fresh, token);
            let told = page.send(method, &path, &[("x-hub-version", "1.11.4")], None).await;
            self.says_nothing(&told.answer.body, &fresh, token);
        }
        let form =
            [("token", token), ("tenant_name", TENANT), ("region", REGION), ("api_key", &fresh)];
        let pressed = self.hub.visitor().post("/hub", &form).await;
        assert_eq!(pressed.status, status, "{code}");
        self.says_nothing(&pressed.body, &fresh, "");
    }

    fn doors(&self, key: &str) -> Vec<(Method, String, Value)> {
        let account = format!("/api/hub/accounts/{}", self.account);
        vec![
            (Method::GET, "/api/hub/settings".to_owned(), Value::Null),
            (Method::GET, "/api/hub/connectors".to_owned(), Value::Null),
            (Method::GET, "/api/hub/connectors/qlik".to_owned(), Value::Null),
            (Method::GET, account.clone(), Value::Null),
            (Method::POST, "/api/hub/accounts".to_owned(), filled(key)),
            (Method::PATCH, account, filled(key)),
        ]
    }

    fn says_nothing(&self, body: &str, key: &str, token: &str) {
        for secret in [self.account.as_str(), "Very private", "customer-1", "Jane Doe", key] {
            assert!(!body.contains(secret), "{secret}: {body}");
        }
        assert!(token.is_empty() || !body.contains(token), "{body}");
    }
}

/// The id of one session with the secret of another.
fn swapped(id: &str, secret: &str) -> String {
    let (id, secret) = (id.split('.').next().unwrap(), secret.split('.').nth(1).unwrap());
    format!("{id}.{secret}")
}

#[tokio::test]
async fn a_token_that_opens_nothing_tells_and_changes_nothing() {
    let vendor = vendor().await;
    let Vendor { hub, key, .. } = &vendor;
    let before = vendor.kept().await;
    let open = key.token("customer-1", json!({})).await;
    let other = key.token("customer-2", json!({})).await;
    let revoked = key.session("customer-1", json!({})).await;
    let path = format!("/api/connect_sessions/{}", revoked["connect_session_id"].as_str().unwrap());
    key.delete(&path).await.ok();

    let mut guessed = open.clone();
    let last = guessed.pop().unwrap();
    guessed.push(if last == 'A' { 'E' } else { 'A' });
    for unknown in [
        guessed.as_str(),
        &swapped(&open, &other),
        &swapped(&other, &open),
        &swapped(&vendor.used, &open),
        &open[..open.len() - 1],
        &open.to_uppercase(),
        // An API key is no token of a session.
        &key.token,
    ] {
        vendor.refused(unknown, 404, "session_unknown").await;
    }
    vendor.refused(revoked["token"].as_str().unwrap(), 410, "session_revoked").await;
    let replayed = hub.page(&vendor.used);
    for (method, path, body) in vendor.doors(&hub.key()) {
        replayed.submit(method, &path, &body).await.refused(410, "session_used");
    }
    hub.clock.advance(Duration::from_mins(31));
    vendor.refused(&open, 410, "session_expired").await;
    assert_eq!(vendor.kept().await, before);
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn the_token_of_a_session_is_no_api_key() {
    let vendor = vendor().await;
    let before = vendor.kept().await;
    let open = vendor.key.token("customer-1", json!({})).await;
    let intruder = vendor.hub.back_end_named(&open);
    let account = format!("/api/accounts/{}", vendor.account);
    intruder.get("/api/accounts").await.refused(401, "api_key_invalid");
    intruder.get(&account).await.refused(401, "api_key_invalid");
    intruder.delete(&account).await.refused(401, "api_key_invalid");
    let change = json!({ "origin_owner_id": "customer-2" });
    intruder.patch(&account, &change).await.refused(401, "api_key_invalid");
    assert_eq!(vendor.kept().await, before);
}

/// Whatever a page of customer 2 tries with its own, good token.
async fn tries_everything(page: &HubClient, account: &str, key: &str) -> Vec<(u16, String)> {
    let mut stolen = filled(key);
    for (field, value) in [
        ("origin_owner_id", json!("customer-1")),
        ("origin_owner_name", json!("Customer 1")),
        ("account_id", json!(account)),
        ("existing_account_id", json!(account)),
        ("owner", json!({ "id": "customer-1" })),
    ] {
        stolen[field] = value.clone();
        stolen["credentials"][field] = value;
    }
    let path = format!("/api/hub/accounts/{account}");
    let mut answers = Vec::new();
    for (method, path, body) in [
        (Method::GET, path.clone(), Value::Null),
        (Method::PATCH, path.clone(), stolen.clone()),
        (Method::PATCH, path, json!({ "credentials": {} })),
        (
            Method::POST,
            format!("/api/hub/accounts?account_id={account}&origin_owner_id=customer-1"),
            stolen,
        ),
    ] {
        let answer = page.submit(method, &path, &body).await;
        answers.push((answer.status.as_u16(), answer.answer.body));
    }
    answers
}

#[tokio::test]
async fn the_session_of_another_owner_reaches_no_account_but_its_own() {
    let vendor = vendor().await;
    let Vendor { hub, key, account, .. } = &vendor;
    let path = format!("/api/accounts/{account}");
    let before = key.get(&path).await.ok();
    let page = hub.page(&key.token("customer-2", json!({})).await);
    let answers = tries_everything(&page, account, &hub.key()).await;
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [404, 404, 404, 201], "{answers:?}");
    for (_, body) in &answers {
        assert!(!body.contains("Very private") && !body.contains("customer-1"), "{body}");
        assert!(!body.contains(account), "{body}");
    }
    assert_eq!(key.get(&path).await.ok(), before);
    let own = key.get("/api/accounts?origin_owner_id=customer-2").await.ok();
    assert_eq!(own.as_array().unwrap().len(), 1, "what it typed is its own");
    let first = key.get("/api/accounts?origin_owner_id=customer-1").await.ok();
    assert_eq!(first, json!([before]));
}

#[tokio::test]
async fn a_page_of_a_wrong_origin_learns_and_changes_nothing() {
    let vendor = vendor().await;
    let before = vendor.kept().await;
    let allowed = json!({ "allowed_origins": ["https://app.example.com"] });
    let token = vendor.key.token("customer-1", allowed).await;
    for origin in [
        "https://evil.example",
        "http://app.example.com",
        "https://app.example.com:8443",
        "https://app.example.com.evil.example",
        "https://evil.example/https://app.example.com",
        "null",
    ] {
        let page = vendor.hub.page(&token).from(origin);
        for (method, path, body) in vendor.doors(&vendor.hub.key()) {
            let answer = page.submit(method, &path, &body).await;
            answer.refused(403, "origin_not_allowed");
            assert_eq!(answer.answer.header("access-control-allow-origin"), "", "{origin}");
            vendor.says_nothing(&answer.answer.body, "eyJ", &token);
        }
        for path in ["/api/hub/settings", &format!("/api/hub/accounts/{}", vendor.account)] {
            let told = page.get_as_component(path).await;
            vendor.says_nothing(&told.answer.body, "eyJ", &token);
        }
    }
    assert_eq!(vendor.kept().await, before);
    let page = vendor.hub.page(&token).from("https://app.example.com");
    page.link(&vendor.hub.key()).await.ok();
}
