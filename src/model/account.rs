//! A linked account: a verified, stored link to one Qlik user in one tenant. How it changes is in
//! [`transition`], when it is looked at again in [`plan`].

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::identity::{KeyRecord, QlikUser, Tenant};

pub mod health;
pub mod past;
pub mod plan;
pub mod transition;

pub use plan::Rules;
pub use transition::{Happening, Transition};

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
    /// When this key came to be stored.
    pub key_stored_at: Timestamp,
    pub check: CheckPlan,
    pub notice: NoticePlan,
    pub renewal: RenewalPlan,
}

/// When the key is checked by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckPlan {
    /// While a hub carries out the check: when its claim ends and another hub may take it.
    pub next_at: Timestamp,
    /// So many checks in a row had the same outcome.
    pub alike: u32,
    /// Whose the check is that is under way.
    pub claim: Option<String>,
}

impl CheckPlan {
    /// As if the key had just come: for a check that somebody has asked for.
    #[must_use]
    pub fn anew(self) -> Self {
        Self { alike: 0, ..self }
    }
}

/// What people are told because of time alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticePlan {
    /// The share of the key's life of which people were told last; 100 for none yet.
    pub warned_percent: u8,
    /// `None` if time changes nothing.
    pub next_at: Option<Timestamp>,
}

/// Successors that the hub makes for the key by itself, where somebody has allowed it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RenewalPlan {
    pub allowed_at: Option<Timestamp>,
    /// While a hub renews: when its claim ends and another hub may take over.
    pub next_at: Option<Timestamp>,
    pub problem: Option<RenewalProblem>,
    /// Whose the renewal is that is under way.
    pub claim: Option<String>,
}

/// Why no successor can be made; people are reminded instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenewalProblem {
    pub code: RenewalProblemCode,
    pub since: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenewalProblemCode {
    /// The user has as many keys as the tenant allows.
    KeyCapReached,
    /// The user may not manage API keys any more.
    NotPermitted,
    /// The tenant now gives keys a life too short to be worth a successor.
    LifeTooShort,
    /// Qlik refuses for another reason, or what it made does not work.
    Refused,
}

impl RenewalProblemCode {
    pub const ALL: [Self; 4] =
        [Self::KeyCapReached, Self::NotPermitted, Self::LifeTooShort, Self::Refused];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyCapReached => "key_cap_reached",
            Self::NotPermitted => "not_permitted",
            Self::LifeTooShort => "life_too_short",
            Self::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

impl Account {
    /// What people call it: its label, or else the tenant's name.
    pub fn name(&self) -> &str {
        if self.label.is_empty() { &self.tenant.name } else { &self.label }
    }
}
