mod store;
mod structure;
