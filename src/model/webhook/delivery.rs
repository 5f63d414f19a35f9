//! An event on its way to one endpoint, and the tries to bring it there.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::id::{EventId, WebhookAttemptId, WebhookEndpointId};
use crate::model::event::Action;
use crate::secret::Sealed;

/// How long after a failed attempt the next one follows; after the last of them the delivery has failed.
pub const RETRIES: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(10),
];
/// An endpoint that fails for so long is switched off.
pub const PATIENCE: Duration = Duration::from_hours(5 * 24);
/// What is finished is shown, and can be replayed, for so long.
pub const KEPT: Duration = Duration::from_hours(30 * 24);
/// A `Retry-After` is not believed beyond this.
pub const LONGEST_WAIT: Duration = Duration::from_hours(12);
/// Each retry comes up to this much later than planned, so that many do not come at once: one tenth.
const JITTER: u32 = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is sent when its time has come and those before it in its order are finished.
    Pending,
    Delivered,
    /// Every retry has failed.
    Failed,
}

impl DeliveryState {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub endpoint_id: WebhookEndpointId,
    /// The `webhook-id` of every attempt.
    pub event_id: EventId,
    pub event_type: String,
    /// What is delivered in order: the id of an account or of a connect session.
    pub ordering_key: String,
    /// The body that is sent, byte for byte, except for what is sealed.
    pub payload: String,
    /// What only the receiver may read; it is added to the payload's data as `auth_link_url`, and wiped
    /// at the end.
    pub sealed: Option<Sealed>,
    pub created_at: Timestamp,
    pub state: DeliveryState,
    /// Attempts since it was made or last replayed.
    pub attempts: u32,
    /// While an attempt is under way: when its claim ends. `None` while an earlier one of the same order
    /// waits, while the endpoint is switched off, and at the end.
    pub next_attempt_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

impl Delivery {
    /// It is tried once, and its failure says nothing of how the endpoint is otherwise.
    pub fn is_test(&self) -> bool {
        self.event_type == Action::WebhookTested.as_str()
    }
}

/// One try to deliver: what was sent is the delivery's payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub id: WebhookAttemptId,
    pub endpoint_id: WebhookEndpointId,
    pub event_id: EventId,
    pub at: Timestamp,
    pub duration: Duration,
    /// As the endpoint had it then.
    pub url: String,
    /// `None` if no answer came.
    pub status: Option<u16>,
    /// In words; `None` if it was delivered.
    pub error: Option<String>,
    /// The beginning of the answer's body.
    pub answer: String,
}

impl Attempt {
    pub fn succeeded(&self) -> bool {
        self.error.is_none()
    }

    /// The receiver wants nothing more.
    pub fn is_gone(&self) -> bool {
        self.status == Some(410)
    }
}

/// The time of the next attempt after `attempts` failed ones; `None` if there is none. `asked` is what the
/// receiver wants us to wait, `chance` any number.
pub fn next_attempt(
    now: Timestamp,
    attempts: u32,
    asked: Option<Duration>,
    chance: u32,
) -> Option<Timestamp> {
    let planned = RETRIES.get(usize::try_from(attempts.checked_sub(1)?).ok()?)?;
    let jitter = planned.mul_f64(f64::from(chance) / f64::from(u32::MAX)) / JITTER;
    let asked = asked.map_or(Duration::ZERO, |asked| asked.min(LONGEST_WAIT));
    Some(now.plus((*planned + jitter).max(asked)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);

    #[test]
    fn retries_follow_the_plan_and_come_to_an_end() {
        for (attempts, planned) in (1..).zip(RETRIES) {
            let soonest = next_attempt(NOW, attempts, None, 0).unwrap();
            let latest = next_attempt(NOW, attempts, None, u32::MAX).unwrap();
            assert_eq!(soonest, NOW.plus(planned));
            assert_eq!(latest, NOW.plus(planned + planned / 10));
        }
        assert_eq!(next_attempt(NOW, 8, None, 0), None);
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_within_reason_but_not_for_less() {
        let wait = |asked| next_attempt(NOW, 2, Some(asked), 0).unwrap().since(NOW);
        assert_eq!(wait(Duration::from_hours(1)), Duration::from_hours(1));
        assert_eq!(wait(Duration::from_secs(1)), Duration::from_mins(5));
        assert_eq!(wait(Duration::from_hours(24 * 365)), LONGEST_WAIT);
    }
}
