//! Why a connection fails. To add a reason: one line in the table below, then its words in
//! each file of `locales/`; a test names the language that has none.

use std::time::Duration;

use crate::model::identity::QlikUser;

/// The field of the Hub's form that a failure belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    TenantName,
    Region,
    ApiKey,
    /// The connection as a whole.
    Form,
}

/// What happens while connecting, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Address,
    Key,
    User,
    Permissions,
    Saved,
}

impl Step {
    pub const ALL: [Self; 5] =
        [Self::Address, Self::Key, Self::User, Self::Permissions, Self::Saved];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Key => "key",
            Self::User => "user",
            Self::Permissions => "permissions",
            Self::Saved => "saved",
        }
    }
}

/// Whose word a failure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// What was typed cannot be right; nothing was sent.
    Input,
    /// Qlik said so. Only this may call a stored key bad.
    Definite,
    /// An outage, a limit, a timeout or an answer that makes no sense: says nothing about the key.
    Unknown,
}

macro_rules! failure_codes {
    ($($variant:ident $code:literal $field:ident $step:ident $certainty:ident;)*) => {
        /// The stable codes. Programs and tests rely on [`FailureCode::as_str`]; words may change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FailureCode { $($variant,)* }

        impl FailureCode {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            pub const fn field(self) -> Field {
                match self { $(Self::$variant => Field::$field,)* }
            }

            /// The step at which this failure is found, unless the finder says another.
            pub const fn step(self) -> Step {
                match self { $(Self::$variant => Step::$step,)* }
            }

            pub const fn certainty(self) -> Certainty {
                match self { $(Self::$variant => Certainty::$certainty,)* }
            }
        }
    };
}

failure_codes! {
    TenantMalformed   "tenant_malformed"   TenantName Address     Input;
    RegionMalformed   "region_malformed"   Region     Address     Input;
    NotATenant        "not_a_tenant"       TenantName Address     Input;
    KeyMissing        "key_missing"        ApiKey     Key         Input;
    KeyMalformed      "key_malformed"      ApiKey     Key         Input;
    KeyWrongKind      "key_wrong_kind"     ApiKey     Key         Input;
    TenantNotFound    "tenant_not_found"   TenantName Address     Definite;
    RegionNotFound    "region_not_found"   Region     Address     Unknown;
    TenantDisabled    "tenant_disabled"    TenantName Address     Definite;
    KeyRejected       "key_rejected"       ApiKey     Key         Definite;
    KeyExpired        "key_expired"        ApiKey     Key         Definite;
    KeyRevoked        "key_revoked"        ApiKey     Key         Definite;
    KeyWrongTenant    "key_wrong_tenant"   ApiKey     User        Definite;
    UserInactive      "user_inactive"      Form       User        Definite;
    Forbidden         "forbidden"          Form       Permissions Definite;
    Unreachable       "unreachable"        Form       Address     Unknown;
    RateLimited       "rate_limited"       Form       Key         Unknown;
    QlikUnavailable   "qlik_unavailable"   Form       Key         Unknown;
    UnexpectedAnswer  "unexpected_answer"  Form       Key         Unknown;
    SessionExpired    "session_expired"    Form       Address     Input;
    SessionUsed       "session_used"       Form       Address     Input;
    SessionRevoked    "session_revoked"    Form       Address     Input;
    SessionBlocked    "session_blocked"    Form       Address     Input;
    SessionUnknown    "session_unknown"    Form       Address     Input;
    AccountMismatch   "account_mismatch"   Form       User        Definite;
    UserDiffers       "user_differs"       Form       User        Unknown;
    SecretDamaged     "secret_damaged"     Form       Key         Definite;
    Cancelled         "cancelled"          Form       Address     Unknown;
    NotSaved          "not_saved"          Form       Saved       Unknown;
}

/// A key of another user than the account's, in the same tenant: somebody has to say that it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsersDiffer {
    pub linked: QlikUser,
    pub offered: QlikUser,
}

/// A connection or a check that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} at step {}{}", code.as_str(), step.as_str(), cause.as_deref().map(|c| format!(": {c}")).unwrap_or_default())]
pub struct Failure {
    pub code: FailureCode,
    pub step: Step,
    /// How long to wait before trying again, if Qlik or the hub said so.
    pub retry_after: Option<Duration>,
    /// Qlik's own id of the refused request (`x-b3-traceid`), for Qlik's support.
    pub trace_id: Option<String>,
    /// With [`FailureCode::UserDiffers`]: whose the account is and whose the key.
    pub users: Option<Box<UsersDiffer>>,
    /// For the operator's log: never holds a secret, never shown to a visitor.
    pub cause: Option<String>,
}

impl Failure {
    pub fn new(code: FailureCode) -> Self {
        Self {
            code,
            step: code.step(),
            retry_after: None,
            trace_id: None,
            users: None,
            cause: None,
        }
    }

    #[must_use]
    pub fn at(mut self, step: Step) -> Self {
        self.step = step;
        self
    }

    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    #[must_use]
    pub fn between(mut self, linked: QlikUser, offered: QlikUser) -> Self {
        self.users = Some(Box::new(UsersDiffer { linked, offered }));
        self
    }

    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    #[must_use]
    pub fn traced(mut self, trace_id: Option<String>) -> Self {
        self.trace_id = trace_id;
        self
    }
}

impl From<FailureCode> for Failure {
    fn from(code: FailureCode) -> Self {
        Self::new(code)
    }
}
