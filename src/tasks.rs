//! Named loops that call `linking`.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;
use crate::store::StoreError;

const EXPIRIES: Duration = Duration::from_secs(20);
const CLEAN_UP: Duration = Duration::from_mins(10);

/// Starts all loops. The future ends when they have stopped.
pub fn start(state: &AppState, stop: &CancellationToken) -> impl Future<Output = ()> + use<> {
    let (expiring, cleaning) = (state.linking.clone(), state.linking.clone());
    let expiries = tokio::spawn(repeat("expiries", EXPIRIES, stop.clone(), move || {
        let linking = expiring.clone();
        async move { linking.expire_due().await }
    }));
    let clean_up = tokio::spawn(repeat("clean-up", CLEAN_UP, stop.clone(), move || {
        let linking = cleaning.clone();
        async move { linking.clean_up().await }
    }));
    async move {
        let _ = tokio::join!(expiries, clean_up);
    }
}

/// Calls `work` again and again until `stop`; a failure is logged, and the next round tries again.
async fn repeat<F: Future<Output = Result<(), StoreError>>>(
    name: &'static str,
    every: Duration,
    stop: CancellationToken,
    work: impl Fn() -> F,
) {
    while stop.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
        if let Err(error) = work().await {
            tracing::warn!(task = name, error = &error as &dyn std::error::Error, "a round failed");
        }
    }
}
