//! History as a whole, as the page and the API show it: what is looked for, and exports.

pub mod export;
pub mod filter;
