//! Whatever changes something leaves a line of history: walked over the router's own list.

use std::collections::BTreeSet;

use linkhub::id::{AccountId, CalendarFeedId};
use linkhub::model::event::Event;
use linkhub::store::EventFilter;
use linkhub::web::paths;
use linkhub::web::routes::{self, Route};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ApiClient, TestHub, Visitor, filled};

/// What changes nothing that lasts, or whose line is written or shown elsewhere, and why.
const SILENT: &[(&str, &str, &str)] = &[
    ("POST", paths::CONNECT_CANCEL, "the attempt that it ends says so: connect.failed"),
    ("POST", paths::HUB_CANCEL, "the attempt that it ends says so: connect_session.failed"),
    ("POST", paths::API_CONNECT_SESSION_AUTHENTICATE, "it reads a session by its token"),
    ("POST", paths::API_HUB_ATTEMPTS, "a place in memory for an attempt to come"),
    ("DELETE", paths::API_HUB_ATTEMPT, "the attempt that it ends says so"),
    ("POST", paths::WEBHOOK_REPLAY, "webhook_delivery.replayed; needs a delivery that has ended"),
    (
        "POST",
        paths::API_WEBHOOK_REPLAY,
        "webhook_delivery.replayed; needs a delivery that has ended",
    ),
];

/// What only reads, and is recorded all the same.
const READS: &[&str] = &[
    paths::HUB_LINK,
    paths::API_ACCOUNT_CREDENTIALS,
    paths::EVENTS_CSV,
    paths::EVENTS_JSONL,
    paths::ACCOUNTS_CSV,
];

struct Walk {
    hub: TestHub,
    admin: Visitor,
    key: ApiClient,
}

impl Walk {
    async fn history(&self) -> Vec<Event> {
        self.hub.state.store.list_history(&EventFilter::default(), None, 10_000).await.unwrap()
    }

    /// Another account, each of an owner of its own.
    async fn account(&self, owner: &str) -> AccountId {
        let token = self.key.token(owner, json!({})).await;
        let linked = self.hub.page(&token).link(&self.hub.key()).await.ok();
        let id = linked["id"].as_str().or(linked["account_id"].as_str());
        let id = id.unwrap_or_else(|| panic!("{linked}"));
        AccountId::try_from(id.to_owned()).unwrap()
    }

    async fn session(&self, owner: &str) -> Value {
        self.key.session(owner, json!({})).await
    }

