//! Which network addresses an endpoint's name leads to. The connection goes to what was looked at here, and
//! the name is not asked for again.

use std::net::{IpAddr, SocketAddr, UdpSocket};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::may_call;
use super::lookups::LookUps;

/// An address that is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is a private, own or reserved address, which may not be called")]
pub(super) struct Refused(IpAddr);

/// Judges addresses.
#[derive(Debug, Clone)]
pub(super) struct Filter {
    pub allow_private: bool,
    /// Where the hub listens, which may be a public address.
    pub own: IpAddr,
    pub names: LookUps,
}

impl Filter {
    pub(super) fn judge(&self, address: IpAddr) -> Result<(), Refused> {
        let address = address.to_canonical();
        let own =
            !self.allow_private && (address == self.own.to_canonical() || is_of_this_host(address));
        if own || !may_call(address, self.allow_private) {
            return Err(Refused(address));
        }
        Ok(())
    }
}

/// Only an address of this host can be bound. A host that may bind any tells nothing.
fn is_of_this_host(address: IpAddr) -> bool {
    let binds = |address: IpAddr| UdpSocket::bind(SocketAddr::new(address, 0)).is_ok();
    // Of the documentation: it is nobody's.
    let nobodys = IpAddr::from([192, 0, 2, 1]);
    binds(address) && !binds(nobodys)
}

impl Resolve for Filter {
    fn resolve(&self, name: Name) -> Resolving {
        let (filter, lookup) = (self.clone(), self.names.look_up(name.as_str()));
        Box::pin(async move {
            let found = lookup.await?;
            // One address among good ones may be the one that is meant.
            for address in &found {
                filter.judge(address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(own: &str, allow_private: bool) -> Filter {
        Filter { allow_private, own: own.parse().unwrap(), names: LookUps::default() }
    }

    #[test]
    fn the_hubs_own_address_is_refused_even_if_it_is_public() {
        let judge = |text: &str| filter("8.8.4.4", false).judge(text.parse().unwrap()).is_ok();
        assert!(judge("8.8.8.8"));
        assert!(!judge("8.8.4.4"));
        assert!(!judge("::ffff:8.8.4.4"));
        assert!(!judge("127.0.0.1"));
        assert!(filter("127.0.0.1", true).judge("127.0.0.1".parse().unwrap()).is_ok());
    }

    #[test]
    fn an_address_of_this_host_is_known_as_such() {
        assert!(is_of_this_host("127.0.0.1".parse().unwrap()));
        assert!(!is_of_this_host("8.8.8.8".parse().unwrap()));
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused() {
        let name = || "localhost".parse().unwrap();
        let error = filter("192.0.2.1", false).resolve(name()).await.err().expect("it leads home");
        assert!(error.is::<Refused>(), "{error}");
        assert!(filter("192.0.2.1", true).resolve(name()).await.is_ok());
    }
}
