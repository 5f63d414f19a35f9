//! When an account is looked at again: its next check, its next warning, its next renewal. Pure functions
//! of the account, the time and the settings; what spreads checks over time is drawn from the account's id.

use std::num::NonZeroU32;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::{Account, AccountStatus};
use crate::clock::Timestamp;

const FIRST_CHECK: Duration = Duration::from_mins(5);
const SOONEST_CHECK: Duration = Duration::from_mins(1);
/// After a refusal, and the longest wait after many.
const REFUSED: (Duration, Duration) = (Duration::from_mins(15), Duration::from_hours(24));
/// After an outage, a limit or a timeout.
const UNKNOWN: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(1));
/// A key is renewed when about so much of its life remains.
const RENEWAL_PERCENT: u8 = 50;
/// From here on a renewal is late: people are warned although the hub goes on trying.
const LATE_PERCENT: u8 = 25;
/// After an outage, a limit or a timeout: the shortest and the longest wait.
const RENEWAL_LATER: (Duration, Duration) = (Duration::from_mins(1), Duration::from_mins(15));
/// After a renewal that did not work, and the longest wait that Qlik may ask for.
const RENEWAL_AGAIN: Duration = Duration::from_hours(1);

/// What the operator has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// The longest time between two checks of a key with which nothing is wrong.
    pub check_interval: Duration,
    /// People are told when so many per cent of a key's life remain; falling.
    pub warnings: Vec<u8>,
    /// Checks and renewals a minute, for each tenant.
    pub check_limit: NonZeroU32,
    /// Whether end users and admins may allow successors to be made.
    pub renewal: bool,
    /// How long history is kept; `None` for ever.
    pub history_kept: Option<Duration>,
    /// What people know the hub as: the keys that it makes are called after it.
    pub product: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            check_interval: Duration::from_hours(6),
            check_limit: const { NonZeroU32::new(30).expect("it is not zero") },
            warnings: vec![50, 20, 5],
            renewal: false,
            history_kept: None,
            product: "linkhub".to_owned(),
        }
    }
}

impl Rules {
    /// No check is planned further ahead; what is was planned by a clock that was ahead.
    pub fn longest_wait(&self) -> Duration {
        self.check_interval.max(REFUSED.1).saturating_mul(2)
    }
}

/// How the last check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Good,
    Refused,
    Unknown,
}

impl Account {
    pub(super) fn outcome(&self) -> Outcome {
        if self.unchecked_since.is_some() {
            Outcome::Unknown
        } else if self.status_reasons.is_empty() {
            Outcome::Good
        } else {
            Outcome::Refused
        }
    }

    /// The first instant of the key's life that is known.
    pub fn key_since(&self) -> Timestamp {
        self.key.created_at.unwrap_or(self.key_stored_at).min(self.key_stored_at)
    }

    /// How long the key lives in all; `None` if its end is unknown.
    pub fn key_life(&self) -> Option<Duration> {
        self.key.expires_at.map(|end| end.since(self.key_since()))
    }

    /// When so many per cent of the key's life remain.
    pub fn percent_remains_at(&self, percent: u8) -> Option<Timestamp> {
        let life = self.key_life()?;
        self.key.expires_at.map(|end| end.minus(life * u32::from(percent) / 100))
    }

    /// Whether the hub makes successors by itself, so that nobody needs a warning before it is late.
    pub fn renews_itself(&self, rules: &Rules) -> bool {
        rules.renewal && self.renewal.allowed_at.is_some() && self.renewal.problem.is_none()
    }

    /// Whether so little of the key's life remains that it should have a successor.
    pub fn renewal_is_late(&self, now: Timestamp) -> bool {
        self.percent_remains_at(LATE_PERCENT).is_some_and(|at| at <= now)
    }

    /// The warnings whose time has come and of which nobody has been told, in the order of their time.
    pub(super) fn warnings_due(&self, now: Timestamp, rules: &Rules) -> Vec<u8> {
        self.warnings_left(rules)
            .filter(|percent| self.percent_remains_at(*percent).is_some_and(|at| at <= now))
            .collect()
    }

    fn warnings_left(&self, rules: &Rules) -> impl Iterator<Item = u8> {
        let told = self.status == AccountStatus::Active;
        let from = if self.renews_itself(rules) { LATE_PERCENT } else { 100 };
        let left = rules.warnings.iter().copied().filter(|p| *p < self.notice.warned_percent);
        left.filter(move |percent| told && *percent <= from)
    }

