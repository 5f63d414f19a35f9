//! One test binary; its folders mirror `src`.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../../examples/emulator/mod.rs"]
mod emulator;
mod pages;
mod security;
mod structure;
mod support;
