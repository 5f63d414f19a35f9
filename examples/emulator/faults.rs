//! What goes wrong on purpose.

use std::convert::Infallible;
use std::future::ready;
use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt, stream};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

use super::gate::Origin;
use super::listener::ResetConnection;
use super::refusal::{Refusal, nginx, redirect};
use super::world::World;

#[derive(Clone, Debug)]
pub enum Fault {
    // Instead of the answer, before the key is looked at:
    Forbidden,
    NotFound,
    /// 429 with `retry-after` in seconds.
    TooManyRequests(u64),
    /// 500 with Qlik's JSON.
    ServerError,
    /// 503 with a page of the proxy.
    Maintenance,
    /// 200 with a page.
    HtmlPage,
    /// 302 to this location, whatever it is: another origin, another path.
    RedirectTo(String),
    /// 302 to itself.
    RedirectLoop,
    /// 301 to `/login?returnto=…`, which is a page.
    RedirectToLogin,
    /// 302 to itself over plain HTTP.
    RedirectToHttp,
    /// The connection ends with RST, without an answer.
    Reset,
    /// 200 `application/json` with this body, for answers of the wrong shape.
    Body(String),

    // The right answer, spoilt on its way. A client that does not guard itself takes each of these for good:
    /// After this long.
    Slow(Duration),
    /// At once, but the body byte by byte, with this long between.
    Drip(Duration),
    /// Closed in the middle of the body.
    Truncated,
    /// Never: what was asked for is done, and nobody hears of it.
    Unheard,
    /// Padded to more than so many bytes, streamed without a length.
    Huge(usize),
    /// With a field nested so deep.
    Deep(usize),
    /// Compressed, although nobody asked.
    Gzip,
    /// Padded to more than so many bytes, then compressed.
    GzipBomb(usize),
}

/// A fault and where it strikes.
#[derive(Clone, Debug)]
pub struct FaultRule {
    path: String,
    fault: Fault,
    tenant_id: Option<String>,
    skip: u32,
    times: Option<u32>,
}

impl FaultRule {
    pub(super) fn new(path: &str, fault: Fault) -> Self {
        Self { path: path.to_owned(), fault, tenant_id: None, skip: 0, times: None }
    }

    /// Only for the first `times` requests that fit.
    pub fn times(&mut self, times: u32) -> &mut Self {
        self.times = Some(times);
        self
    }

    /// Not for the first `skip` requests that fit.
    pub fn after(&mut self, skip: u32) -> &mut Self {
        self.skip = skip;
        self
    }

    pub fn of_tenant(&mut self, tenant_id: &str) -> &mut Self {
        self.tenant_id = Some(tenant_id.to_owned());
        self
    }

    fn fits(&self, tenant_id: &str, route: Option<&str>, path: &str) -> bool {
        self.times != Some(0)
            && self.tenant_id.as_deref().is_none_or(|id| id == tenant_id)
            && (self.path == "*" || self.path == path || Some(self.path.as_str()) == route)
    }
}

impl World {
    pub(super) fn take_fault(
        &mut self,
        tenant_id: &str,
        route: Option<&str>,
        path: &str,
    ) -> Option<Fault> {
        let rule = self.faults.iter_mut().find(|rule| rule.fits(tenant_id, route, path))?;
        if rule.skip > 0 {
            rule.skip -= 1;
            return None;
        }
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        Some(rule.fault.clone())
    }
}

