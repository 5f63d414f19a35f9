//! One test binary; its folders mirror `src`.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod api;
mod cli;
mod configuration;
mod day;
#[path = "../../examples/emulator/mod.rs"]
mod emulator;
#[path = "emulator.rs"]
mod emulator_suite;
mod linking;
mod pages;
mod security;
mod store;
mod structure;
mod support;
mod webhooks;
