//! linkhub: customers link their Qlik Cloud tenant to your product, and the link is kept alive.
//!
//! The map, top to bottom; each room may use the ones below it, never above (`tests/it/structure.rs`).

pub mod web;

pub mod linking;

pub mod qlik;
pub mod store;
pub mod vault;

pub mod model;

pub mod clock;
pub mod id;
pub mod secret;
