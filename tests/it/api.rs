mod accounts;
mod auth;
mod connect_sessions;
mod events;
mod hub;
mod idempotency;
mod openapi;
mod renewal;
