//! Named loops that call `linking`. Each is a [`repeat`] in [`start`].

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::state::AppState;
use crate::store::StoreError;

const CHECKS: Duration = Duration::from_secs(1);
const DELIVERIES: Duration = Duration::from_secs(1);
const NOTICES: Duration = Duration::from_secs(2);
const RENEWALS: Duration = Duration::from_secs(2);
const CHAIN: Duration = Duration::from_secs(2);
const CLEAN_UP: Duration = Duration::from_mins(10);

/// Starts all loops; none but the clean-up if this hub is not to work in the background. The future ends
/// when they have stopped.
pub fn start(state: &AppState, stop: &CancellationToken) -> impl Future<Output = ()> + use<> {
    let loops = TaskTracker::new();
    let (linking, stopping) = (state.linking.clone(), stop.clone());
    loops.spawn(async move {
        stopping.cancelled().await;
        linking.wind_down();
    });
    let linking = state.linking.clone();
    loops.spawn(repeat("clean-up", CLEAN_UP, stop.clone(), move || {
        let linking = linking.clone();
        async move { linking.clean_up().await.map(|()| false) }
    }));
    if state.background {
        let linking = state.linking.clone();
        loops.spawn(repeat("checks", CHECKS, stop.clone(), move || {
            let linking = linking.clone();
            async move { linking.check_due().await }
        }));
        let linking = state.linking.clone();
        loops.spawn(repeat("chain", CHAIN, stop.clone(), move || {
            let linking = linking.clone();
            async move { linking.chain_events().await }
        }));
        let linking = state.linking.clone();
        loops.spawn(repeat("deliveries", DELIVERIES, stop.clone(), move || {
            let linking = linking.clone();
            async move { linking.deliver_due().await }
        }));
        let linking = state.linking.clone();
        loops.spawn(repeat("notices", NOTICES, stop.clone(), move || {
            let linking = linking.clone();
            async move { linking.notice_due().await }
        }));
        let linking = state.linking.clone();
        loops.spawn(repeat("renewals", RENEWALS, stop.clone(), move || {
            let linking = linking.clone();
            async move { linking.renew_due().await }
        }));
    }
    loops.close();
    let linking = state.linking.clone();
    async move {
        loops.wait().await;
        linking.finish_deliveries().await;
    }
}

/// Calls `work` again and again until `stop`: at once if it says that there is more to do, otherwise after a
/// while. A failure is logged, and the next round tries again; also after a panic, or the hub would look well and
/// do nothing by itself any more.
async fn repeat<F: Future<Output = Result<bool, StoreError>>>(
    name: &'static str,
    every: Duration,
    stop: CancellationToken,
    work: impl Fn() -> F,
) {
    let mut wait = every;
    while stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
        wait = every;
        match AssertUnwindSafe(async { work().await }).catch_unwind().await {
            Ok(Ok(true)) => wait = Duration::ZERO,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(task = name, error, "a round failed");
            }
            Err(_) => tracing::error!(task = name, "a round panicked"),
        }
    }
}

#[cfg(test)]
mod tests;
