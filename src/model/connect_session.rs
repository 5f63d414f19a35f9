//! A connect session: a short-lived permission to link, bound to an owner. Its token opens the Hub.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::clock::Timestamp;
use crate::id::{AccountId, ConnectSessionId};
use crate::model::account::{AccountKind, Metadata, Owner};
use crate::model::event::Actor;
use crate::model::failure::FailureCode;
use crate::model::language::Language;
use crate::secret::TokenHash;

pub const LIFETIME_MIN: Duration = Duration::from_mins(1);
pub const LIFETIME_DEFAULT: Duration = Duration::from_mins(30);
pub const LIFETIME_MAX: Duration = Duration::from_hours(30 * 24);
/// A session with which Qlik has refused so many keys is closed: it is no way to try stolen keys.
pub const REFUSALS_MAX: i64 = 30;

/// What whoever makes a session chooses.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    pub owner: Owner,
    /// The account that it renews; any other tenant or user is refused.
    pub account_id: Option<AccountId>,
    /// The owner may link one more account beside those there are.
    pub multiple: bool,
    /// It stays good after a success, until it expires.
    pub reusable: bool,
    pub label: String,
    pub metadata: Metadata,
    pub kind: AccountKind,
    /// Kept and handed back for the sake of the contract.
    pub categories: Vec<String>,
    /// Pages of these origins may frame the Hub and call its API.
    pub allowed_origins: Vec<Origin>,
    /// Where *Done* leads.
    pub success_url: Option<Url>,
    /// The Hub's language; otherwise the browser says.
    pub language: Option<Language>,
    /// For whoever made it.
    pub note: String,
}

#[derive(Debug, Clone)]
pub struct ConnectSession {
    pub id: ConnectSessionId,
    pub token_hash: TokenHash,
    pub terms: Terms,
    pub made_by: Actor,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub opened_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// What was linked with it last.
    pub linked_account_id: Option<AccountId>,
    pub revoked_at: Option<Timestamp>,
    pub refusals: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    Open,
    Used,
    Revoked,
    Blocked,
    Expired,
}

impl SessionState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Revoked => "revoked",
            Self::Blocked => "blocked",
            Self::Expired => "expired",
        }
    }

    /// Why nothing can be linked in this state.
    pub const fn refusal(self) -> Option<FailureCode> {
        match self {
            Self::Open => None,
            Self::Used => Some(FailureCode::SessionUsed),
            Self::Revoked => Some(FailureCode::SessionRevoked),
            Self::Blocked => Some(FailureCode::SessionBlocked),
            Self::Expired => Some(FailureCode::SessionExpired),
        }
    }
}

impl ConnectSession {
    pub fn state(&self, now: Timestamp) -> SessionState {
        if self.completed_at.is_some() && !self.terms.reusable {
            SessionState::Used
        } else if self.revoked_at.is_some() {
            SessionState::Revoked
        } else if self.refusals >= REFUSALS_MAX {
            SessionState::Blocked
        } else if self.expires_at <= now {
            SessionState::Expired
        } else {
            SessionState::Open
        }
    }
}

/// An address that *Done* may lead to: https, or http on this very machine. `None` if it is no such.
pub fn success_url(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim()).ok()?;
    let local = match url.host()? {
        Host::Domain(host) => host == "localhost" || host.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    (scheme && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// A web origin as browsers send it (`https://app.example.com`, with the port if it is not the usual one).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is https:// or http:// with a host, as https://app.example.com, without a path")]
pub struct MalformedOrigin;

impl Origin {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Origin {
    type Err = MalformedOrigin;

    fn from_str(text: &str) -> Result<Self, MalformedOrigin> {
        let url = Url::parse(text.trim()).map_err(|_| MalformedOrigin)?;
        let bare = matches!(url.scheme(), "https" | "http")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        // What a header of ours would read as more than one origin is none.
        let origin = url.origin().ascii_serialization();
        let plain = origin.bytes().all(|b| b.is_ascii_alphanumeric() || b":/.-[]".contains(&b));
        if bare && plain { Ok(Self(origin)) } else { Err(MalformedOrigin) }
    }
}

impl TryFrom<String> for Origin {
    type Error = MalformedOrigin;

    fn try_from(text: String) -> Result<Self, MalformedOrigin> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends_and_nothing_else() {
        let read = |text: &str| text.parse::<Origin>().map(String::from);
        assert_eq!(read("https://App.Example.com/"), Ok("https://app.example.com".to_owned()));
        assert_eq!(read("https://example.com:443"), Ok("https://example.com".to_owned()));
        assert_eq!(read("http://localhost:3000"), Ok("http://localhost:3000".to_owned()));
        assert_eq!(read("http://[::1]:8080"), Ok("http://[::1]:8080".to_owned()));
        for wrong in [
            "",
            "*",
            "https://*.example.com",
            "https://example.com/app",
            "https://example.com?x",
            "https://example.com#x",
            "https://user@example.com",
            "example.com",
            "null",
            "file:///etc",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://example.com https://evil.example",
            "https://example.com;script-src *",
        ] {
            assert_eq!(read(wrong), Err(MalformedOrigin), "{wrong}");
        }
    }

    fn session() -> ConnectSession {
        let id = ConnectSessionId::new();
        ConnectSession {
            token_hash: crate::secret::PlainToken::generate(id.as_str()).hash(),
            id,
            terms: Terms::default(),
            made_by: Actor::System,
            created_at: Timestamp::from_millis(0),
            expires_at: Timestamp::from_millis(1_000),
            opened_at: None,
            completed_at: None,
            linked_account_id: None,
            revoked_at: None,
            refusals: 0,
        }
    }

    #[test]
    fn a_session_is_open_until_its_end_its_use_or_its_revocation() {
        let at = Timestamp::from_millis;
        assert_eq!(session().state(at(999)), SessionState::Open);
        assert_eq!(session().state(at(1_000)), SessionState::Expired);
        let revoked = ConnectSession { revoked_at: Some(at(5)), ..session() };
        assert_eq!(revoked.state(at(6)), SessionState::Revoked);
        let blocked = ConnectSession { refusals: REFUSALS_MAX, ..session() };
        assert_eq!(blocked.state(at(6)), SessionState::Blocked);
        let used = ConnectSession { completed_at: Some(at(5)), ..revoked };
        assert_eq!(used.state(at(2_000)), SessionState::Used);
        let mut reused = ConnectSession { revoked_at: None, ..used };
        reused.terms.reusable = true;
        assert_eq!(reused.state(at(6)), SessionState::Open);
        assert_eq!(reused.state(at(2_000)), SessionState::Expired);
    }
}
