//! What is looked for in history, as it stands in a URL. A value that cannot be understood is said to be wrong,
//! since a list that silently holds more than was asked for misleads.

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::id::{AccountId, ApiKeyId};
use crate::model::event::Action;
use crate::store::{EventFilter, Who};

/// No name of ours is longer.
const LONGEST: usize = 200;

/// The values as they were given; an empty one is not given.
#[derive(Debug, Clone, Copy, Default)]
pub struct Given<'a> {
    pub actions: &'a [&'a str],
    pub who: &'a str,
    pub account_id: &'a str,
    pub from: &'a str,
    pub to: &'a str,
    pub request_id: &'a str,
}

/// A name of a value, and what is wrong with it.
pub type Wrong = (&'static str, &'static str);

impl Given<'_> {
    pub fn read(&self) -> Result<EventFilter, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut actions = Vec::new();
        for name in self.actions.iter().filter(|name| !name.is_empty()) {
            let meant = actions_of(name);
            if meant.is_empty() {
                wrong.push((
                    "action",
                    "It must be the name of an action, or of a family such as account.*.",
                ));
            }
            actions.extend(meant);
        }
        actions.sort_unstable_by_key(|action| action.as_str());
        actions.dedup();
        let who = given(self.who).and_then(|text| {
            let read = who(text);
            if read.is_none() {
                wrong.push((
                    "who",
                    "It must be admin, visitor, system, api_key, or the id of an API key.",
                ));
            }
            read
        });
        let account_id = given(self.account_id).and_then(|text| {
            let id = AccountId::try_from(text.to_owned()).ok();
            if id.is_none() {
                wrong.push(("account_id", "It must be the id of an account: acc_…"));
            }
            id
        });
        let mut instant = |name, text| {
            let at = given(text).map(moment);
            if at == Some(None) {
                wrong.push((name, "It must be an instant such as 2026-11-23T10:00:00Z, or a day."));
            }
            at.flatten()
        };
        let (from, to) = (instant("from", self.from), instant("to", self.to));
        if from.zip(to).is_some_and(|(from, to)| from >= to) {
            wrong.push(("to", "It must be later than the first instant: nothing lies between."));
        }
        let request_id = given(self.request_id).map(str::to_owned);
        if request_id.as_ref().is_some_and(|id| id.len() > LONGEST || id.contains('\0')) {
            wrong.push(("request_id", "It must be the id of a request: req_…"));
        }
        if wrong.is_empty() {
            Ok(EventFilter { account_id, actions, who, from, to, request_id })
        } else {
            Err(wrong)
        }
    }
}

fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// `account.checked` is itself, `account.*` every action of accounts.
fn actions_of(name: &str) -> Vec<Action> {
    match name.strip_suffix('*') {
        Some(family) if family.ends_with('.') => {
            let of_family = |action: &Action| action.as_str().starts_with(family);
            Action::ALL.iter().copied().filter(of_family).collect()
        }
        _ => Action::parse(name).into_iter().collect(),
    }
}

/// The names of families, each once, in the order of the actions.
pub fn families() -> Vec<String> {
    let mut families: Vec<String> = Vec::new();
    for action in Action::ALL {
        let family = action.as_str().split('.').next().unwrap_or_default().to_owned();
        if !families.contains(&family) {
            families.push(family);
        }
    }
    families
}

fn who(text: &str) -> Option<Who> {
    let kinds = ["admin", "api_key", "visitor", "system"];
    match kinds.into_iter().find(|kind| *kind == text) {
        Some(kind) => Some(Who::Kind(kind)),
        None => ApiKeyId::try_from(text.to_owned()).ok().map(Who::ApiKey),
    }
}

/// An instant as RFC 3339; without a zone it is UTC, a day is its beginning.
fn moment(text: &str) -> Option<Timestamp> {
    let forms =
        [text.to_owned(), format!("{text}Z"), format!("{text}:00Z"), format!("{text}T00:00:00Z")];
    let year = text.split('-').next().is_some_and(|year| year.len() == 4);
    year.then(|| forms.iter().find_map(|form| Timestamp::parse(form))).flatten()
}

/// What the record of an export says of it.
pub fn told(filter: &EventFilter) -> Value {
    let actions: Vec<&str> = filter.actions.iter().map(|action| action.as_str()).collect();
    json!({
        "actions": (!actions.is_empty()).then(|| actions.join(", ")),
        "who": filter.who.as_ref().map(|who| match who {
            Who::Kind(kind) => (*kind).to_owned(),
            Who::ApiKey(id) => id.to_string(),
        }),
        "of_account": filter.account_id,
        "from": filter.from.map(|at| at.to_string()),
        "to": filter.to.map(|at| at.to_string()),
        "of_request": filter.request_id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_read_whole_or_said_to_be_wrong() {
        assert_eq!(Given::default().read(), Ok(EventFilter::default()));
        let id = AccountId::new();
        let key = ApiKeyId::new();
        let given = Given {
            actions: &["admin.signed_in", "account.*", ""],
            who: key.as_str(),
            account_id: id.as_str(),
            from: "2026-11-23",
            to: "2026-11-23T10:30",
            request_id: " req_1 ",
        };
        let read = given.read().unwrap();
        assert!(read.actions.contains(&Action::SignedIn));
        assert!(read.actions.contains(&Action::AccountChecked));
        assert!(!read.actions.contains(&Action::SignedOut));
        assert_eq!(read.who, Some(Who::ApiKey(key)));
        assert_eq!(read.from, Timestamp::parse("2026-11-23T00:00:00Z"));
        assert_eq!(read.to, Timestamp::parse("2026-11-23T10:30:00Z"));
        assert_eq!(read.request_id.as_deref(), Some("req_1"));

        let nonsense = Given {
            actions: &["account", "nothing.*", "*"],
            who: "Jane",
            account_id: "1",
            from: "yesterday",
            to: "2026-13-01",
            request_id: "a\0b",
        };
        let names: Vec<_> =
            nonsense.read().unwrap_err().into_iter().map(|(name, _)| name).collect();
        let action = ["action"; 3];
        assert_eq!(
            names,
            [&action[..], &["who", "account_id", "from", "to", "request_id"]].concat()
        );
    }

    #[test]
    fn every_action_is_in_a_family() {
        for action in Action::ALL {
            let family =
                families().into_iter().find(|f| action.as_str().starts_with(&format!("{f}.")));
            assert!(actions_of(&format!("{}.*", family.unwrap())).contains(action), "{action:?}");
        }
    }
}
