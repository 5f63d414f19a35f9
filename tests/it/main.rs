#[path = "../../examples/emulator/mod.rs"]
mod emulator;
#[path = "emulator.rs"]
mod emulator_suite;
mod structure;
mod support;
