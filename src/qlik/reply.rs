//! What comes back from Qlik: an answer, read whole and no longer than it may be, or why there is none.

use std::error::Error;
use std::time::Duration;

use reqwest::header;

use crate::model::failure::{Failure, FailureCode};
use crate::qlik::address::TenantAddress;
use crate::qlik::dial::NameUnknown;
use crate::qlik::refusal::{Answer, trace_id, unexpected, unreachable};

/// Of an answer that is no success only an error code is read, and that not at any price.
const LONGEST_ERROR_BODY: usize = 64 * 1024;
const SLOWEST_ERROR_BODY: Duration = Duration::from_secs(2);
const LONGEST_CAUSE: usize = 300;

/// An answer, read whole. Nothing of it is trusted yet.
#[derive(Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub trace_id: Option<String>,
    /// Empty if the status is no success and the body could not be read.
    pub body: Vec<u8>,
    pub location: Option<String>,
    retry_after: Option<String>,
}

impl Reply {
    pub async fn read(response: reqwest::Response, max_body: usize) -> Result<Self, Failure> {
        let status = response.status().as_u16();
        let text = |name| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let encoded = response
            .headers()
            .get(header::CONTENT_ENCODING)
            .is_some_and(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"));
        let mut reply = Self {
            status,
            trace_id: trace_id(text("x-b3-traceid").as_deref()),
            body: Vec::new(),
            location: text("location"),
            retry_after: text("retry-after"),
        };
        if matches!(status, 200 | 201) {
            if encoded {
                return Err(unexpected("a compressed answer").traced(reply.trace_id));
            }
            let body = capped(response, max_body).await;
            reply.body = body.map_err(|failure| failure.traced(reply.trace_id.clone()))?;
        } else {
            // Read also where nobody looks at it: a connection with a rest in it cannot serve again.
            let body = capped(response, max_body.min(LONGEST_ERROR_BODY));
            let body = tokio::time::timeout(SLOWEST_ERROR_BODY, body).await;
            reply.body = body.ok().and_then(Result::ok).filter(|_| !encoded).unwrap_or_default();
        }
        Ok(reply)
    }

    #[cfg(test)]
    pub fn of(status: u16, body: &str) -> Self {
        let body = body.as_bytes().to_vec();
        Self { status, trace_id: None, body, location: None, retry_after: None }
    }

    pub fn answer(&self) -> Answer<'_> {
        Answer {
            status: self.status,
            retry_after: self.retry_after.as_deref(),
            trace_id: self.trace_id.as_deref(),
            body: &self.body,
        }
    }
}

/// Counts what arrives instead of believing Content-Length.
async fn capped(mut response: reqwest::Response, max: usize) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > max => {
                return Err(unexpected(format!("an answer longer than {max} bytes")));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(error) if error.is_timeout() => return Err(unreachable("the answer stopped")),
            Err(_) => return Err(unexpected("an answer that broke off")),
        }
    }
}

/// No answer came. Whether the region does not exist is said only where the name system says so and
/// the region is none that Qlik documents: for a known one, the fault is on the way there.
pub(super) fn missing(error: reqwest::Error, address: &TenantAddress) -> Failure {
    let error = error.without_url();
    let mut cause = error.to_string();
    let mut name_unknown = false;
    let mut no_http = false;
    let mut source = error.source();
    while let Some(error) = source {
        name_unknown |= error.is::<NameUnknown>();
        no_http |= error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
        cause = format!("{cause}: {error}");
        source = error.source();
    }
    let cause: String = cause.chars().filter(|c| !c.is_control()).take(LONGEST_CAUSE).collect();
    match (name_unknown, no_http) {
        (true, _) if !address.region_is_known() => {
            Failure::new(FailureCode::RegionNotFound).because(cause)
        }
        (_, true) => unexpected(cause),
        _ => unreachable(cause),
    }
}