impl Fault {
    pub(super) fn instead(&self, origin: &Origin, uri: &Uri) -> Option<Response> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Some(match self {
            Self::Forbidden => Refusal::forbidden().into_response(),
            Self::NotFound => Refusal::not_found("HTTP-404").into_response(),
            Self::TooManyRequests(retry_after) => too_many_requests(*retry_after),
            Self::ServerError => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Refusal::new(status, "HTTP-500", "Internal server error").into_response()
            }
            Self::Maintenance => {
                nginx(StatusCode::SERVICE_UNAVAILABLE, "Service Temporarily Unavailable")
            }
            Self::HtmlPage => Html("<!doctype html><title>Welcome</title>").into_response(),
            Self::RedirectTo(location) => redirect(StatusCode::FOUND, location),
            Self::RedirectLoop => redirect(StatusCode::FOUND, path),
            Self::RedirectToLogin => {
                redirect(StatusCode::MOVED_PERMANENTLY, "/login?returnto=%2Fapi")
            }
            Self::RedirectToHttp => {
                redirect(StatusCode::FOUND, &format!("http://{}{path}", origin.host()))
            }
            Self::Reset => {
                let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
                response.extensions_mut().insert(ResetConnection);
                response
            }
            Self::Body(body) => {
                ([(header::CONTENT_TYPE, "application/json")], body.clone()).into_response()
            }
            _ => return None,
        })
    }

    pub(super) fn delay(&self) -> Option<Duration> {
        if let Self::Slow(delay) = self { Some(*delay) } else { None }
    }

    /// The right answer in the form in which it arrives.
    pub(super) async fn spoil(&self, response: Response) -> Response {
        match *self {
            Self::Drip(pause) => with_body(response, |bytes| drip(bytes, pause)).await,
            Self::Truncated => truncated(response).await,
            Self::Unheard => std::future::pending().await,
            Self::Huge(size) => with_body(response, |bytes| padded(&bytes, size)).await,
            Self::Deep(depth) => with_body(response, |bytes| nested(&bytes, depth)).await,
            Self::Gzip => gzip(response).await,
            Self::GzipBomb(size) => {
                gzip(with_body(response, |bytes| padded(&bytes, size)).await).await
            }
            _ => response,
        }
    }
}

fn too_many_requests(retry_after: u64) -> Response {
    let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "HTTP-429", "Too many requests");
    let retry_after = [(header::RETRY_AFTER, HeaderValue::from(retry_after))];
    (retry_after, refusal).into_response()
}

async fn with_body(response: Response, change: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("the emulator's own bodies are whole");
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, change(bytes))
}

fn drip(bytes: Bytes, pause: Duration) -> Body {
    let bytes = stream::iter(0..bytes.len()).then(move |at| {
        let byte = bytes.slice(at..=at);
        async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(byte)
        }
    });
    Body::from_stream(bytes)
}

/// Promises the whole length and breaks off after half of it.
async fn truncated(response: Response) -> Response {
    let mut length = 0;
    let mut response = with_body(response, |bytes| {
        length = bytes.len();
        let half = Ok(bytes.slice(..length / 2));
        let cut = Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        // The pause lets the half leave before the cut.
        let cut = stream::once(async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            cut
        });
        Body::from_stream(stream::iter([half]).chain(cut))
    })
    .await;
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length.max(1)));
    response
}

fn padded(bytes: &[u8], size: usize) -> Body {
    static CHUNK: [u8; 65_536] = [b'a'; 65_536];
    let chunks = std::iter::repeat_n(Bytes::from_static(&CHUNK), size / CHUNK.len() + 1);
    let start = std::iter::once(Bytes::from_static(b"{\"padding\":\""));
    let end = std::iter::once(Bytes::from([b"\"", &continued(bytes)[..]].concat()));
    Body::from_stream(stream::iter(start.chain(chunks).chain(end).map(Ok::<_, Infallible>)))
}

fn nested(bytes: &[u8], depth: usize) -> Body {
    let deep = format!("{{\"deep\":{}{}", "[".repeat(depth), "]".repeat(depth));
    Body::from([deep.as_bytes(), &continued(bytes)].concat())
}

/// What follows a first field that was put before all others of a JSON object.
fn continued(object: &[u8]) -> Vec<u8> {
    match object.strip_prefix(b"{") {
        Some(rest) if !rest.starts_with(b"}") => [b",", rest].concat(),
        _ => b"}".to_vec(),
    }
}

async fn gzip(response: Response) -> Response {
    let mut response = Some(response);
    let inner = service_fn(move |_| {
        ready(Ok::<_, Infallible>(response.take().expect("called once, by `oneshot`")))
    });
    let asking = Request::builder().header(header::ACCEPT_ENCODING, "gzip");
    let asking = asking.body(Body::empty()).expect("a constant");
    match CompressionLayer::new().layer(inner).oneshot(asking).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
