//! One page, one file: its struct, what it shows, and its handlers.

pub mod account;
pub mod accounts;
pub mod api_keys;
pub mod assets;
pub mod brand;
pub mod calendar;
pub mod connect;
pub mod embed;
pub mod error;
pub mod events;
pub mod guide;
pub mod hub;
pub mod link;
pub mod links;
pub mod login;
pub mod setup;
pub mod unlink;
pub mod webhook;
pub mod webhook_delivery;
pub mod webhooks;
