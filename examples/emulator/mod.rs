//! An emulated Qlik Cloud: many tenants behind one address, told apart by the `Host` header, as faithful as Qlik's public
//! documents allow. What those leave open is a knob ([`Knobs`]); what a network or a bad day does is a [`Fault`].
//!
//! Nothing of the hub is used but its clock, so that the hub cannot agree with itself by accident.
#![allow(
    clippy::disallowed_types,
    reason = "the emulator answers programs as Qlik does; its rejections are read by no person"
)]
#![allow(dead_code, unused_imports, reason = "each program that includes this uses a part of it")]

mod api;
mod api_keys;
mod certificate;
mod faults;
mod gate;
mod items;
mod keys;
mod knobs;
mod listener;
mod received;
mod refusal;
pub mod sandbox_world;
mod world;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use linkhub::clock::Clock;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use faults::{Fault, FaultRule};
pub use keys::{Key, KeyStatus};
pub use knobs::{
    CapRefusal, InactiveUser, KeyList, Knobs, RedirectStyle, Refused, StatusForm, UnauthorizedBody,
};
pub use received::Received;
pub use world::{Item, Tenant, TenantStatus, User, UserStatus, World};

/// A running emulator; dropping it stops it.
pub struct Emulator {
    https_addr: SocketAddr,
    http_addr: SocketAddr,
    ca_pem: String,
    shared: Shared,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Emulator {
    /// Listens on two free ports of 127.0.0.1.
    pub async fn start(clock: Clock) -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self::start_on(any, any, clock).await.expect("a free port of 127.0.0.1 can be bound")
    }

    pub async fn start_on(https: SocketAddr, http: SocketAddr, clock: Clock) -> io::Result<Self> {
        let (https, http) = (TcpListener::bind(https).await?, TcpListener::bind(http).await?);
        let authority = certificate::Authority::generate();
        let emulator = Self {
            https_addr: https.local_addr()?,
            http_addr: http.local_addr()?,
            ca_pem: authority.ca_pem,
            shared: Shared::new(clock),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let server = listener::Server {
            shared: emulator.shared.clone(),
            router: api::router(emulator.shared.clone()),
            stop: emulator.stop.clone(),
            tasks: emulator.tasks.clone(),
        };
        emulator.tasks.spawn(server.clone().accept_tls(https, authority.server));
        emulator.tasks.spawn(server.accept_plain(http));
        Ok(emulator)
    }

    /// TLS, for every name that the certificate carries; what a hub dials instead of a tenant's host.
    pub fn https_addr(&self) -> SocketAddr {
        self.https_addr
    }

    /// Plain HTTP, for clients that cannot be given a CA. A `Host` that is an address means the default tenant.
    pub fn http_addr(&self) -> SocketAddr {
        self.http_addr
    }

    /// The root certificate that a client has to trust.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Tenants, users, keys, knobs and faults, to read and to change. Do not hold it over an `await`.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }

    /// Everything received so far, oldest first, whatever was answered.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.received().clone()
    }

    pub fn clear_requests(&self) {
        self.shared.received().clear();
    }

    /// Closes both ports and every connection, and waits until they are closed.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

#[derive(Clone)]
struct Shared {
    clock: Clock,
    world: Arc<Mutex<World>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Shared {
    fn new(clock: Clock) -> Self {
        let world = World::new(clock.clone());
        Self { clock, world: Arc::new(Mutex::new(world)), received: Arc::default() }
    }

    // A test that panicked while it held the lock has said what it had to say.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
