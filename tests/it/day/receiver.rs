//! A back end that is told by webhooks, and has a bad moment now and then.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use linkhub::linking::NewEndpoint;
use linkhub::model::event::Caller;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::support::TestHub;

/// Every so many requests one is refused.
const REFUSES: usize = 37;

#[derive(Default)]
struct Got {
    requests: usize,
    bodies: BTreeMap<String, Bytes>,
    /// By account, in the order of arrival.
    accepted: BTreeMap<String, Vec<String>>,
    wrong: Vec<String>,
}

pub struct Receiver {
    url: String,
    got: Arc<Mutex<Got>>,
}

impl Receiver {
    pub async fn start() -> Self {
        let got = Arc::<Mutex<Got>>::default();
        let router = Router::new().fallback(receive).with_state(got.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, got }
    }

    pub async fn subscribe(&self, hub: &TestHub) {
        let endpoint = NewEndpoint {
            url: self.url.clone(),
            description: "the day".to_owned(),
            events: vec!["*".to_owned()],
        };
        hub.state.linking.create_webhook_endpoint(endpoint, &Caller::system()).await.unwrap();
    }

    /// What arrived of an account, each once, in the order of arrival.
    pub fn of(&self, account: &str) -> Vec<String> {
        self.got.lock().unwrap().accepted.get(account).cloned().unwrap_or_default()
    }

    pub fn complaints(&self) -> Vec<String> {
        self.got.lock().unwrap().wrong.clone()
    }

    pub fn requests(&self) -> usize {
        self.got.lock().unwrap().requests
    }
}

async fn receive(State(got): State<Arc<Mutex<Got>>>, head: HeaderMap, body: Bytes) -> StatusCode {
    let mut got = got.lock().unwrap();
    got.requests += 1;
    let id = head.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let before = got.bodies.insert(id.clone(), body.clone());
    if before.is_some_and(|before| before != body) {
        got.wrong.push(format!("{id} came with two contents"));
    }
    if got.requests.is_multiple_of(REFUSES) {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let payload: Value = serde_json::from_slice(&body).unwrap();
    let account = payload["account_id"].as_str().unwrap_or_default().to_owned();
    let accepted = got.accepted.entry(account).or_default();
    if accepted.contains(&id) {
        got.wrong.push(format!("{id} came again although it had been accepted"));
    } else {
        accepted.push(id);
    }
    StatusCode::NO_CONTENT
}
