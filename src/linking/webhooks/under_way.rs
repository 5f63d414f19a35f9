//! What this hub is sending at this moment, and how much of it at once.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::id::WebhookEndpointId;
use crate::linking::Linking;

/// At most so many at once to one endpoint: one that is slow holds up nobody else.
const TO_ONE: usize = 8;
/// Beyond so many at once, an endpoint gets no more than one at a time.
const CROWD: usize = 256;

#[derive(Debug)]
pub struct UnderWay {
    pub(super) tasks: TaskTracker,
    to: Mutex<HashMap<WebhookEndpointId, usize>>,
    /// To these a test event is being sent.
    tests: Mutex<HashSet<WebhookEndpointId>>,
    pub(super) finished: Notify,
    pub(super) swept_at: AtomicI64,
}

impl Default for UnderWay {
    fn default() -> Self {
        Self {
            tasks: TaskTracker::new(),
            to: Mutex::default(),
            tests: Mutex::default(),
            finished: Notify::new(),
            swept_at: AtomicI64::new(i64::MIN / 2),
        }
    }
}

impl UnderWay {
    pub(super) fn count(&self) -> usize {
        self.to.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// How many more may be sent to the endpoint now.
    pub(super) fn room(&self, endpoint: &WebhookEndpointId) -> usize {
        let most = if self.count() < CROWD { TO_ONE } else { 1 };
        let to = self.to.lock().unwrap_or_else(PoisonError::into_inner);
        most.saturating_sub(to.get(endpoint).copied().unwrap_or(0))
    }
}

/// One delivery is under way to the endpoint until this is dropped, also if its task panics.
pub(super) struct Turn(pub Arc<Linking>, WebhookEndpointId);

impl Turn {
    pub(super) fn begin(linking: &Arc<Linking>, endpoint: &WebhookEndpointId) -> Self {
        let mut to = linking.under_way.to.lock().unwrap_or_else(PoisonError::into_inner);
        *to.entry(endpoint.clone()).or_default() += 1;
        Self(Arc::clone(linking), endpoint.clone())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Self(linking, endpoint) = self;
        let mut to = linking.under_way.to.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = to.get_mut(endpoint) {
            *count -= 1;
            if *count == 0 {
                to.remove(endpoint);
            }
        }
        linking.under_way.finished.notify_one();
    }
}

/// A test event is under way to the endpoint until this is dropped: one at a time, because whoever asks for
/// many must not make the hub call somebody without end.
pub(super) struct TestTurn(pub Arc<Linking>, WebhookEndpointId);

impl TestTurn {
    /// `None` if one is under way.
    pub(super) fn begin(linking: &Arc<Linking>, endpoint: &WebhookEndpointId) -> Option<Self> {
        let mut tests = linking.under_way.tests.lock().unwrap_or_else(PoisonError::into_inner);
        let is_free = tests.insert(endpoint.clone());
        is_free.then(|| Self(Arc::clone(linking), endpoint.clone()))
    }
}

impl Drop for TestTurn {
    fn drop(&mut self) {
        let mut tests = self.0.under_way.tests.lock().unwrap_or_else(PoisonError::into_inner);
        tests.remove(&self.1);
    }
}
