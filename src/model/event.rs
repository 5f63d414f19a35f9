//! History: one line for every change, written in the same transaction as the change.

use crate::clock::Timestamp;
use crate::id::{AccountId, ApiKeyId, EventId};
use crate::model::account::{Account, Happening, Transition};
use crate::model::connect_session::ConnectSession;
use crate::model::webhook::Subject;

/// On whose word, and from where, a change is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub actor: Actor,
    /// The request's id, which people are shown as support id.
    pub request_id: Option<String>,
    /// The caller's network address, or `command line`.
    pub address: Option<String>,
}

impl Caller {
    /// The hub itself, without a request.
    pub fn system() -> Self {
        Self { actor: Actor::System, request_id: None, address: None }
    }

    /// Whoever runs a command on the hub's own machine.
    pub fn command_line() -> Self {
        Self { address: Some("command line".to_owned()), ..Self::system() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    System,
    /// Somebody who is not signed in.
    Visitor,
    Admin {
        name: String,
    },
    /// A back end, by its API key; names of keys are not unique.
    ApiKey {
        id: ApiKeyId,
        name: String,
    },
}

impl Actor {
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Visitor => "visitor",
            Self::Admin { .. } => "admin",
            Self::ApiKey { .. } => "api_key",
        }
    }

    /// The text that [`Actor::parse`] reads: of an API key its id, a blank and its name.
    pub fn text(&self) -> String {
        match self {
            Self::ApiKey { id, name } => format!("{id} {name}"),
            others => others.name().to_owned(),
        }
    }

    /// `None` for a text that is not of this kind.
    pub fn parse(kind: &str, text: &str) -> Option<Self> {
        Some(match kind {
            "admin" => Self::Admin { name: text.to_owned() },
            "api_key" => {
                let (id, name) = text.split_once(' ')?;
                let id = ApiKeyId::try_from(id.to_owned()).ok()?;
                Self::ApiKey { id, name: name.to_owned() }
            }
            "visitor" => Self::Visitor,
            _ => Self::System,
        })
    }

    pub fn name(&self) -> &str {
        match self {
            Self::System | Self::Visitor => "",
            Self::Admin { name } | Self::ApiKey { name, .. } => name,
        }
    }
}

macro_rules! actions {
    ($($variant:ident $name:literal;)*) => {
        /// What happened. Names are stable: filters and exports rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action { $($variant,)* }

        impl Action {
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($name => Some(Self::$variant),)* _ => None }
            }

            pub const ALL: &[Self] = &[$(Self::$variant,)*];
        }
    };
}

actions! {
    AccountCreated    "account.created";
    AccountRenewed   "account.renewed";
    AccountChecked   "account.checked";
    CheckRequested   "account.check_requested";
    AccountExpiring  "account.expiring";
    AccountExpired   "account.expired";
    AccountError     "account.error";
    AccountRecovered "account.recovered";
    AccountUpdated    "account.updated";
    AccountSuspended "account.suspended";
    AccountResumed   "account.resumed";
    AccountDeleted  "account.deleted";
    RenewalAllowed   "renewal.allowed";
    RenewalStopped   "renewal.stopped";
    RenewalFailed    "renewal.failed";
    KeyDeleted       "renewal.key_deleted";
    KeyNotDeleted    "renewal.key_not_deleted";
    CredentialRead   "credential.read";
    ConnectFailed    "connect.failed";
    SessionCreated   "connect_session.created";
    SessionOpened    "connect_session.opened";
    SessionRevoked   "connect_session.revoked";
    SessionCompleted "connect_session.completed";
    SessionFailed    "connect_session.failed";
    WebhookCreated   "webhook_endpoint.created";
    WebhookUpdated   "webhook_endpoint.updated";
    WebhookDisabled  "webhook_endpoint.disabled";
    WebhookDeleted   "webhook_endpoint.deleted";
    WebhookRotated   "webhook_endpoint.secret_rotated";
    WebhookTested    "webhook.test";
    WebhookReplayed  "webhook_delivery.replayed";
    FeedCreated      "calendar_feed.created";
    FeedRevoked      "calendar_feed.revoked";
    EventsExported   "events.exported";
    AccountsExported "accounts.exported";
    HubStarted       "hub.started";
    HubStopped       "hub.stopped";
    ChainBegun       "hub.chain_begun";
    ApiKeyCreated    "api_key.created";
    ApiKeyRevoked    "api_key.revoked";
    ApiKeyRefused    "api_key.refused";
    AdminCreated     "admin.created";
    PasswordChanged  "admin.password_changed";
    SignedIn         "admin.signed_in";
    SignInFailed     "admin.sign_in_failed";
    SignedOut        "admin.signed_out";
    SignedOutAll     "admin.signed_out_everywhere";
}

/// One line of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub at: Timestamp,
    pub action: Action,
    pub caller: Caller,
    pub account_id: Option<AccountId>,
    /// What a reader wants to know beside the action, as JSON: codes, old and new values. No secrets.
    pub detail: serde_json::Value,
    /// What a webhook tells of the account or session, as it is after the change. Only with an event that is
    /// about to be written.
    pub subject: Option<Subject>,
}

impl Event {
    pub fn new(action: Action, caller: &Caller, at: Timestamp) -> Self {
        Self {
            id: EventId::new(),
            at,
            action,
            caller: caller.clone(),
            account_id: None,
            detail: serde_json::Value::Null,
            subject: None,
        }
    }

    /// What has happened to an account, as it is afterwards.
    pub fn of_transition(transition: &Transition, caller: &Caller, at: Timestamp) -> Vec<Self> {
        let event = |happening: &Happening| {
            Self::new(happening.action, caller, at)
                .about(&transition.account)
                .with(happening.detail.clone())
        };
        transition.happened.iter().map(event).collect()
    }

    /// An event that webhooks may tell of: `account` is as it is after the change.
    #[must_use]
    pub fn about(mut self, account: &Account) -> Self {
        self.subject = Some(Subject::of_account(account));
        self.of(&account.id)
    }

    /// As [`Event::about`]. It stands in the history of the account that the session renews.
    #[must_use]
    pub fn about_session(mut self, session: &ConnectSession) -> Self {
        self.subject = Some(Subject::of_session(session));
        self.account_id.clone_from(&session.terms.account_id);
        self.with(serde_json::json!({ "connect_session_id": session.id }))
    }

    #[must_use]
    pub fn of(mut self, account: &AccountId) -> Self {
        self.account_id = Some(account.clone());
        self
    }

    #[must_use]
    pub fn with(mut self, more: serde_json::Value) -> Self {
        match (&mut self.detail, more) {
            (serde_json::Value::Object(detail), serde_json::Value::Object(more)) => {
                detail.extend(more);
            }
            (detail, more) => *detail = more,
        }
        self
    }
}