    /// Does what the route is for; the lines that must be there then.
    #[expect(clippy::too_many_lines, reason = "a table with a row for each route")]
    async fn act(&self, route: &Route, n: usize) -> Option<(Vec<Event>, Vec<&'static str>)> {
        let owner = format!("owner-{n}");
        let at = |id: &str| route.path.replace("{id}", id);
        let (admin, key) = (&self.admin, &self.key);
        // Made before what is counted.
        let id = match route.path {
            path if path.contains("accounts/{id}") => self.account(&owner).await.to_string(),
            _ => String::new(),
        };
        let session = self.session(&format!("{owner}-new")).await;
        let token = session["token"].as_str().unwrap();
        let session_id = session["connect_session_id"].as_str().unwrap();
        let made = key.hub_key(&self.hub).await;
        let feed = linkhub::model::event::Caller::system();
        let feed = self.hub.state.linking.create_calendar_feed("", &feed).await.unwrap().feed;
        let feed: &CalendarFeedId = &feed.id;
        let url = json!({ "url": "https://app.example.com/hooks" });
        let hook = key.post(paths::API_WEBHOOKS, &url).await.ok();
        let hook = hook["id"].as_str().unwrap();
        let bulk = match route.path {
            paths::ACCOUNTS_BULK => self.account(&owner).await.to_string(),
            _ => String::new(),
        };
        let before = self.history().await;
        let done = match (route.method, route.path) {
            ("POST", paths::LOGIN) => {
                admin.post(paths::LOGIN, &[("password", "wrong password")]).await;
                self.hub.signed_in().await;
                vec!["admin.sign_in_failed", "admin.signed_in"]
            }
            ("POST", paths::LOGOUT) => {
                let once = self.hub.signed_in().await;
                once.post(paths::LOGOUT, &[]).await;
                admin.post(paths::LOGOUT, &[("everywhere", "yes")]).await;
                vec!["admin.signed_out", "admin.signed_out_everywhere"]
            }
            ("POST", paths::SETUP) => {
                let form = [("setup_token", "set_1.x"), ("password", "correct horse battery")];
                admin.post(paths::SETUP, &form).await;
                vec!["admin.sign_in_failed"]
            }
            ("POST", paths::ACCOUNT_CHECK) => {
                admin.post(&at(&id), &[]).await;
                vec!["account.checked"]
            }
            ("POST", paths::ACCOUNT_EDIT) => {
                admin.post(&at(&id), &[("label", "new"), ("owner_id", &owner)]).await;
                vec!["account.updated"]
            }
            ("POST", paths::ACCOUNT_SUSPEND) => {
                admin.post(&at(&id), &[]).await;
                vec!["account.suspended"]
            }
            ("POST", paths::ACCOUNT_RESUME) => {
                admin.post(&paths::ACCOUNT_SUSPEND.replace("{id}", &id), &[]).await;
                admin.post(&at(&id), &[]).await;
                vec!["account.resumed"]
            }
            ("POST", paths::ACCOUNT_RENEWAL) => {
                admin.post(&at(&id), &[("allowed", "yes")]).await;
                vec!["renewal.allowed"]
            }
            ("POST", paths::ACCOUNT_LINK) => {
                admin.post(&at(&id), &[]).await;
                vec!["connect_session.created"]
            }
            ("POST", paths::ACCOUNT_UNLINK) => {
                // Its links go with it, each with a line of its own.
                key.session(&owner, json!({ "account_id": id })).await;
                admin.post(&at(&id), &[]).await;
                vec!["account.deleted", "connect_session.revoked"]
            }
            ("POST", paths::LINKS) => {
                admin.post(paths::LINKS, &[("owner_id", &owner), ("owner_name", "x")]).await;
                vec!["connect_session.created"]
            }
            ("POST", paths::LINK_REVOKE) => {
                let own = key.get("/api/connect_sessions?page_size=1").await.ok();
                let own = own[0]["connect_session_id"].as_str().unwrap().to_owned();
                admin.post(&at(&own), &[]).await;
                vec!["connect_session.revoked"]
            }
            ("POST", paths::API_KEYS) => {
                admin.post(paths::API_KEYS, &[("name", "x"), ("scope", "events:read")]).await;
                vec!["api_key.created"]
            }
            ("POST", paths::API_KEY_REVOKE) => {
                admin.post(&at(&made), &[]).await;
                vec!["api_key.revoked"]
            }
            ("POST", paths::EMBED) => {
                let form = [("origin", "https://app.example.com"), ("owner_id", &owner)];
                admin.post(paths::EMBED, &form).await;
                vec!["connect_session.created"]
            }
            ("POST", paths::ACCOUNTS_BULK) => {
                for action in ["check", "links"] {
                    let form = [
                        ("action", action),
                        ("scope", "ticked"),
                        ("lifetime", "7d"),
                        ("account", &*bulk),
                    ];
                    admin.post(route.path, &form).await;
                }
                vec!["account.check_requested", "connect_session.created"]
            }
            ("POST", paths::WEBHOOKS) => {
                let form = [("url", "https://app.example.com/hooks"), ("event", "*")];
                admin.post(route.path, &form).await;
                vec!["webhook_endpoint.created"]
            }
            ("POST", paths::WEBHOOK) => {
                let form = [("url", "https://app.example.com/other"), ("event", "*")];
                admin.post(&at(hook), &form).await;
                vec!["webhook_endpoint.updated"]
            }
            ("POST", paths::WEBHOOK_DELETE) => {
                admin.post(&at(hook), &[]).await;
                vec!["webhook_endpoint.deleted"]
            }
            ("POST", paths::WEBHOOK_DISABLE | paths::WEBHOOK_ENABLE) => {
                let path = |path: &str| path.replace("{id}", hook);
                admin.post(&path(paths::WEBHOOK_DISABLE), &[]).await;
                admin.post(&path(paths::WEBHOOK_ENABLE), &[]).await;
                vec!["webhook_endpoint.updated"]
            }
            ("POST", paths::WEBHOOK_ROTATE) => {
                admin.post(&at(hook), &[("keep", "1h")]).await;
                vec!["webhook_endpoint.secret_rotated"]
            }
            ("POST", paths::WEBHOOK_TEST) => {
                admin.post(&at(hook), &[]).await;
                vec!["webhook.test"]
            }
            ("POST", paths::API_WEBHOOKS) => {
                key.post(route.path, &url).await.ok();
                vec!["webhook_endpoint.created"]
            }
            ("PATCH", paths::API_WEBHOOK) => {
                key.patch(&at(hook), &json!({ "description": "x" })).await.ok();
                vec!["webhook_endpoint.updated"]
            }
            ("DELETE", paths::API_WEBHOOK) => {
                key.delete(&at(hook)).await.ok();
                vec!["webhook_endpoint.deleted"]
            }
            ("POST", paths::API_WEBHOOK_ROTATE) => {
                key.post(&at(hook), &json!({})).await.ok();
                vec!["webhook_endpoint.secret_rotated"]
            }
            ("POST", paths::API_WEBHOOK_TEST) => {
                key.post(&at(hook), &json!({})).await.ok();
                vec!["webhook.test"]
            }
            ("POST", paths::CALENDAR) => {
                admin.post(paths::CALENDAR, &[("note", "x")]).await;
                vec!["calendar_feed.created"]
            }
            ("POST", paths::CALENDAR_REVOKE) => {
                admin.post(&at(feed.as_str()), &[]).await;
                vec!["calendar_feed.revoked"]
            }
            ("POST", paths::CONNECT) => {
                admin.connect("my-company", "us", "nonsense").await;
                admin.connect("my-company", "us", &self.hub.key()).await;
                vec!["connect.failed", "account.created"]
            }
            ("GET", paths::HUB_LINK) => {
                self.hub.visitor().get(&route.path.replace("{token}", token)).await;
                vec!["connect_session.opened"]
            }
            ("POST", paths::HUB) => {
                let key = self.hub.key();
                let form = [("token", token), ("tenant_name", "my-company"), ("region", "us")];
                for typed in ["nonsense", &key] {
                    let form = [&form[..], &[("api_key", typed)]].concat();
                    self.hub.visitor().post(paths::HUB, &form).await;
                }
                vec!["connect_session.failed", "account.created", "connect_session.completed"]
            }
            ("POST", paths::API_CONNECT_SESSIONS) => {
                self.session(&owner).await;
                vec!["connect_session.created"]
            }
            ("DELETE", paths::API_CONNECT_SESSION) => {
                key.delete(&at(session_id)).await.ok();
                vec!["connect_session.revoked"]
            }
            ("PATCH", paths::API_ACCOUNT) => {
                key.patch(&at(&id), &json!({ "label": "new" })).await.ok();
                vec!["account.updated"]
            }
            ("DELETE", paths::API_ACCOUNT) => {
                key.delete(&at(&id)).await.ok();
                vec!["account.deleted"]
            }
            ("POST", paths::API_ACCOUNT_VERIFY) => {
                key.post(&at(&id), &json!({})).await.ok();
                vec!["account.checked"]
            }
            ("POST", paths::API_ACCOUNT_RENEWAL) => {
                key.post(&at(&id), &json!({ "allowed": true })).await.ok();
                vec!["renewal.allowed"]
            }
            ("POST", paths::API_ACCOUNT_SUSPEND) => {
                key.post(&at(&id), &json!({})).await.ok();
                vec!["account.suspended"]
            }
            ("POST", paths::API_ACCOUNT_RESUME) => {
                key.post(&paths::API_ACCOUNT_SUSPEND.replace("{id}", &id), &json!({})).await.ok();
                key.post(&at(&id), &json!({})).await.ok();
                vec!["account.resumed"]
            }
            ("GET", paths::API_ACCOUNT_CREDENTIALS) => {
                key.get(&at(&id)).await.ok();
                vec!["credential.read"]
            }
            ("GET", paths::ACCOUNTS_CSV) => {
                admin.get(route.path).await;
                vec!["accounts.exported"]
            }
            ("GET", paths::EVENTS_CSV | paths::EVENTS_JSONL) => {
                admin.get(route.path).await;
                vec!["events.exported"]
            }
            ("POST", paths::API_HUB_ACCOUNTS) => {
                let page = self.hub.page(token);
                page.link("nonsense").await;
                page.link(&self.hub.key()).await.ok();
                vec!["connect_session.failed", "account.created", "connect_session.completed"]
            }
            ("PATCH", paths::API_HUB_ACCOUNT) => {
                let token = key.token(&owner, json!({ "account_id": id })).await;
                let body = filled(&self.hub.key());
                self.hub.page(&token).submit(Method::PATCH, &at(&id), &body).await.ok();
                vec!["account.renewed", "connect_session.completed"]
            }
            _ => return None,
        };
        let after = self.history().await;
        let new = after.into_iter().filter(|event| !before.contains(event)).collect();
        Some((new, done))
    }
}

