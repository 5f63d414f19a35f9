//! The keys that a user has: to list them, and to make a successor while one of them still works.

use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};
use url::Url;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::model::account::RenewalProblemCode;
use crate::model::failure::{Certainty, Failure, FailureCode};
use crate::qlik::address::TenantAddress;
use crate::qlik::answer::{identifier, object};
use crate::qlik::client::{Qlik, url_of};
use crate::qlik::key::{ApiKey, is_path_segment};
use crate::qlik::refusal::{self, Refused, unexpected};
use crate::qlik::reply::Reply;
use crate::qlik::verification::too_slow;

const KEYS: &str = "/api/v1/api-keys";
/// A list that does not end is none.
const MOST_PAGES: usize = 50;

/// One of the keys that a list shows, as far as it concerns us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    pub id: String,
    pub description: String,
    /// Counts against the user's cap.
    pub active: bool,
}

/// The keys of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyList {
    Read(Vec<ListedKey>),
    /// This user may not list keys, or the tenant has no such list, or none that ends.
    Closed,
}

/// What a tenant lets its users have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct KeySettings {
    most_keys: Option<usize>,
    longest_life: Option<Duration>,
}

/// The successor that is wanted.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// What people read at Qlik.
    pub description: &'a str,
    /// The tenant's longest if that is shorter, or if none is given.
    pub life: Option<Duration>,
    /// A shorter one is not made.
    pub shortest_life: Duration,
    pub tenant_id: &'a str,
    /// How many active keys the user has, where that is known.
    pub keys: Option<usize>,
}

/// A key that has just been made. It has not been tried.
#[derive(Debug)]
pub struct Successor {
    pub id: String,
    pub key: ApiKey,
    pub expires_at: Option<Timestamp>,
}

/// Why there is no successor.
#[derive(Debug)]
pub enum NoSuccessor {
    /// Qlik refuses, and will until somebody does something.
    Problem(RenewalProblemCode, Failure),
    /// Qlik has made something that is of no use.
    Unusable(Failure),
    /// An outage, a limit or a timeout. The key may have been made all the same.
    Later(Failure),
}

impl NoSuccessor {
    /// Whether it is certain that Qlik has made none.
    pub fn none_was_made(&self) -> bool {
        match self {
            Self::Problem(..) => true,
            Self::Unusable(_) => false,
            Self::Later(failure) => failure.code == FailureCode::RateLimited,
        }
    }
}

impl From<Failure> for NoSuccessor {
    fn from(failure: Failure) -> Self {
        match failure.code {
            FailureCode::Forbidden => Self::Problem(RenewalProblemCode::NotPermitted, failure),
            code if code.certainty() == Certainty::Unknown => Self::Later(failure),
            _ => Self::Problem(RenewalProblemCode::Refused, failure),
        }
    }
}

impl Qlik {
    /// All keys of this user that the key may see: a tenant admin's would see those of everybody.
    pub async fn list_keys(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        user_id: &str,
    ) -> Result<KeyList, Failure> {
        let deadline = Instant::now() + self.settings().verification_timeout;
        let list = self.list_all_pages(address, key, user_id);
        timeout_at(deadline, list).await.unwrap_or_else(|_| Err(too_slow()))
    }

    async fn list_all_pages(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        user_id: &str,
    ) -> Result<KeyList, Failure> {
        let mut first = url_of(address, KEYS)?;
        first.query_pairs_mut().append_pair("sub", user_id);
        let mut url = first.clone();
        let mut keys = Vec::new();
        for _ in 0..MOST_PAGES {
            let reply = self.send_to_next(address, url.clone(), KEYS, key).await?;
            match reply.status {
                200 => {}
                404 => return Ok(KeyList::Closed),
                _ => match refused(&reply) {
                    failure if failure.code == FailureCode::Forbidden => {
                        return Ok(KeyList::Closed);
                    }
                    failure => return Err(failure),
                },
            }
            let body = object(&reply.body)?;
            keys.extend(keys_of(&body, user_id));
            let next = body.get("links").and_then(|links| links.get("next"));
            match next.and_then(|next| next.get("href")).and_then(Value::as_str) {
                None | Some("") => return Ok(KeyList::Read(keys)),
                Some(href) => url = next_page(&first, &url, href)?,
            }
        }
        Ok(KeyList::Closed)
    }

    /// Makes a key with the rights of the one that asks. A successor is not given up lightly: where the tenant
    /// has lowered its maximum, a shorter life is asked for.
    pub async fn create_key(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        wish: &Wish<'_>,
    ) -> Result<Successor, NoSuccessor> {
        let reply = self.post_key(address, key, wish.description, wish.life).await?;
        if matches!(reply.status, 200 | 201) {
            return made(reply);
        }
        let failure = refused(&reply);
        if !is_refusal(reply.status) {
            return Err(failure.into());
        }
        let settings = self.key_settings(address, key, wish.tenant_id).await;
        if let (Some(most), Some(keys)) = (settings.most_keys, wish.keys)
            && keys >= most
        {
            return Err(NoSuccessor::Problem(RenewalProblemCode::KeyCapReached, failure));
        }
        let life = match settings.longest_life {
            Some(longest) if longest < wish.shortest_life => {
                return Err(NoSuccessor::Problem(RenewalProblemCode::LifeTooShort, failure));
            }
            Some(longest) if wish.life.is_some_and(|life| longest < life) => Some(longest),
            // The tenant's maximum, whatever it is.
            None if wish.life.is_some() && matches!(reply.status, 400 | 422) => None,
            _ => return Err(problem(&reply, failure)),
        };
        let reply = self.post_key(address, key, wish.description, life).await?;
        if matches!(reply.status, 200 | 201) {
            return made(reply);
        }
        let failure = refused(&reply);
        Err(if is_refusal(reply.status) { problem(&reply, failure) } else { failure.into() })
    }

