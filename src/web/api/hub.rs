//! The API that the Hub's components call from pages of the vendor: `<stackone-hub>` and our own. Its
//! authority is the token of a connect session; what the browser says of an owner is ignored.
//!
//! StackOne's component takes an answer 401 or 403 for success or for "no integrations", so none is
//! given that it could read.

pub mod accounts;
pub mod attempts;
pub mod connectors;
pub mod door;
pub mod form;