impl ApiClient {
    /// The id of another API key.
    async fn hub_key(&self, hub: &TestHub) -> String {
        hub.back_end().await.id().to_owned()
    }
}

#[tokio::test]
async fn every_route_that_changes_something_leaves_its_line() {
    let flags = ["--sign-in-limit=10000", "--api-limit=100000", "--renewal"];
    let hub = TestHub::start_with(&flags).await;
    let (admin, key) = (hub.signed_in().await, hub.back_end().await);
    let mut walk = Walk { hub, admin, key };
    let list = routes::all().list;
    let silent = |route: &&Route| SILENT.iter().any(|s| (s.0, s.1) == (route.method, route.path));
    for (method, path, why) in SILENT {
        let there = list.iter().any(|route| (route.method, route.path) == (*method, *path));
        assert!(there && !why.is_empty(), "{method} {path}");
    }
    let changes = |route: &&Route| route.method != "GET" || READS.contains(&route.path);
    let mut walked = 0;
    for (n, route) in list.iter().filter(changes).filter(|r| !silent(r)).enumerate() {
        let Some((new, expected)) = walk.act(route, n).await else {
            panic!(
                "{} {}: say in tests/it/security/history.rs what line of history it leaves",
                route.method, route.path
            )
        };
        let actions: BTreeSet<&str> = new.iter().map(|event| event.action.as_str()).collect();
        for action in expected {
            assert!(actions.contains(action), "{} {}: {actions:?}", route.method, route.path);
        }
        for event in new {
            assert!(event.caller.request_id.is_some(), "by which request: {event:?}");
            assert!(event.caller.address.is_some(), "from where: {event:?}");
        }
        walked += 1;
        if route.path == paths::LOGOUT {
            walk.admin = walk.hub.signed_in().await;
        }
    }
    assert!(walked > 25, "{walked}");
}

