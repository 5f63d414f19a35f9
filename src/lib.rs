//! linkhub: customers link their Qlik Cloud tenant to your product, and the link is kept alive.
//!
//! The map, top to bottom; each room may use the ones below it, never above (`tests/it/structure.rs`).
//!
//! | to add | touch |
//! |---|---|
//! | a page | `web/pages/NAME.rs`, `templates/pages/NAME.html`, its line in `web/routes.rs` |
//! | a reason why a connection fails | a line in `model/failure.rs`, its words in each file of `locales/` |
//! | a text that end users read | a key in each file of `locales/`; `layout.text("KEY")` in the template |
//! | a language | `model/language.rs`; a file in `locales/` and in `templates/guide/` |
//! | a column of the Accounts page | `store/account_list.rs` (its SQL), `web/pages/accounts.rs` |
//! | a table | `migrations/*/NNNN_NAME.sql`, `store/NAME.rs`, `tests/it/store/NAME.rs` |
//! | a setting | `config.rs`, a line in `docs/configuration.md` |
//! | a command | `cli/NAME.rs`, its variant in `cli.rs` |
//!
//! The only function that decrypts a stored key is [`vault::Vault::open`].

pub mod cli;
pub mod server;

pub mod tasks;
pub mod web;

pub mod config;
pub mod sealing;
pub mod state;
pub mod telemetry;

pub mod linking;

pub mod qlik;
pub mod store;
pub mod vault;
pub mod webhook;

pub mod model;

pub mod clock;
pub mod id;
pub mod secret;
