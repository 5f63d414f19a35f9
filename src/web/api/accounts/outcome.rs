//! What Qlik answered, beside the account: to a verification, and to the wish that a key be deleted.

use serde::Serialize;
use utoipa::ToSchema;

use crate::linking::{AtQlik, Checked, Unlinked};
use crate::model::failure::{Certainty, Failure};
use crate::model::language::Language;
use crate::web::api::accounts::view::AccountView;
use crate::web::words;

/// What went wrong with Qlik.
#[derive(Debug, Serialize, ToSchema)]
pub struct Trouble {
    #[schema(example = "key_revoked")]
    pub code: &'static str,
    pub message: String,
    pub hint: String,
}

impl Trouble {
    fn of(failure: &Failure, host: &str) -> Self {
        let words = words::of(failure, host, Language::default());
        Self {
            code: failure.code.as_str(),
            message: format!("{}. {}", words.title, words.reason),
            hint: words.next_step,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The key works.
    Good,
    /// Qlik definitely refuses the key.
    Refused,
    /// Nothing definite is known: an outage, a limit or a timeout.
    Unknown,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    pub outcome: Outcome,
    pub failure: Option<Trouble>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VerifiedView {
    #[serde(flatten)]
    pub account: AccountView,
    pub verification: Verification,
}

impl VerifiedView {
    pub fn of(checked: &Checked) -> Self {
        let failure = checked.failure.as_ref();
        let outcome = match failure.map(|failure| failure.code.certainty()) {
            None => Outcome::Good,
            Some(Certainty::Definite) => Outcome::Refused,
            Some(_) => Outcome::Unknown,
        };
        let failure = failure.map(|failure| Trouble::of(failure, &checked.account.host));
        Self {
            account: AccountView::of(&checked.account),
            verification: Verification { outcome, failure },
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyAtQlik {
    /// It works until it expires.
    Kept,
    Deleted,
    /// It still works: delete it in Qlik Cloud.
    NotDeleted,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UnlinkedView {
    #[serde(flatten)]
    pub account: AccountView,
    pub key_at_qlik: KeyAtQlik,
    /// Why the key could not be deleted at Qlik.
    pub key_failure: Option<Trouble>,
}

impl UnlinkedView {
    pub fn of(unlinked: &Unlinked) -> Self {
        let host = &unlinked.account.host;
        let (key_at_qlik, key_failure) = match &unlinked.at_qlik {
            AtQlik::Kept => (KeyAtQlik::Kept, None),
            AtQlik::Deleted => (KeyAtQlik::Deleted, None),
            AtQlik::NotDeleted(failure) => {
                (KeyAtQlik::NotDeleted, Some(Trouble::of(failure, host)))
            }
        };
        Self { account: AccountView::of(&unlinked.account), key_at_qlik, key_failure }
    }
}