#[tokio::test]
async fn a_start_tells_the_version_the_database_and_which_settings_have_changed() {
    let hub = TestHub::start_without_admin(&[]).await;
    let starts = EventFilter {
        actions: vec![linkhub::model::event::Action::HubStarted],
        ..EventFilter::default()
    };
    let settings = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    for given in [
        settings(&[("LINKHUB_CHECK_INTERVAL", "1"), ("LINKHUB_ADMIN_PASSWORD", "set")]),
        settings(&[("LINKHUB_CHECK_INTERVAL", "2"), ("LINKHUB_ADMIN_PASSWORD", "set")]),
        settings(&[("LINKHUB_RENEWAL", "true"), ("LINKHUB_ADMIN_PASSWORD", "set")]),
        settings(&[("LINKHUB_RENEWAL", "true"), ("LINKHUB_ADMIN_PASSWORD", "set")]),
    ] {
        hub.state.linking.record_start(&given).await.unwrap();
        hub.clock.advance(std::time::Duration::from_secs(1));
    }
    let events = hub.state.store.list_history(&starts, None, 10).await.unwrap();
    let changed: Vec<&Value> = events.iter().rev().map(|event| &event.detail["changed"]).collect();
    let expected = [
        json!({ "LINKHUB_CHECK_INTERVAL": [null, "1"], "LINKHUB_ADMIN_PASSWORD": [null, "set"] }),
        json!({ "LINKHUB_CHECK_INTERVAL": ["1", "2"] }),
        json!({ "LINKHUB_CHECK_INTERVAL": ["2", null], "LINKHUB_RENEWAL": [null, "true"] }),
        json!({}),
    ];
    assert_eq!(changed, expected.iter().collect::<Vec<_>>());
    assert_eq!(events[0].detail["database"], "SQLite");
    assert_eq!(events[0].detail["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn of_secrets_only_that_they_are_set_is_told() {
    use clap::CommandFactory as _;
    let words = [
        "linkhub",
        "serve",
        "--admin-password=correct horse",
        "--database-url=postgres://jane:secret@db/linkhub",
        "--check-limit=7",
        "--trusted-proxies=10.0.0.1,10.0.0.2",
    ];
    let matches = linkhub::cli::Cli::command().try_get_matches_from(words).unwrap();
    let given = linkhub::cli::given(&matches);
    let told: Vec<_> = given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let expected = [
        ("LINKHUB_ADMIN_PASSWORD", "set"),
        ("LINKHUB_CHECK_LIMIT", "7"),
        ("LINKHUB_DATABASE_URL", "set"),
        ("LINKHUB_TRUSTED_PROXIES", "10.0.0.1,10.0.0.2"),
    ];
    assert_eq!(told, expected);
}
