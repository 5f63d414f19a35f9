//! Wiring: the accept loop with limits against slow clients, and the graceful stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::linking::Linking;
use crate::state::AppState;
use crate::store::StoreError;
use crate::web::Peer;
use crate::{tasks, web};

/// The time for a request's head, and for an idle connection's next request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECTIONS: usize = 4096;
/// For a request's line and headers, in bytes.
const HEAD_LIMIT: usize = 32 * 1024;

/// Serves until `stop`, then lets requests in flight finish.
pub async fn serve(
    state: AppState,
    listener: TcpListener,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let store = state.store.clone();
    let (linking, chains) = (state.linking.clone(), state.background);
    let patience = state.site.answer_timeout;
    let background = tasks::start(&state, &stop);
    let router = web::router(state);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    // No browser speaks HTTP/2 without TLS, and waiting to see which it is has no time limit.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HEAD_LIMIT);

    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        let (stream, peer): (TcpStream, SocketAddr) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let service = router.clone();
        let service = TowerToHyperService::new(service.map_request(
            move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(Peer(peer));
                request.map(axum::body::Body::new)
            },
        ));
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection ended early");
            }
        });
    }
    drop(listener);
    tracing::info!("stopping: requests in flight finish first");
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
    background.await;
    if let Err(error) = last_words(&linking, chains).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the end of history was not written or not chained");
    }
    store.close().await;
    Ok(())
}

/// So that nothing is left unchained, if this is a hub that chains.
async fn last_words(linking: &Linking, chains: bool) -> Result<(), StoreError> {
    linking.record_stop().await?;
    if chains {
        let _ = linking.chain_events().await?;
    }
    Ok(())
}

/// Ends by Ctrl-C or by the signal with which service managers stop a program.
pub async fn stop_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for SIGTERM")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("cannot wait for Ctrl-C")?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
