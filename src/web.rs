//! Pages and API over HTTP: handlers translate, they decide nothing.

pub mod assets;
pub mod components;
pub mod layout;
pub mod pages;

#[cfg(test)]
mod samples;
