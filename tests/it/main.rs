mod configuration;
mod structure;
