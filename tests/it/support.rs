//! The hub as it runs in production, beside an emulated Qlik Cloud, with a clock that tests move.
//! Who asks is a type: [`Visitor`] or [`SignedIn`], with the same methods.

mod api_client;
mod webhook_receiver;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser as _;
use linkhub::cli::Cli;
use linkhub::clock::{Clock, Timestamp};
use linkhub::config::Settings;
use linkhub::id::AccountId;
use linkhub::model::event::Caller;
use linkhub::server;
use linkhub::state::AppState;
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, StatusCode};
use scraper::{Html, Selector};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use api_client::{ApiClient, HubClient, JsonAnswer, filled};
pub use webhook_receiver::WebhookReceiver;

use crate::emulator::{Emulator, Tenant, User};

pub const PASSWORD: &str = "correct horse battery";
pub const TENANT: &str = "my-company";
pub const REGION: &str = "us";

pub struct TestHub {
    pub state: AppState,
    pub qlik: Emulator,
    pub clock: Clock,
    /// Removed with the hub.
    folder: TempDir,
    settings: Settings,
    address: SocketAddr,
    stop: CancellationToken,
    server: Option<JoinHandle<anyhow::Result<()>>>,
    pub tenant_id: String,
    pub user_id: String,
}

impl TestHub {
    /// A hub with an admin, and a tenant `my-company.us` with Jane Doe.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub async fn start_with(flags: &[&str]) -> Self {
        let hub = Self::start_without_admin(flags).await;
        hub.state.linking.create_admin(PASSWORD.into(), &Caller::system()).await.unwrap();
        hub
    }

    pub async fn start_without_admin(flags: &[&str]) -> Self {
        let clock = Clock::fixed(Timestamp::parse("2026-11-23T10:00:00Z").unwrap());
        Self::start_with_clocks(flags, clock.clone(), clock).await
    }

    /// A hub whose clock may go wrong while Qlik's goes right, and without an admin.
    pub async fn start_with_clocks(flags: &[&str], clock: Clock, qlik_clock: Clock) -> Self {
        let qlik = Emulator::start(qlik_clock).await;
        let (tenant_id, user_id) = {
            let mut world = qlik.world();
            let tenant = world.add_tenant(Tenant::new(TENANT, REGION, "My Company"));
            let jane = world.add_user(&tenant, User::new("Jane Doe", "jane.doe@example.com"));
            (tenant, jane)
        };
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("ca.pem");
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(&ca_file, qlik.ca_pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let own = [
            format!("--data-dir={}", folder.path().join("data").display()),
            format!("--public-url=http://{address}"),
            format!("--qlik-connect-to={}", qlik.https_addr()),
            format!("--qlik-ca-file={}", ca_file.display()),
            "--connect-limit=1000000".to_owned(),
            "--qlik-timeout=3".to_owned(),
            // Tests call what runs in the background when they want it to run.
            "--background=false".to_owned(),
        ];
        // The last of a repeated flag would be refused, so a test's flag replaces ours.
        let name = |flag: &str| flag.split('=').next().unwrap_or_default().to_owned();
        let own = own.iter().filter(|flag| flags.iter().all(|given| name(given) != name(flag)));
        let arguments =
            ["linkhub"].into_iter().chain(own.map(String::as_str)).chain(flags.iter().copied());
        let settings = Cli::try_parse_from(arguments).unwrap().settings;
        let state = AppState::open(&settings, clock.clone()).await.unwrap();
        let stop = CancellationToken::new();
        let server = tokio::spawn(server::serve(state.clone(), listener, stop.clone()));
        let server = Some(server);
        Self { state, qlik, clock, folder, settings, address, stop, server, tenant_id, user_id }
    }

    /// Another hub on the same database, with the same clock.
    pub async fn another(&self) -> AppState {
        AppState::open(&self.settings, self.clock.clone()).await.unwrap()
    }

    /// Where this hub keeps its accounts, for what no hub would do to them.
    pub fn location(&self) -> linkhub::store::Location {
        self.settings.location().unwrap()
    }

    /// Stops accepting; answers when all requests in flight have been answered.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        if let Some(server) = self.server.take() {
            server.await.unwrap().unwrap();
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The `SQLite` file, to look past the store.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data").join("linkhub.sqlite")
    }

    pub fn visitor(&self) -> Visitor {
        Visitor { client: client(), base: self.url(""), cookie: None }
    }

    pub async fn signed_in(&self) -> Visitor {
        let visitor = self.visitor();
        let answer = visitor.post("/login", &[("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        Visitor { cookie: Some(answer.cookie().expect("a session")), ..visitor }
    }

    /// A key of Jane Doe that is valid for a day.
    pub fn key(&self) -> String {
        self.qlik.world().mint_key(&self.user_id, Duration::from_hours(24))
    }

    /// Links Jane Doe's account through the form.
    pub async fn link(&self, admin: &Visitor) -> AccountId {
        let answer = admin.connect(TENANT, REGION, &self.key()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let id = answer.text_of("dialog[open] code");
        AccountId::try_from(id.trim().to_owned()).expect("the confirmation shows the account id")
    }

    pub async fn count_accounts(&self) -> i64 {
        self.state
            .store
            .count_accounts(&linkhub::store::AccountQuery::default(), 1_000_000)
            .await
            .unwrap()
            .found
    }
}

#[expect(clippy::disallowed_methods, reason = "a test's browser, not a call to Qlik")]
fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

/// Somebody with a browser, with or without a session.
#[derive(Clone)]
pub struct Visitor {
    client: reqwest::Client,
    base: String,
    pub cookie: Option<String>,
}

impl Visitor {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_from(&self.base, path, form).await
    }

    pub async fn post_from(&self, origin: &str, path: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [("origin", origin), ("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &headers, Some(body)).await
    }

    pub async fn connect(&self, tenant_name: &str, region: &str, api_key: &str) -> Answer {
        let form = [("tenant_name", tenant_name), ("region", region), ("api_key", api_key)];
        self.post("/connect", &form).await
    }

    /// Presses Connect as the page's script does.
    pub async fn connect_streaming(
        &self,
        tenant_name: &str,
        region: &str,
        key: &str,
    ) -> reqwest::Response {
        let form = [("tenant_name", tenant_name), ("region", region), ("api_key", key)];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.request(Method::POST, "/connect")
            .header("origin", &self.base)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "text/event-stream")
            .body(body)
            .send()
            .await
            .unwrap()
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Answer {
        let mut request = self.request(method, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body.unwrap_or_default()).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `name=value` of the cookie that was set.
    pub fn cookie(&self) -> Option<String> {
        Some(self.header("set-cookie").split(';').next()?.to_owned()).filter(|c| !c.is_empty())
    }

    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.body)
            .select(&Selector::parse(selector).unwrap())
            .next()
            .is_some()
    }

    pub fn text_of(&self, selector: &str) -> String {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).next().map(|found| found.text().collect()).unwrap_or_default()
    }

    /// The texts of all elements that fit.
    pub fn texts_of(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).map(|found| found.text().collect()).collect()
    }

    /// An attribute of the first element that fits; empty if there is none.
    pub fn attribute_of(&self, selector: &str, name: &str) -> String {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse(selector).unwrap();
        let found = html.select(&selector).next().and_then(|found| found.value().attr(name));
        found.unwrap_or_default().to_owned()
    }

    /// All codes that are shown to a person.
    pub fn codes(&self) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = Selector::parse("[data-code]").unwrap();
        html.select(&selector)
            .filter_map(|found| found.value().attr("data-code"))
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .collect()
    }
}
