//! The rules of linking that pages and the API share, asked without a page.

mod api_keys;
mod checks;
mod connect_sessions;
mod expiry;
mod health;
mod history;
mod reconnect;
mod renewal;
mod suspend;
