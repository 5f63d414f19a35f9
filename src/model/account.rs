//! A linked account: a verified, stored link to one Qlik user in one tenant.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::failure::{Certainty, Failure, FailureCode};
use crate::model::identity::{KeyRecord, QlikUser, Tenant, Verified};

/// The vendor's own customer, for whom an account is linked. An empty id is "no owner given".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owner {
    pub id: String,
    pub name: String,
    /// The owner's own user who links, as the vendor knows them; empty if not given.
    pub username: String,
}

/// Whether an account is one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    #[default]
    Production,
    Test,
}

impl AccountKind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Test => "test",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Production, Self::Test].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Bytes of JSON that [`Metadata`] may have.
pub const METADATA_MAX: usize = 8 * 1024;

/// What a back end keeps with an account; linkhub only hands it back.
pub type Metadata = serde_json::Map<String, serde_json::Value>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    Active,
    /// By an admin; the key is kept.
    Suspended,
    /// The key's known expiry has passed.
    Expired,
    /// Qlik definitely refuses the key, or the tenant or user is gone.
    Error,
}

impl AccountStatus {
    pub const ALL: [Self; 4] = [Self::Active, Self::Suspended, Self::Expired, Self::Error];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Error => "error",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// Why a status is what it is. Words for people are found by the code when they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReason {
    /// A code of [`crate::model::failure::FailureCode`].
    pub code: String,
    pub timestamp: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    /// Grows with every change; an update names the version that it read.
    pub version: i64,
    pub owner: Owner,
    /// The vendor's own name for the account; empty if none was given.
    pub label: String,
    pub metadata: Metadata,
    pub kind: AccountKind,
    /// The host that was typed; it may change hands, `tenant.hostname` does not.
    pub host: String,
    pub tenant: Tenant,
    pub user: QlikUser,
    pub key: KeyRecord,
    pub status: AccountStatus,
    pub status_reasons: Vec<StatusReason>,
    pub linked_at: Timestamp,
    pub updated_at: Timestamp,
    /// The last time that Qlik gave a definite answer about the key.
    pub last_checked_at: Timestamp,
    /// Since when checks have found no definite answer (outage, limit, timeout).
    pub unchecked_since: Option<Timestamp>,
}

impl Account {
    /// An account that has just been verified for the first time.
    pub fn linked(owner: Owner, host: String, verified: Verified, now: Timestamp) -> Self {
        let Verified { tenant, user, key } = verified;
        Self {
            id: AccountId::new(),
            version: 1,
            owner,
            label: String::new(),
            metadata: Metadata::new(),
            kind: AccountKind::default(),
            host,
            tenant,
            user,
            key,
            status: AccountStatus::Active,
            status_reasons: Vec::new(),
            linked_at: now,
            updated_at: now,
            last_checked_at: now,
            unchecked_since: None,
        }
    }

    /// What people call it: its label, or else the tenant's name.
    pub fn name(&self) -> &str {
        if self.label.is_empty() { &self.tenant.name } else { &self.label }
    }

    /// The same account with a newly verified key: whatever was wrong before is mended.
    #[must_use]
    pub fn renewed(self, host: String, verified: Verified, now: Timestamp) -> Self {
        let key = verified.key.clone();
        Self { host, key, updated_at: now, ..self.confirmed(verified, now) }
    }

    /// A check found the stored key good.
    #[must_use]
    pub fn confirmed(self, verified: Verified, now: Timestamp) -> Self {
        let status = match self.status {
            AccountStatus::Suspended => AccountStatus::Suspended,
            _ => AccountStatus::Active,
        };
        let Verified { tenant, user, key } = verified;
        Self {
            tenant,
            user,
            key: KeyRecord {
                id: key.id.or(self.key.id),
                created_at: key.created_at.or(self.key.created_at),
                expires_at: key.expires_at.or(self.key.expires_at),
            },
            status,
            status_reasons: Vec::new(),
            last_checked_at: now,
            unchecked_since: None,
            ..self
        }
    }

    /// An admin or a back end stops its use; the key is kept and checked on.
    #[must_use]
    pub fn suspended(self, now: Timestamp) -> Self {
        Self { status: AccountStatus::Suspended, updated_at: now, ..self }
    }

    /// Ends a suspension: the account is again what the last definite answer said.
    #[must_use]
    pub fn resumed(self, now: Timestamp) -> Self {
        let account = Self { status: AccountStatus::Active, updated_at: now, ..self };
        let dead = account.key.expires_at.is_some_and(|at| at <= now);
        match (dead, account.status_reasons.is_empty()) {
            (false, true) => account,
            (false, false) => Self { status: AccountStatus::Error, ..account },
            (true, true) => account.expired(now),
            // It has been said since when.
            (true, false) => Self { status: AccountStatus::Expired, ..account },
        }
    }

    /// The key's known expiry has passed.
    #[must_use]
    pub fn expired(self, now: Timestamp) -> Self {
        let code = FailureCode::KeyExpired.as_str().to_owned();
        let status_reasons = vec![StatusReason { code, timestamp: now }];
        Self { status: AccountStatus::Expired, status_reasons, ..self }
    }

    /// A check did not succeed. Only a definite answer changes the status; an outage, a limit or a
    /// timeout is remembered as "not checked since".
    #[must_use]
    pub fn checked_with(self, failure: &Failure, now: Timestamp) -> Self {
        if failure.code.certainty() != Certainty::Definite {
            let since = self.unchecked_since.unwrap_or(self.last_checked_at);
            return Self { unchecked_since: Some(since), ..self };
        }
        let expired = self.key.expires_at.is_some_and(|at| at <= now);
        let status = match self.status {
            AccountStatus::Suspended => AccountStatus::Suspended,
            _ if expired => AccountStatus::Expired,
            _ => AccountStatus::Error,
        };
        let reason = StatusReason { code: failure.code.as_str().to_owned(), timestamp: now };
        Self {
            status,
            status_reasons: vec![reason],
            last_checked_at: now,
            unchecked_since: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests;
