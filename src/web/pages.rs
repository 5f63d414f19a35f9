//! One page, one file: its struct, what it shows, and its handlers.

pub mod account;
pub mod accounts;
pub mod assets;
pub mod brand;
pub mod connect;
pub mod embed_script;
pub mod error;
pub mod guide;
pub mod hub;
pub mod link;
pub mod login;
pub mod setup;
pub mod unlink;
