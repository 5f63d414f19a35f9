//! Plain data and state machines. No I/O, no SQL, no HTTP.

pub mod account;
pub mod admin;
pub mod api_key;
pub mod calendar_feed;
pub mod connect_session;
pub mod event;
pub mod event_chain;
pub mod failure;
pub mod identity;
pub mod language;
pub mod tenant_budget;
pub mod webhook;
