//! An API key: how a back end of the vendor is known, and what it may do.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::ApiKeyId;
use crate::model::event::Actor;
use crate::secret::TokenHash;

/// What a key permits. Names are stable: keys and documents rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    #[serde(rename = "sessions:write")]
    SessionsWrite,
    #[serde(rename = "accounts:read")]
    AccountsRead,
    #[serde(rename = "accounts:write")]
    AccountsWrite,
    /// Hands out stored Qlik keys; never granted unless it is asked for.
    #[serde(rename = "credentials:read")]
    CredentialsRead,
    #[serde(rename = "events:read")]
    EventsRead,
    /// Says where customers' data is sent to; never granted unless it is asked for.
    #[serde(rename = "webhooks:write")]
    WebhooksWrite,
}

impl Scope {
    pub const ALL: [Self; 6] = [
        Self::SessionsWrite,
        Self::AccountsRead,
        Self::AccountsWrite,
        Self::CredentialsRead,
        Self::EventsRead,
        Self::WebhooksWrite,
    ];

    /// What a key has if nobody says otherwise.
    pub const USUAL: [Self; 4] =
        [Self::SessionsWrite, Self::AccountsRead, Self::AccountsWrite, Self::EventsRead];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SessionsWrite => "sessions:write",
            Self::AccountsRead => "accounts:read",
            Self::AccountsWrite => "accounts:write",
            Self::CredentialsRead => "credentials:read",
            Self::EventsRead => "events:read",
            Self::WebhooksWrite => "webhooks:write",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

#[derive(Debug, Clone)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub token_hash: TokenHash,
    pub scopes: Vec<Scope>,
    pub made_by: Actor,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}
