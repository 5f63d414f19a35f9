//! What an admin chooses for a link.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::model::account::Owner;
use crate::model::connect_session::{self, Terms};
use crate::model::language::Language;
use crate::web::components::{Choice, Problem};
use crate::web::pages::account::tidy;

const DAY: Duration = Duration::from_hours(24);
const LIFETIMES: [(&str, &str, Duration); 7] = [
    ("30m", "30 minutes", Duration::from_mins(30)),
    ("1h", "1 hour", Duration::from_hours(1)),
    ("4h", "4 hours", Duration::from_hours(4)),
    ("1d", "1 day", DAY),
    ("3d", "3 days", Duration::from_hours(3 * 24)),
    ("7d", "7 days", Duration::from_hours(7 * 24)),
    ("30d", "30 days", Duration::from_hours(30 * 24)),
];
/// Long enough for an e-mail to be read.
const USUAL: &str = "1d";

/// How long a link lives that was chosen so.
pub fn lifetime(chosen: &str) -> Duration {
    let found = LIFETIMES.iter().find(|(value, ..)| *value == chosen);
    found.map_or(DAY, |(.., lifetime)| *lifetime)
}

/// What can be chosen; nothing chosen is the usual.
pub fn lifetimes(chosen: &str) -> Vec<Choice> {
    let chosen = if chosen.is_empty() { USUAL } else { chosen };
    let choice = |(value, text, _): (&str, &str, _)| Choice {
        value: value.to_owned(),
        text: text.to_owned(),
        chosen: value == chosen,
    };
    LIFETIMES.map(choice).into()
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct LinkForm {
    pub owner_id: String,
    pub owner_name: String,
    pub owner_username: String,
    pub label: String,
    pub lifetime: String,
    pub multiple: String,
    pub language: String,
    pub success_url: String,
    pub note: String,
}

#[derive(Debug, Clone, Default)]
pub struct Problems {
    pub owner_id: Option<Problem>,
    pub success_url: Option<Problem>,
}

impl LinkForm {
    /// The terms of the link and how long it lives.
    pub fn read(&self) -> Result<(Terms, Duration), Problems> {
        let owner_id = tidy(&self.owner_id);
        let success_url = address(&self.success_url);
        let (Ok(success_url), false) = (&success_url, owner_id.is_empty()) else {
            return Err(Problems {
                owner_id: missing_owner(&owner_id),
                success_url: success_url.err(),
            });
        };
        let terms = Terms {
            owner: Owner {
                id: owner_id,
                name: tidy(&self.owner_name),
                username: tidy(&self.owner_username),
            },
            multiple: self.multiple == "yes",
            label: tidy(&self.label),
            success_url: success_url.clone(),
            language: Language::parse(&self.language),
            note: tidy(&self.note),
            ..Terms::default()
        };
        Ok((terms, self.lifetime()))
    }

    fn lifetime(&self) -> Duration {
        lifetime(&self.lifetime)
    }

    pub fn lifetimes(&self) -> Vec<Choice> {
        lifetimes(&self.lifetime)
    }

    pub fn languages(&self) -> Vec<Choice> {
        let theirs = Choice {
            value: String::new(),
            text: "Their browser’s language".to_owned(),
            chosen: self.language.is_empty(),
        };
        let ours = Language::ALL.map(|language| Choice {
            value: language.as_str().to_owned(),
            text: language.own_name().to_owned(),
            chosen: language.as_str() == self.language,
        });
        [theirs].into_iter().chain(ours).collect()
    }

    /// Something is chosen that is seldom chosen.
    pub fn has_more(&self) -> bool {
        let more = [&self.owner_username, &self.label, &self.language, &self.success_url];
        more.iter().any(|text| !text.is_empty())
    }
}

/// What is wrong with an owner id that is needed.
pub fn missing_owner(owner_id: &str) -> Option<Problem> {
    let text = "Enter the id that this customer has with you.";
    owner_id.is_empty().then(|| Problem::some("owner_missing", text)).flatten()
}

/// An address that a person may be led to; nothing is none.
fn address(text: &str) -> Result<Option<Url>, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let url = connect_session::success_url(text).filter(|_| text.len() <= 2_000);
    url.map(Some).ok_or_else(|| Problem {
        code: "success_url_malformed".to_owned(),
        text: "This is no web address. It begins with https://, as https://app.example.com/done."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(owner_id: &str, success_url: &str) -> LinkForm {
        LinkForm {
            owner_id: owner_id.to_owned(),
            success_url: success_url.to_owned(),
            ..LinkForm::default()
        }
    }

    #[test]
    fn done_leads_to_a_web_address_or_nowhere() {
        let url = |text: &str| form("c-1", text).read().map(|(terms, _)| terms.success_url);
        assert_eq!(url("").unwrap(), None);
        let done = " https://app.example.com/done?x=1 ";
        assert_eq!(url(done).unwrap().unwrap().as_str(), done.trim());
        for wrong in ["javascript:alert(1)", "data:text/html,x", "/done", "example.com", "file:///"]
        {
            let problem = url(wrong).unwrap_err().success_url.expect(wrong);
            assert_eq!(problem.code, "success_url_malformed");
        }
    }

    #[test]
    fn a_link_has_an_owner_and_a_lifetime() {
        assert!(form(" \u{7}", "").read().unwrap_err().owner_id.is_some());
        let lifetime = |value: &str| {
            let form = LinkForm { lifetime: value.to_owned(), ..form("c-1", "") };
            form.read().unwrap().1
        };
        assert_eq!(lifetime("30m"), Duration::from_mins(30));
        assert_eq!(lifetime("30d"), crate::model::connect_session::LIFETIME_MAX);
        assert_eq!(lifetime("for ever"), DAY);
    }
}
