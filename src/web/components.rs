//! The data behind `templates/components/`: finished values, so that templates decide nothing.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::account::{Account, AccountStatus};
use crate::model::event::Actor;
use crate::model::identity::KeyRecord;
use crate::model::language::Language;
use crate::web::texts::times;

/// An error at a field: `templates/components/field.html`.
#[derive(Debug, Clone)]
pub struct Problem {
    pub code: String,
    pub text: String,
}

impl Problem {
    pub fn some(code: &str, text: &str) -> Option<Self> {
        Some(Self { code: code.to_owned(), text: text.to_owned() })
    }
}

/// Why something did not succeed: `templates/components/failure.html`. A blank one is hidden.
#[derive(Debug, Clone, Default)]
pub struct FailureBox {
    pub code: &'static str,
    /// The step that it happened at; empty if there is none.
    pub step: String,
    pub title: String,
    pub reason: String,
    pub next_step: String,
    pub support_id: String,
    /// Whether it takes the focus; not if a field does.
    pub focus: bool,
}

/// `templates/components/badge.html`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    pub kind: &'static str,
    pub text: String,
}

impl Badge {
    pub fn status(status: AccountStatus) -> Self {
        let text = match status {
            AccountStatus::Active => "Active",
            AccountStatus::Suspended => "Suspended",
            AccountStatus::Expired => "Expired",
            AccountStatus::Error => "Error",
        };
        Self { kind: status.as_str(), text: text.to_owned() }
    }

    /// The status, and what stands beside it: expiring soon, not checked since.
    pub fn all(account: &Account, now: Timestamp) -> Vec<Self> {
        let tone = Expiry::of(&account.key, now).tone;
        // The next round of the expiries will say so too, unless Qlik has accepted the key since.
        let dead = tone == "over" && account.status == AccountStatus::Active && !account.outlived();
        let status = if dead { AccountStatus::Expired } else { account.status };
        let mut badges = vec![Self::status(status)];
        if tone == "soon" && status == AccountStatus::Active {
            badges.push(Self { kind: "soon", text: "Expiring soon".to_owned() });
        }
        if let Some(since) = account.unchecked_since {
            let ago = length(now.since(since));
            badges.push(Self { kind: "unchecked", text: format!("Not checked for {ago}") });
        }
        badges
    }
}

/// When a key dies: `templates/components/expiry.html`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiry {
    /// RFC 3339; `None` is unknown.
    pub at: Option<String>,
    /// "in 23 h 41 min", "2 h 5 min ago", "unknown".
    pub words: String,
    /// How much of the key's life is left, if both its ends are known.
    pub percent_left: Option<u64>,
    /// `good`, `soon`, `over` or `unknown`.
    pub tone: &'static str,
}

/// A key is said to expire soon when less than this is left …
const SOON: Duration = Duration::from_hours(2);
/// … or less than this share of its life, whichever comes first, but never more than a week before.
const SOON_PERCENT: u64 = 20;
const SOON_AT_MOST: Duration = Duration::from_hours(7 * 24);

impl Expiry {
    pub fn of(key: &KeyRecord, now: Timestamp) -> Self {
        let Some(at) = key.expires_at else {
            let words = "unknown".to_owned();
            return Self { at: None, words, percent_left: None, tone: "unknown" };
        };
        let left = at.since(now);
        let life = key.created_at.map(|created| at.since(created).as_secs()).filter(|s| *s > 0);
        let percent_left = life.map(|life| (left.as_secs().saturating_mul(100) / life).min(100));
        let late_in_life =
            percent_left.is_some_and(|percent| percent < SOON_PERCENT) && left < SOON_AT_MOST;
        let tone = match left {
            Duration::ZERO => "over",
            left if left < SOON || late_in_life => "soon",
            _ => "good",
        };
        Self { at: Some(at.to_string()), words: relative(at, now), percent_left, tone }
    }
}

/// An instant seen from now, for admins: "in 23 h 41 min", "5 min ago".
pub fn relative(at: Timestamp, now: Timestamp) -> String {
    times::relative(Language::En, at, now)
}

/// A length of time, for admins: "3 d 4 h", "23 h 41 min".
pub fn length(duration: Duration) -> String {
    times::length(Language::En, duration)
}

/// Who did something, in a word.
pub fn who(actor: &Actor) -> String {
    match actor {
        Actor::System => "linkhub".to_owned(),
        Actor::Visitor => "a visitor".to_owned(),
        Actor::Admin { name } => name.clone(),
        Actor::ApiKey { name, .. } => format!("{name} (API key)"),
    }
}

/// One choice of a filter: `templates/components/toolbar.html`.
#[derive(Debug, Clone)]
pub struct Choice {
    pub value: String,
    pub text: String,
    pub chosen: bool,
}

/// `templates/components/pagination.html`.
#[derive(Debug, Clone)]
pub struct Pagination {
    /// "Accounts 1–50 of 1,234".
    pub summary: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}
