//! Attempts to connect that are under way, so that they can be cancelled: until saving begins a
//! cancelled attempt stores nothing, from then on it is too late and the answer says so.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::id::AttemptId;
use crate::linking::Linking;

const RUNNING: u8 = 0;
const SAVING: u8 = 1;
const CANCELLED: u8 = 2;

impl Linking {
    /// Begins an attempt to connect that only `holder` can cancel.
    pub fn begin_attempt(&self, holder: &str) -> Attempt {
        self.attempts.begin(holder)
    }

    pub fn cancel_attempt(&self, holder: &str, id: &AttemptId) -> CancelOutcome {
        self.attempts.cancel(holder, id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelOutcome {
    /// Nothing was stored and nothing will be.
    Cancelled,
    /// Saving had begun; the attempt's own answer tells how it ended.
    TooLate,
    /// No such attempt of this holder is under way.
    Unknown,
}

#[derive(Debug)]
struct Shared {
    holder: String,
    state: AtomicU8,
    cancelled: CancellationToken,
}

impl Shared {
    fn leave_running(&self, next: u8) -> bool {
        self.state.compare_exchange(RUNNING, next, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }
}

type Table = Arc<Mutex<HashMap<AttemptId, Arc<Shared>>>>;

/// The attempts of this process.
#[derive(Debug, Default)]
pub struct Attempts(Table);

impl Attempts {
    /// Begins an attempt that only `holder` may cancel.
    pub fn begin(&self, holder: &str) -> Attempt {
        let id = AttemptId::new();
        let shared = Arc::new(Shared {
            holder: holder.to_owned(),
            state: AtomicU8::new(RUNNING),
            cancelled: CancellationToken::new(),
        });
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        table.insert(id.clone(), Arc::clone(&shared));
        Attempt { id, shared, table: Arc::clone(&self.0) }
    }

    pub fn cancel(&self, holder: &str, id: &AttemptId) -> CancelOutcome {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shared) = table.get(id).filter(|shared| shared.holder == holder) else {
            return CancelOutcome::Unknown;
        };
        if shared.leave_running(CANCELLED) {
            shared.cancelled.cancel();
        }
        match shared.state.load(Ordering::Acquire) {
            CANCELLED => CancelOutcome::Cancelled,
            _ => CancelOutcome::TooLate,
        }
    }
}

/// One press of Connect. Dropping it before saving begins ends it; nothing is stored then.
#[derive(Debug)]
pub struct Attempt {
    id: AttemptId,
    shared: Arc<Shared>,
    table: Table,
}

impl Attempt {
    pub fn id(&self) -> &AttemptId {
        &self.id
    }

    /// Ends when somebody cancels.
    pub async fn cancelled(&self) {
        self.shared.cancelled.cancelled().await;
    }

    /// The point of no return. False if the attempt was cancelled; then nothing may be stored.
    pub fn begin_saving(&self) -> bool {
        self.shared.leave_running(SAVING) || self.shared.state.load(Ordering::Acquire) == SAVING
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.table.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_attempt_may_not_save() {
        let attempts = Attempts::default();
        let attempt = attempts.begin("me");
        assert_eq!(attempts.cancel("me", attempt.id()), CancelOutcome::Cancelled);
        assert_eq!(attempts.cancel("me", attempt.id()), CancelOutcome::Cancelled);
        assert!(!attempt.begin_saving());
    }

    #[test]
    fn saving_cannot_be_cancelled() {
        let attempts = Attempts::default();
        let attempt = attempts.begin("me");
        assert!(attempt.begin_saving());
        assert!(attempt.begin_saving(), "a second try of the same save");
        assert_eq!(attempts.cancel("me", attempt.id()), CancelOutcome::TooLate);
    }

    #[test]
    fn only_the_holder_cancels() {
        let attempts = Attempts::default();
        let attempt = attempts.begin("me");
        assert_eq!(attempts.cancel("you", attempt.id()), CancelOutcome::Unknown);
        assert!(attempt.begin_saving());
    }

    #[test]
    fn an_ended_attempt_is_forgotten() {
        let attempts = Attempts::default();
        let id = attempts.begin("me").id().clone();
        assert_eq!(attempts.cancel("me", &id), CancelOutcome::Unknown);
    }
}
