//! Sends webhooks: which addresses may be called, how a request is signed, and the one call itself.

mod address;
mod lookups;
mod resolver;
mod sender;
mod signature;

pub use address::{UrlError, parse_url};
pub use sender::{Letter, Reply, Sender, WebhookSettings};
