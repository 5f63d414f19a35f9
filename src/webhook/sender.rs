//! The one call: a signed POST to an endpoint, and what came of it.

use std::error::Error as _;
use std::net::IpAddr;
use std::time::{Duration, Instant};

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use secrecy::SecretString;
use url::{Host, Url};

use super::address::{UrlError, parse_url};
use super::lookups::{LookUps, NotFound};
use super::resolver::{Filter, Refused};
use super::signature;
use crate::clock::{self, Timestamp};
use crate::id::EventId;

const USER_AGENT: &str = concat!("linkhub-webhooks/", env!("CARGO_PKG_VERSION"));
/// For name look-up, TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(5);
/// For all of it, the answer's body too.
const WHOLE: Duration = Duration::from_secs(15);
/// A connection is kept for the next of several webhooks in a row.
const IDLE: Duration = Duration::from_secs(10);
/// So much of an answer is read, and so much is kept; in bytes.
const READ: usize = 64 * 1024;
const KEPT: usize = 2 * 1024;
const LONGEST_ERROR: usize = 300;

#[derive(Debug, Clone)]
pub struct WebhookSettings {
    /// Also http, and private and own addresses.
    pub allow_private: bool,
    /// Where the hub listens.
    pub own: IpAddr,
}

/// What is sent, and where to.
#[derive(Debug)]
pub struct Letter<'a> {
    pub url: &'a str,
    pub id: &'a EventId,
    /// Of this attempt.
    pub at: Timestamp,
    pub body: Vec<u8>,
    /// Each signs; the first one alone signs in StackOne's way.
    pub secrets: &'a [SecretString],
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// In whole milliseconds, as it is stored.
    pub duration: Duration,
    pub status: Option<u16>,
    /// In words; `None` for a success.
    pub error: Option<String>,
    /// What the receiver asks for, from the time of the attempt on.
    pub retry_after: Option<Duration>,
    /// The beginning of the body.
    pub answer: String,
}

/// Sends webhooks. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Sender {
    client: reqwest::Client,
    filter: Filter,
}

impl Sender {
    pub fn new(settings: &WebhookSettings) -> Result<Self, reqwest::Error> {
        let names = LookUps::default();
        Self::with(Filter { allow_private: settings.allow_private, own: settings.own, names })
    }

    fn with(filter: Filter) -> Result<Self, reqwest::Error> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        #[expect(clippy::disallowed_methods, reason = "this client goes elsewhere than to Qlik")]
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .https_only(!filter.allow_private)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .pool_idle_timeout(IDLE)
            .dns_resolver(filter.clone())
            .build()?;
        Ok(Self { client, filter })
    }

    /// As [`parse_url`].
    pub fn parse_url(&self, text: &str) -> Result<Url, UrlError> {
        let url = parse_url(text, self.filter.allow_private)?;
        self.judge_literal(&url).map_err(|_| UrlError::Address)?;
        Ok(url)
    }

    /// Sends once. What was a fine URL when the endpoint was made is looked at again: settings change, and
    /// no resolver sees an address that stands in the URL itself.
    pub async fn send(&self, letter: Letter<'_>) -> Reply {
        let started = Instant::now();
        let mut reply = match self.try_send(letter).await {
            Ok(reply) => reply,
            Err(error) => Reply::failed(error),
        };
        let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        reply.duration = Duration::from_millis(millis);
        reply
    }

    async fn try_send(&self, letter: Letter<'_>) -> Result<Reply, String> {
        let url = parse_url(letter.url, self.filter.allow_private).map_err(|e| e.to_string())?;
        self.judge_literal(&url).map_err(|refused| refused.to_string())?;
        let seconds = letter.at.as_millis().div_euclid(1000);
        let id = letter.id.as_str();
        let mut signatures = Vec::new();
        for secret in letter.secrets {
            let signed = signature::standard(secret, id, seconds, &letter.body);
            signatures.push(signed.ok_or("the stored secret is damaged")?);
        }
        let [newest, ..] = letter.secrets else { return Err("there is no secret".to_owned()) };
        let request = self
            .client
            .post(url)
            .header("webhook-id", id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures.join(" "))
            .header("x-stackone-signature", signature::stackone(newest, &letter.body))
            .body(letter.body);
        let response = request.send().await.map_err(in_words)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let retry_after =
            retry_after.and_then(|value| clock::retry_after(value.to_str().ok()?, Some(letter.at)));
        let error = match status {
            200..=299 => None,
            300..=399 => Some(format!("answered {status}: redirects are not followed")),
            _ => Some(format!("answered {status}")),
        };
        Ok(Reply {
            duration: Duration::ZERO,
            status: Some(status),
            error,
            retry_after,
            answer: beginning(response).await,
        })
    }

    fn judge_literal(&self, url: &Url) -> Result<(), Refused> {
        match url.host() {
            Some(Host::Ipv4(address)) => self.filter.judge(address.into()),
            Some(Host::Ipv6(address)) => self.filter.judge(address.into()),
            Some(Host::Domain(_)) | None => Ok(()),
        }
    }
}

impl Reply {
    /// The receiver wants nothing more.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }

    /// No answer came.
    pub fn failed(error: String) -> Self {
        let answer = String::new();
        Self {
            duration: Duration::ZERO,
            status: None,
            error: Some(error),
            retry_after: None,
            answer,
        }
    }
}

/// Reads on to the end of a short answer, so that its connection can serve again, but not to the end of a
/// long one. The status has already said what matters.
async fn beginning(mut response: reqwest::Response) -> String {
    let mut kept = Vec::new();
    let mut read = 0;
    while read <= READ {
        let Ok(Some(chunk)) = response.chunk().await else { break };
        read += chunk.len();
        let room = KEPT - kept.len();
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
    let text = String::from_utf8_lossy(&kept);
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// What stands in the delivery log. It names the address that was refused, and no URL: that is known.
fn in_words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let timeout = error.is_timeout();
    let connect = error.is_connect();
    let mut words = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return refused.to_string();
        }
        if cause.is::<NotFound>() {
            return cause.to_string();
        }
        words.push(cause.to_string());
        source = cause.source();
    }
    let what = match (timeout, connect) {
        (true, true) => "no connection within 5 seconds".to_owned(),
        (true, false) => "no answer within 15 seconds".to_owned(),
        (false, true) => format!("no connection: {}", words.last().map_or("", String::as_str)),
        (false, false) => format!("no answer: {}", words.last().map_or("", String::as_str)),
    };
    what.chars().filter(|c| !c.is_control()).take(LONGEST_ERROR).collect()
}

#[cfg(test)]
mod tests;
