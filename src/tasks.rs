//! Named loops that call `linking`.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::state::AppState;

const CLEAN_UP: Duration = Duration::from_mins(10);

/// Starts all loops. The future ends when they have stopped.
pub fn start(state: &AppState, stop: CancellationToken) -> impl Future<Output = ()> + use<> {
    let linking = state.linking.clone();
    let clean_up = tokio::spawn(async move {
        while stop.run_until_cancelled(tokio::time::sleep(CLEAN_UP)).await.is_some() {
            if let Err(error) = linking.clean_up().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "clean-up failed");
            }
        }
    });
    async move {
        let _ = clean_up.await;
    }
}
