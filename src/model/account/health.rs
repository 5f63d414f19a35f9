//! How accounts are doing, seen together: each account is in one class, which is a filter of the list too.

use std::time::Duration;

use super::AccountStatus;
use crate::clock::Timestamp;

pub const DAY: Duration = Duration::from_hours(24);
pub const WEEK: Duration = Duration::from_hours(7 * 24);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Works for more than a week, or nobody knows for how long.
    Healthy,
    /// The key dies in more than a day, but within a week.
    ThisWeek,
    /// The key dies within a day.
    Today,
    /// Works, though the expiry that Qlik told has passed.
    Overdue,
    Suspended,
    Expired,
    Broken,
}

impl Health {
    pub const ALL: [Self; 7] = [
        Self::Healthy,
        Self::ThisWeek,
        Self::Today,
        Self::Overdue,
        Self::Suspended,
        Self::Expired,
        Self::Broken,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::ThisWeek => "week",
            Self::Today => "today",
            Self::Overdue => "overdue",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Broken => "broken",
        }
    }

    pub const fn status(self) -> AccountStatus {
        match self {
            Self::Healthy | Self::ThisWeek | Self::Today | Self::Overdue => AccountStatus::Active,
            Self::Suspended => AccountStatus::Suspended,
            Self::Expired => AccountStatus::Expired,
            Self::Broken => AccountStatus::Error,
        }
    }

    pub const fn expires(self) -> Option<Expires> {
        match self {
            Self::Healthy => Some(Expires::Later),
            Self::ThisWeek => Some(Expires::ThisWeek),
            Self::Today => Some(Expires::Within(DAY)),
            Self::Overdue => Some(Expires::Past),
            Self::Suspended | Self::Expired | Self::Broken => None,
        }
    }
}

/// When keys expire, seen from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expires {
    Past,
    Within(Duration),
    /// Within a week, but not within a day.
    ThisWeek,
    /// Later than that, or nobody knows.
    Later,
}

impl Expires {
    /// The first and the last instant. What is unknown counts as the very last.
    pub fn range(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let behind = |at: Timestamp| at.plus(Duration::from_millis(1));
        match self {
            Self::Past => (Timestamp::from_millis(0), now.minus(Duration::from_millis(1))),
            Self::Within(time) => (now, now.plus(time)),
            Self::ThisWeek => (behind(now.plus(DAY)), now.plus(WEEK)),
            Self::Later => (behind(now.plus(WEEK)), Timestamp::from_millis(i64::MAX)),
        }
    }
}

/// How many accounts are in each class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthCounts {
    pub classes: [i64; Health::ALL.len()],
    /// Of all of them, those whose last checks had no answer.
    pub unchecked: i64,
    /// When they were counted.
    pub at: Timestamp,
}

impl HealthCounts {
    pub fn of(&self, class: Health) -> i64 {
        self.classes[class as usize]
    }

    pub fn total(&self) -> i64 {
        self.classes.iter().sum()
    }
}

#[cfg(test)]
mod tests;
