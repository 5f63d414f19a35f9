//! What an account's history says of its checks and keys, for pictures.

use crate::clock::Timestamp;
use crate::model::failure::{Certainty, FailureCode};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckResult {
    /// Qlik accepted the key.
    Good,
    /// No answer that says anything about the key: an outage, a limit, a timeout.
    Unknown,
    /// Qlik definitely refused it.
    Refused,
}

impl CheckResult {
    pub const ALL: [Self; 3] = [Self::Good, Self::Unknown, Self::Refused];

    /// By the code of the failure, as history keeps it. A code of a later version says nothing here.
    pub fn of(code: Option<&str>) -> Self {
        let Some(code) = code else { return Self::Good };
        let known = FailureCode::ALL.iter().find(|known| known.as_str() == code);
        match known.map(|code| code.certainty()) {
            Some(Certainty::Definite) => Self::Refused,
            _ => Self::Unknown,
        }
    }
}

/// A check that has been made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastCheck {
    pub at: Timestamp,
    pub result: CheckResult,
    /// Of [`FailureCode`], if the key was not accepted.
    pub code: Option<String>,
}

/// A key that came to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    pub stored_at: Timestamp,
    pub id: Option<String>,
    pub expires_at: Option<Timestamp>,
}

impl StoredKey {
    /// Not the same key, which may be stored twice.
    pub fn is_before(&self, other: &Self) -> bool {
        let other_key = self.id.is_none() || self.id != other.id;
        other_key && self.stored_at < other.stored_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_definite_answer_is_a_refusal() {
        assert_eq!(CheckResult::of(None), CheckResult::Good);
        assert_eq!(CheckResult::of(Some("key_rejected")), CheckResult::Refused);
        assert_eq!(CheckResult::of(Some("user_inactive")), CheckResult::Refused);
        for code in ["qlik_unavailable", "rate_limited", "unreachable", "of_tomorrow"] {
            assert_eq!(CheckResult::of(Some(code)), CheckResult::Unknown, "{code}");
        }
    }
}
