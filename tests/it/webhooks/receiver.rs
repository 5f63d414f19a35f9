//! A vendor's back end that receives webhooks, and fails as told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

#[derive(Debug, Clone)]
pub enum Manner {
    Status(u16),
    /// A status with a `Retry-After`.
    Wait(u16, &'static str),
    Redirect(String),
    /// 200 with so many bytes, or as many as are taken.
    Large(usize),
    /// Nothing, until the receiver is told to go on; then 200.
    Hang,
    Drop,
}

#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn event_type(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// Whether one of its signatures is by this secret: computed here a second time, from the specification.
    pub fn is_signed_by(&self, secret: &SecretString) -> bool {
        let encoded = secret.expose_secret().strip_prefix("whsec_").unwrap();
        let key = STANDARD.decode(encoded).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        let signed = format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.body);
        mac.update(signed.as_bytes());
        let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.header("webhook-signature").split(' ').any(|signature| signature == expected)
    }
}

#[derive(Default)]
struct State {
    received: Mutex<Vec<Received>>,
    /// The next ones, before `always`.
    next: Mutex<VecDeque<Manner>>,
    always: Mutex<Option<Manner>>,
    arrived: Notify,
    go_on: Notify,
}

pub struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
}

impl Receiver {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move { serve(stream, &state).await });
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// How it answers from now on.
    pub fn always(&self, manner: Manner) {
        *self.state.always.lock().unwrap() = Some(manner);
    }

    /// How it answers the next requests, before all others.
    pub fn next(&self, manners: impl IntoIterator<Item = Manner>) {
        self.state.next.lock().unwrap().extend(manners);
    }

    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    pub fn types(&self) -> Vec<String> {
        self.received().iter().map(Received::event_type).collect()
    }

    pub fn ids(&self) -> Vec<String> {
        self.received().iter().map(|received| received.id().to_owned()).collect()
    }

    /// Waits until so many requests have arrived.
    pub async fn arrived(&self, count: usize) {
        loop {
            let arrived = self.state.arrived.notified();
            if self.received().len() >= count {
                return;
            }
            arrived.await;
        }
    }

    /// Those that hang get their answer.
    pub fn go_on(&self) {
        self.state.go_on.notify_waiters();
    }
}

async fn serve(mut stream: TcpStream, state: &State) {
    while let Some(received) = read(&mut stream).await {
        let manner = state.next.lock().unwrap().pop_front();
        let manner = manner.or_else(|| state.always.lock().unwrap().clone());
        let go_on = state.go_on.notified();
        tokio::pin!(go_on);
        go_on.as_mut().enable();
        state.received.lock().unwrap().push(received);
        state.arrived.notify_waiters();
        let answer = match manner.unwrap_or(Manner::Status(204)) {
            Manner::Drop => return,
            Manner::Hang => {
                go_on.await;
                answer(200, "", "")
            }
            Manner::Status(status) => answer(status, "", "noted <b>so</b>"),
            Manner::Wait(status, wait) => {
                answer(status, &format!("retry-after: {wait}\r\n"), "later")
            }
            Manner::Redirect(to) => answer(302, &format!("location: {to}\r\n"), ""),
            Manner::Large(bytes) => answer(200, "", &"x".repeat(bytes)),
        };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn answer(status: u16, headers: &str, body: &str) -> String {
    let body = if status == 204 { "" } else { body };
    let length =
        if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    format!("HTTP/1.1 {status} So\r\n{length}{headers}\r\n{body}")
}

/// One request with its body; `None` if the other side has hung up.
async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let mut lines = head.split("\r\n");
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes[head_end + 4..].to_vec();
    while body.len() < length {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => body.extend_from_slice(&chunk[..count]),
        }
    }
    Some(Received { path, headers, body: String::from_utf8(body).unwrap() })
}
