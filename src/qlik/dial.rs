//! Which network address a host name leads to.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Asks the system, or dials one fixed place instead of every host. The name stays the one of the
/// request in both cases, so TLS still proves that the tenant's host answers.
#[derive(Debug, Clone)]
pub(super) enum Dialer {
    System,
    Instead { host: String, port: u16 },
}

impl Dialer {
    /// Reads `host:port`.
    pub(super) fn instead(place: &str) -> Option<Self> {
        let (host, port) = place.trim().rsplit_once(':')?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let port: u16 = port.parse().ok().filter(|port| *port != 0)?;
        let fits = !host.is_empty() && !host.contains(['/', '@', ' ', '[', ']']);
        fits.then(|| Self::Instead { host: host.to_owned(), port })
    }
}

impl Resolve for Dialer {
    fn resolve(&self, name: Name) -> Resolving {
        let dialer = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = match dialer {
                // Port 0 leaves the port to the URL's scheme.
                Self::System => tokio::net::lookup_host((name.as_str(), 0))
                    .await
                    .map_err(|error| if says_unknown(&error) { unknown() } else { error.into() })?
                    .collect(),
                Self::Instead { host, port } => {
                    tokio::net::lookup_host((host.as_str(), port)).await?.collect()
                }
            };
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The name does not exist, which is more than "could not be looked up".
#[derive(Debug, thiserror::Error)]
#[error("the name does not exist")]
pub(super) struct NameUnknown;

fn unknown() -> Box<dyn Error + Send + Sync> {
    Box::new(NameUnknown)
}

/// The standard library keeps of `getaddrinfo`'s code only its text: glibc's, musl's and the BSDs' for
/// `EAI_NONAME` and `EAI_NODATA`. Any other text counts as "could not be looked up".
fn says_unknown(error: &io::Error) -> bool {
    const TEXTS: &[&str] = &[
        "Name or service not known",
        "No address associated with hostname",
        "Name does not resolve",
        "Name has no usable address",
        "nodename nor servname provided",
    ];
    let text = error.to_string();
    TEXTS.iter().any(|known| text.contains(known))
}

#[cfg(test)]
mod tests;