    /// A key that is new here: the first check comes soon, what of its life was over before is no news.
    pub(super) fn with_new_key_planned(mut self, now: Timestamp, rules: &Rules) -> Self {
        self.check.alike = 0;
        self.check.claim = None;
        self.notice.warned_percent = 100;
        let over = |percent: &u8| self.percent_remains_at(*percent).is_some_and(|at| at <= now);
        let last = rules.warnings.iter().copied().filter(over).min();
        self.notice.warned_percent = last.unwrap_or(100);
        self.with_check_planned(None, now, rules)
            .with_renewal_planned(now, rules)
            .with_notice_planned(rules)
    }

    /// `wait` is what Qlik has asked for.
    pub(super) fn with_check_planned(
        mut self,
        wait: Option<Duration>,
        now: Timestamp,
        rules: &Rules,
    ) -> Self {
        let (first, longest) = match self.outcome() {
            Outcome::Good => (FIRST_CHECK, rules.check_interval),
            Outcome::Refused => REFUSED,
            Outcome::Unknown => UNKNOWN,
        };
        let doubled = first.saturating_mul(1 << self.check.alike.min(16));
        let mut interval = doubled.min(longest);
        // What is refused or does not answer is not asked more often because its end is near.
        match self.key.expires_at.filter(|_| self.outcome() == Outcome::Good) {
            Some(end) if end > now => interval = interval.min(end.since(now) / 2),
            // Qlik's clock or ours is wrong; it will not be long until one of them says so.
            Some(_) if self.outlived() => interval = FIRST_CHECK,
            _ => {}
        }
        let spread = spread(&[self.id.as_str(), "check", &self.check.alike.to_string()]);
        // Four fifths to six fifths of it.
        let interval = interval.max(SOONEST_CHECK) * (800 + spread * 400 / 1000) / 1000;
        self.check.next_at = now.plus(interval.max(wait.unwrap_or_default()));
        self
    }

    pub(super) fn with_notice_planned(mut self, rules: &Rules) -> Self {
        self.notice.next_at = match self.status {
            AccountStatus::Active if !self.outlived() => {
                let warning = self.warnings_left(rules).max();
                warning.and_then(|p| self.percent_remains_at(p)).or(self.key.expires_at)
            }
            _ => None,
        };
        self
    }

    /// Sooner while little of the key's life remains. `wait` is what Qlik has asked for.
    pub(super) fn with_renewal_again(mut self, wait: Option<Duration>, now: Timestamp) -> Self {
        let (soonest, latest) = RENEWAL_LATER;
        let remains = self.key.expires_at.map_or(latest, |end| end.since(now));
        let interval = (remains / 10).clamp(soonest, latest);
        let spread = spread(&[self.id.as_str(), "renewal", &now.as_millis().to_string()]);
        let interval = interval * (800 + spread * 400 / 1000) / 1000;
        let again = now.plus(interval.max(wait.unwrap_or_default()));
        self.renewal.next_at = match self.key.expires_at {
            Some(end) if end <= now => None,
            _ => self.renewal.next_at.map(|_| again),
        };
        self
    }

    /// Further ahead than any rule plans: by a clock that has been set back since.
    pub(super) fn renewal_is_lost(&self, now: Timestamp) -> bool {
        let again = now.plus(RENEWAL_AGAIN * 2);
        let planned = self.percent_remains_at(RENEWAL_PERCENT);
        self.renewal.next_at.is_some_and(|at| at > again && Some(at) > planned)
    }

    pub(super) fn with_renewal_planned(mut self, now: Timestamp, rules: &Rules) -> Self {
        let spread = spread(&[self.id.as_str(), "renewal"]);
        self.renewal.next_at = match (self.key.expires_at, self.key_life()) {
            _ if !rules.renewal || self.renewal.allowed_at.is_none() => None,
            (Some(end), _) if end <= now => None,
            _ if self.renewal.problem.is_some() => Some(now.plus(RENEWAL_AGAIN)),
            // A tenth of the life earlier or not at all, so that keys made together part.
            (Some(end), Some(life)) => {
                Some(end.minus(life * (u32::from(RENEWAL_PERCENT) * 10 + spread / 10) / 1000))
            }
            _ => None,
        };
        self
    }
}

/// 0 to 999, always the same for the same parts.
pub(crate) fn spread(parts: &[&str]) -> u32 {
    let digest = Sha256::digest(parts.join(" "));
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % 1000
}

#[cfg(test)]
mod tests;
