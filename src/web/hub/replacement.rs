//! What is asked when the key of another user of the same tenant is pasted: whose the account is, whose the
//! key, and whether that is meant.

use serde::Serialize;

use crate::model::failure::UsersDiffer;
use crate::model::identity::QlikUser;
use crate::model::language::Language;
use crate::web::texts;

#[derive(Debug, Clone, Default, Serialize)]
pub struct Replacement {
    /// Whose key is confirmed, and nobody else's.
    pub user_id: String,
    pub linked: String,
    pub offered: String,
    /// What the box says that confirms it.
    pub confirm: String,
}

impl Replacement {
    pub fn of(users: &UsersDiffer, language: Language) -> Self {
        let UsersDiffer { linked, offered } = users;
        let names = [("linked", linked.name.as_str()), ("offered", offered.name.as_str())];
        Self {
            user_id: offered.id.clone(),
            linked: called(linked),
            offered: called(offered),
            confirm: texts::with(language, "hub-replace-confirm", &names).into_owned(),
        }
    }

    /// Whether it is there to be filled by a script.
    pub fn is_blank(&self) -> bool {
        self.user_id.is_empty()
    }
}

/// Two people may have one name.
fn called(user: &QlikUser) -> String {
    match &user.email {
        Some(email) => format!("{} ({email})", user.name),
        None => user.name.clone(),
    }
}
