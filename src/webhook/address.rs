//! Which addresses a webhook may be sent to: the public internet, and nothing that only this host or its
//! network can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

const LONGEST_URL: usize = 2048;

/// Why a URL cannot be one of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("this is no URL such as https://example.com/webhooks")]
    Malformed,
    #[error("the URL must begin with https://")]
    NotHttps,
    #[error("the URL must not contain a user name or a password")]
    UserInfo,
    #[error("the URL must not contain a #fragment")]
    Fragment,
    #[error("the URL must not have more than {LONGEST_URL} characters")]
    TooLong,
    #[error("the URL leads to a private, own or reserved address, which may not be called")]
    Address,
}

/// Reads the URL of an endpoint. What a name leads to is only known when it is called. `allow_private`
/// also permits http and private addresses.
pub fn parse_url(text: &str, allow_private: bool) -> Result<Url, UrlError> {
    let text = text.trim();
    if text.len() > LONGEST_URL {
        return Err(UrlError::TooLong);
    }
    let url = Url::parse(text).map_err(|_| UrlError::Malformed)?;
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        _ => return Err(UrlError::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Err(UrlError::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(UrlError::Fragment);
    }
    let allowed = match url.host().ok_or(UrlError::Malformed)? {
        Host::Ipv4(address) => may_call(address.into(), allow_private),
        Host::Ipv6(address) => may_call(address.into(), allow_private),
        Host::Domain(name) => allow_private || !is_local_name(name),
    };
    if allowed { Ok(url) } else { Err(UrlError::Address) }
}

/// `https://@example.com` has a user name too, although an empty one.
fn authority(text: &str) -> &str {
    let rest = text.split_once(':').map_or(text, |(_, rest)| rest);
    let rest = rest.trim_start_matches(['/', '\\']);
    rest.split(['/', '\\', '?', '#']).next().unwrap_or_default()
}

/// Names that lead home by convention, whatever the name system says.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    ["localhost", "local", "internal", "home.arpa"].iter().any(|own| {
        name.strip_suffix(own).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether this address may be called. Even where private ones are allowed, one that stands for many or
/// for nobody is not.
pub(super) fn may_call(address: IpAddr, allow_private: bool) -> bool {
    if allow_private {
        return !address.is_unspecified()
            && !address.is_multicast()
            && address != IpAddr::V4(Ipv4Addr::BROADCAST);
    }
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// IANA's registry of special-purpose addresses, without those that are reachable by everybody.
fn is_public_v4(address: Ipv4Addr) -> bool {
    const REFUSED: &[([u8; 4], u32)] = &[
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        // Relays to 6to4, long out of use.
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        // Multicast, reserved and broadcast.
        ([224, 0, 0, 0], 3),
    ];
    let bits = u32::from(address);
    REFUSED.iter().all(|(net, length)| {
        let shift = 32 - length;
        bits >> shift != u32::from(Ipv4Addr::from(*net)) >> shift
    })
}

/// Only `2000::/3` is given out; of it not what is special, nor what carries an IPv4 address that is not
/// public. Outside of it only NAT64 and mapped addresses lead anywhere, to the IPv4 address within.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(v4(high, low))
        }
        // 6to4.
        [0x2002, high, low, ..] => is_public_v4(v4(high, low)) && !carries_private_isatap(s),
        // Protocol assignments, with Teredo, benchmarks and ORCHID; documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        [first, ..] => first & 0xe000 == 0x2000 && !carries_private_isatap(s),
    }
}

/// ISATAP puts an IPv4 address at the end of an address of any network.
fn carries_private_isatap(s: [u16; 8]) -> bool {
    let [.., mark, kind, high, low] = s;
    let v4 = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    matches!(mark, 0 | 0x200) && kind == 0x5efe && !is_public_v4(v4)
}

#[cfg(test)]
mod tests;
