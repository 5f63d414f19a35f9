//! What was received, so that a test can say: the key went to this host only, and never in a URL.

use std::fmt;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, header};
use linkhub::clock::Timestamp;

use super::Shared;
use super::listener::Transport;

#[derive(Clone)]
pub struct Received {
    pub at: Timestamp,
    pub method: Method,
    /// The `Host` header (HTTP/2: `:authority`) as sent.
    pub host: String,
    pub tls: bool,
    /// The name asked for in the TLS handshake.
    pub sni: Option<String>,
    /// Path with query.
    pub path: String,
    pub headers: HeaderMap,
    /// The id of the emulator's key that was sent; none for no key or one that is not ours.
    pub key_id: Option<String>,
}

impl Received {
    pub(super) fn from(request: &Request<Body>, transport: &Transport, shared: &Shared) -> Self {
        let authority = request.uri().authority().map(ToString::to_string);
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let (tls, sni) = match transport {
            Transport::Plain => (false, None),
            Transport::Tls { name } => (true, name.clone()),
        };
        let path = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
        let mut received = Self {
            at: shared.clock.now(),
            method: request.method().clone(),
            host: authority.or(host.map(String::from)).unwrap_or_default(),
            tls,
            sni,
            path,
            headers: request.headers().clone(),
            key_id: None,
        };
        let world = shared.world();
        received.key_id =
            received.bearer().and_then(|text| world.key_by_text(text)).map(|key| key.id.clone());
        received
    }

    /// The whole `Authorization` header.
    pub fn authorization(&self) -> Option<&str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()
    }

    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.authorization()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
    }
}

/// Without header values: a failing test prints this, and keys do not belong into its output.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, method, host, path, sni, key_id, .. } = self;
        write!(f, "{at} {method} {host} {path} (sni {sni:?}, key {key_id:?})")
    }
}
