//! The only module that talks to Qlik Cloud.

pub mod address;
pub mod key;
