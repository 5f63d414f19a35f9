mod store;
mod structure;
mod support;
