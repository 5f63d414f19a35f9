//! A back end that takes webhooks, writes them down, and answers as a test wants.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::TestHub;

pub struct WebhookReceiver {
    pub url: String,
    shared: Arc<Mutex<Shared>>,
    server: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    received: Vec<Received>,
    answer: (u16, String),
}

#[derive(Clone)]
pub struct Received {
    headers: HeaderMap,
    body: Bytes,
}

impl Received {
    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl WebhookReceiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhooks", listener.local_addr().unwrap());
        let shared =
            Arc::new(Mutex::new(Shared { answer: (204, String::new()), ..Shared::default() }));
        let of_server = Arc::clone(&shared);
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let mut shared = of_server.lock().unwrap();
            shared.received.push(Received { headers, body });
            let (status, answer) = shared.answer.clone();
            (StatusCode::from_u16(status).unwrap(), answer)
        };
        let router = Router::new().fallback(take);
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, server }
    }

    /// To every webhook from now on.
    pub fn answers(&self, status: u16, body: &str) {
        self.shared.lock().unwrap().answer = (status, body.to_owned());
    }

    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().unwrap().received.clone()
    }
}

impl Drop for WebhookReceiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl TestHub {
    /// Sends what is due, until nothing is.
    pub async fn deliver(&self) {
        while self.state.linking.deliver_due().await.unwrap() {}
    }
}
