//! Whether writes go through, for `/readyz`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::store::StoreError;

/// After so many failed writes in a row the hub is not ready.
const FAILURES: u32 = 2;

/// How many writes have failed in a row.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<AtomicU32>);

impl Health {
    pub fn is_good(&self) -> bool {
        self.0.load(Ordering::Relaxed) < FAILURES
    }

    pub fn record<T>(&self, result: &Result<T, StoreError>) {
        match result {
            Ok(_) => self.0.store(0, Ordering::Relaxed),
            Err(_) => {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