    async fn post_key(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        description: &str,
        life: Option<Duration>,
    ) -> Result<Reply, Failure> {
        let mut body = json!({ "description": description });
        if let Some(life) = life {
            body["expiry"] = json!(format!("PT{}S", life.as_secs()));
        }
        let deadline = Instant::now() + self.settings().verification_timeout;
        let call = self.send_to(address, KEYS, KEYS, key, Some(body.to_string()));
        timeout_at(deadline, call).await.unwrap_or_else(|_| Err(too_slow()))
    }

    /// Nothing is known where the settings cannot be read.
    async fn key_settings(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        tenant_id: &str,
    ) -> KeySettings {
        if !is_path_segment(tenant_id) {
            return KeySettings::default();
        }
        let path = format!("{KEYS}/configs/{tenant_id}");
        let call = self.send_to(address, &path, "/api/v1/api-keys/configs/{tenantId}", key, None);
        let deadline = Instant::now() + self.settings().verification_timeout;
        let body = match timeout_at(deadline, call).await {
            Ok(Ok(reply)) if reply.status == 200 => object(&reply.body).unwrap_or_default(),
            _ => return KeySettings::default(),
        };
        KeySettings {
            most_keys: body
                .get("max_keys_per_user")
                .and_then(Value::as_u64)
                .and_then(|most| usize::try_from(most).ok()),
            longest_life: body
                .get("max_api_key_expiry")
                .and_then(Value::as_str)
                .and_then(parse_duration),
        }
    }
}

/// Qlik's word against the key as it is, or against the wish.
fn is_refusal(status: u16) -> bool {
    matches!(status, 400 | 403 | 404 | 405 | 409 | 422)
}

fn refused(reply: &Reply) -> Failure {
    refusal::failure(reply.answer(), Refused::default(), None)
}

fn problem(reply: &Reply, failure: Failure) -> NoSuccessor {
    let code = match reply.status {
        403 if failure.code == FailureCode::Forbidden => RenewalProblemCode::NotPermitted,
        _ => RenewalProblemCode::Refused,
    };
    NoSuccessor::Problem(code, failure)
}

fn made(reply: Reply) -> Result<Successor, NoSuccessor> {
    let body = Zeroizing::new(reply.body);
    // A page with status 200 has made nothing.
    let body = object(&body).map_err(|failure| failure.traced(reply.trace_id.clone()))?;
    let unusable =
        |cause: &str| NoSuccessor::Unusable(unexpected(cause).traced(reply.trace_id.clone()));
    let id = identifier(&body, "id").filter(|id| is_path_segment(id));
    let token = body.get("token").and_then(Value::as_str).map(|token| {
        let token = Zeroizing::new(token.to_owned());
        ApiKey::parse(&token)
    });
    let Some(Ok(key)) = token else {
        return Err(unusable("a new key that is none"));
    };
    let told = key.claims().and_then(|claims| claims.key_id.clone());
    let id = match (id, told) {
        (Some(id), Some(told)) if id != told => {
            return Err(unusable("a new key with the id of another"));
        }
        (id, told) => id.or(told).ok_or_else(|| unusable("a new key without id"))?,
    };
    let expires_at = body.get("expiry").and_then(Value::as_str).and_then(Timestamp::parse);
    Ok(Successor { id, key, expires_at })
}

fn keys_of(body: &Map<String, Value>, user_id: &str) -> Vec<ListedKey> {
    let Some(Value::Array(keys)) = body.get("data") else { return Vec::new() };
    let text = |key: &Value, name: &str| key.get(name)?.as_str().map(str::to_owned);
    let listed = |key: &Value| {
        let sub = text(key, "sub");
        if sub.is_some_and(|sub| sub != user_id) {
            return None;
        }
        Some(ListedKey {
            id: text(key, "id").filter(|id| is_path_segment(id))?,
            description: text(key, "description").unwrap_or_default(),
            active: text(key, "status").is_none_or(|status| status == "active"),
        })
    };
    keys.iter().filter_map(listed).collect()
}

/// The key goes along, so only to the same list at the same place.
fn next_page(first: &Url, from: &Url, href: &str) -> Result<Url, Failure> {
    let to = from.join(href).map_err(|_| unexpected("a next page at no address"))?;
    let same = to.origin() == first.origin()
        && to.path() == first.path()
        && to.username().is_empty()
        && to.password().is_none()
        && to != *from;
    if same { Ok(to) } else { Err(unexpected("a next page elsewhere")) }
}

/// ISO 8601 in days or smaller; months and years have no fixed length.
fn parse_duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.try_into().ok()
}

#[cfg(test)]
mod tests;
