//! How often a tenant is asked: one budget for all hubs on a database, so that together they stay below
//! what Qlik allows. Pure functions of the budget, the time and the settings.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::Rules;
use crate::model::account::plan::spread;

/// How long a tenant that does not answer is left alone, and one that asks for less without saying how long.
pub const PAUSE: Duration = Duration::from_mins(1);
/// No pause is longer; `qlik` believes no longer wait.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// What lies further ahead than any rule allows was written by a clock that has been set back since. With a
/// limit of one a minute, late renewals may owe for five.
const SLACK: Duration = Duration::from_mins(5);

/// What a tenant is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errand {
    /// A check that the hub makes by itself.
    Check,
    /// One that somebody waits for.
    CheckByHand,
    /// Of a key that is not wanted any more.
    Deletion,
    Renewal,
    /// Of a key that will soon die.
    LateRenewal,
}

impl Errand {
    /// In checks. One is three to five requests; a renewal cleans up, makes a key, and checks it.
    fn cost(self) -> u32 {
        match self {
            Self::Check | Self::CheckByHand | Self::Deletion => 1,
            Self::Renewal | Self::LateRenewal => 2,
        }
    }

    /// For so long it may run up debts, which those pay off that may not. So a key is not lost because others
    /// were looked at: checks never hold up what keeps keys alive, and nothing but its like holds up a
    /// late renewal.
    fn credit(self, rules: &Rules) -> Duration {
        let checks = match self {
            Self::Check => 0,
            Self::CheckByHand | Self::Deletion | Self::Renewal => burst(rules),
            Self::LateRenewal => burst(rules) + Self::Renewal.cost(),
        };
        pace(rules) * checks
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantBudget {
    /// From when on the tenant may be asked.
    pub ready_at: Timestamp,
    /// The next free place in the queue of those for whom nothing was left.
    pub put_off_to: Timestamp,
    /// Until when Qlik has asked to be left alone.
    pub paused_until: Timestamp,
}

/// What several who want to ask the same tenant get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// So many, from the first on, may ask now.
    pub granted: usize,
    /// When the others try again, each at a time of its own.
    pub later: Vec<Timestamp>,
}

impl Default for TenantBudget {
    /// Of a tenant that was never asked.
    fn default() -> Self {
        let long_ago = Timestamp::from_millis(0);
        Self { ready_at: long_ago, put_off_to: long_ago, paused_until: long_ago }
    }
}

impl TenantBudget {
    /// Shares what there is now among accounts of the tenant.
    #[must_use]
    pub fn shared(self, among: &[&AccountId], now: Timestamp, rules: &Rules) -> (Self, Share) {
        let mut left = self.believed(now);
        let pace = pace(rules);
        let horizon = now.plus(rules.check_interval);
        if left.put_off_to > horizon.plus(pace + SLACK) {
            left.put_off_to = now;
        }
        let mut granted = 0;
        while granted < among.len()
            && let Ok(rest) = left.spent(Errand::Check, now, rules)
        {
            left = rest;
            granted += 1;
        }
        let mut next =
            left.put_off_to.max(left.ready_at).max(left.paused_until).max(now.plus(pace));
        let mut later = Vec::with_capacity(among.len() - granted);
        for id in &among[granted..] {
            if next <= horizon {
                later.push(next);
                next = next.plus(pace);
                left.put_off_to = next;
            } else {
                // The queue is longer than makes sense: anywhere in the second half of the interval.
                let part = 500 + spread(&[id.as_str(), "put off"]) / 2;
                later.push(now.plus(rules.check_interval * part / 1000).max(left.paused_until));
            }
        }
        (left, Share { granted, later })
    }

    /// What is left after one errand; or else from when on it may be worth asking again.
    pub fn spent(self, errand: Errand, now: Timestamp, rules: &Rules) -> Result<Self, Timestamp> {
        let left = self.believed(now);
        let from = left.ready_at.minus(errand.credit(rules)).max(left.paused_until);
        if from > now {
            return Err(from);
        }
        let pace = pace(rules);
        let floor = now.minus(pace * (burst(rules) - 1));
        Ok(Self { ready_at: left.ready_at.max(floor).plus(pace * errand.cost()), ..left })
    }

    /// Qlik has asked to be left alone.
    #[must_use]
    pub fn paused(self, wait: Option<Duration>, now: Timestamp) -> Self {
        let believed = self.believed(now);
        let until = now.plus(wait.unwrap_or(PAUSE).min(LONGEST_PAUSE));
        Self { paused_until: believed.paused_until.max(until), ..believed }
    }

    /// The tenant did not answer: nobody else need find that out at once.
    #[must_use]
    pub fn unanswered(self, now: Timestamp) -> Self {
        let believed = self.believed(now);
        Self { ready_at: believed.ready_at.max(now.plus(PAUSE)), ..believed }
    }

    /// How long Qlik still wants to be left alone; `None` if it does not.
    pub fn pause_left(&self, now: Timestamp) -> Option<Duration> {
        let until = self.believed(now).paused_until;
        (until > now).then(|| until.since(now))
    }

    fn believed(self, now: Timestamp) -> Self {
        let within = |at: Timestamp, most: Duration| if at > now.plus(most) { now } else { at };
        Self {
            ready_at: within(self.ready_at, PAUSE + SLACK),
            put_off_to: self.put_off_to,
            paused_until: within(self.paused_until, LONGEST_PAUSE + SLACK),
        }
    }
}

/// The time between two requests when all are evenly spread.
fn pace(rules: &Rules) -> Duration {
    (Duration::from_mins(1) / rules.check_limit.get()).max(Duration::from_millis(1))
}

/// So many may come at once after a quiet time.
fn burst(rules: &Rules) -> u32 {
    (rules.check_limit.get() / 10).max(1)
}

#[cfg(test)]
mod tests;
