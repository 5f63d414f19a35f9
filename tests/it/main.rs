mod configuration;
mod structure;
mod support;
