//! The only module that talks to Qlik Cloud.
//!
//! A call goes `https://{tenant}.{region}.{base domain}` or nowhere ([`TenantAddress`]), carries the key
//! in its Authorization header alone ([`ApiKey`]), and what comes back is read as if a stranger had
//! written it: by status first, then a body that is bounded, leniently typed and never trusted.

pub mod address;
pub mod client;
pub mod key;
pub mod keys;

mod answer;
mod dial;
mod redirect;
mod refusal;
mod reply;
#[cfg(test)]
mod stub;
mod verification;

pub use address::{REGIONS, TenantAddress, pasted};
pub use client::{Qlik, QlikSettings, QlikSetupError};
pub use key::{ApiKey, KeyClaims};
pub use keys::{KeyList, ListedKey, NoSuccessor, Successor, Wish};
pub use verification::Deleted;
