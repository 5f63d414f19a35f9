//! Connections: TLS or plain, HTTP/1.1 or HTTP/2, recorded, and reset when a fault says so.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::Shared;
use super::gate::Origin;
use super::received::Received;

/// Put on a response: do not send it, reset the connection.
#[derive(Clone)]
pub struct ResetConnection;

#[derive(Clone)]
pub struct Server {
    pub shared: Shared,
    pub router: Router,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
}

impl Server {
    pub async fn accept_tls(self, listener: TcpListener, config: Arc<ServerConfig>) {
        let acceptor = TlsAcceptor::from(config);
        while let Some((socket, reset)) = self.accept(&listener).await {
            let (server, acceptor) = (self.clone(), acceptor.clone());
            self.tasks.spawn(async move {
                let handshake = server.stop.run_until_cancelled(acceptor.accept(socket)).await;
                // A client that does not trust the certificate leaves here.
                let Some(Ok(stream)) = handshake else { return };
                let name = stream.get_ref().1.server_name().map(str::to_owned);
                server.serve(stream, Transport::Tls { name }, reset).await;
            });
        }
    }

    pub async fn accept_plain(self, listener: TcpListener) {
        while let Some((socket, reset)) = self.accept(&listener).await {
            let server = self.clone();
            self.tasks.spawn(async move { server.serve(socket, Transport::Plain, reset).await });
        }
    }

    /// The next connection; none once the emulator stops.
    async fn accept(&self, listener: &TcpListener) -> Option<(Socket, Arc<AtomicBool>)> {
        loop {
            // A failing accept is a client that left, or no more descriptors: the next may do better.
            if let Ok((tcp, _)) = self.stop.run_until_cancelled(listener.accept()).await? {
                let _ = tcp.set_nodelay(true);
                let reset = Arc::new(AtomicBool::new(false));
                return Some((Socket { tcp, reset: reset.clone() }, reset));
            }
            tokio::task::yield_now().await;
        }
    }

    async fn serve<S>(self, stream: S, transport: Transport, reset: Arc<AtomicBool>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let closed = self.stop.child_token();
        let service = service_fn(|request| {
            let (server, transport) = (self.clone(), transport.clone());
            let (closed, reset) = (closed.clone(), reset.clone());
            async move {
                let response = server.answer(request, &transport).await;
                if response.extensions().get::<ResetConnection>().is_some() {
                    reset.store(true, Ordering::SeqCst);
                    closed.cancel();
                    std::future::pending::<()>().await;
                }
                Ok::<_, Infallible>(response)
            }
        });
        let builder = auto::Builder::new(TokioExecutor::new());
        let connection = builder.serve_connection(TokioIo::new(stream), service);
        let _ = closed.run_until_cancelled(connection).await;
    }

    async fn answer(&self, request: Request<Incoming>, transport: &Transport) -> Response<Body> {
        let mut request = request.map(Body::new);
        let received = Received::from(&request, transport, &self.shared);
        let scheme = if received.tls { "https" } else { "http" };
        request.extensions_mut().insert(Origin::new(scheme, &received.host));
        self.shared.received().push(received);
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

#[derive(Clone)]
pub enum Transport {
    Plain,
    Tls { name: Option<String> },
}

/// A socket that can be told to close with RST instead of FIN.
struct Socket {
    tcp: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.load(Ordering::SeqCst) {
            let _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.tcp).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
