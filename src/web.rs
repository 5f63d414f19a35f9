//! Pages and API over HTTP: handlers translate, they decide nothing.

pub mod assets;
pub mod components;
pub mod guide;
pub mod hub;
pub mod layout;
pub mod pages;
pub mod words;

#[cfg(test)]
mod samples;
