//! What stands in the URL of the Events page.

use serde::Deserialize;

use super::{Action, Event, what};
use crate::clock::Timestamp;
use crate::id::EventId;
use crate::model::api_key::ApiKey;
use crate::store::{EventFilter, Turn};
use crate::web::components::Choice;
use crate::web::events::filter::{Given, Wrong, families};
use crate::web::paths;

/// So many API keys are offered; others are found by their id in the URL.
const KEYS: usize = 50;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    pub action: String,
    pub who: String,
    pub account_id: String,
    pub from: String,
    pub to: String,
    pub request_id: String,
    /// The line that the page's first one is older than.
    pub before: String,
    /// The line that the page's last one is newer than.
    pub after: String,
}

impl Params {
    fn given(&self) -> [(&'static str, &str); 6] {
        [
            ("action", self.action.trim()),
            ("who", self.who.trim()),
            ("account_id", self.account_id.trim()),
            ("from", self.from.trim()),
            ("to", self.to.trim()),
            ("request_id", self.request_id.trim()),
        ]
    }

    pub fn filtered(&self) -> bool {
        self.given().iter().any(|(_, value)| !value.is_empty())
    }

    pub fn filter(&self) -> Result<EventFilter, Vec<Wrong>> {
        Given {
            actions: &[self.action.trim()],
            who: &self.who,
            account_id: &self.account_id,
            from: &self.from,
            to: &self.to,
            request_id: &self.request_id,
        }
        .read()
    }

    /// A place that is not one counts as not given.
    pub fn turn(&self) -> Option<Turn> {
        let newer = place(&self.after).map(|(at, id)| Turn::Newer(at, id));
        newer.or_else(|| place(&self.before).map(|(at, id)| Turn::Older(at, id)))
    }

    /// The same filter at this path, from its beginning.
    pub fn href(&self, path: &str) -> String {
        self.href_with(path, None)
    }

    /// The page beside this line.
    pub fn turned(&self, name: &'static str, event: &Event) -> String {
        let place = format!("{}.{}", event.at.as_millis(), event.id);
        self.href_with(paths::EVENTS, Some((name, &place)))
    }

    fn href_with(&self, path: &str, place: Option<(&'static str, &str)>) -> String {
        let pairs = self.given().into_iter().chain(place).filter(|(_, value)| !value.is_empty());
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs);
        match query.finish().as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

fn place(text: &str) -> Option<(Timestamp, EventId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), EventId::try_from(id.to_owned()).ok()?))
}

/// Families first, then each action.
pub fn actions(chosen: &str) -> Vec<Choice> {
    let choice = |value: String, text: String| Choice { chosen: value == chosen, value, text };
    let any = choice(String::new(), "Everything".to_owned());
    let families = families().into_iter().map(|family| {
        let name = family.replace('_', " ");
        choice(format!("{family}.*"), format!("All of {name}"))
    });
    let actions = Action::ALL.iter().map(|action| {
        choice(action.as_str().to_owned(), format!("{} ({})", what(*action), action.as_str()))
    });
    std::iter::once(any).chain(families).chain(actions).collect()
}

pub fn actors(chosen: &str, keys: &[ApiKey]) -> Vec<Choice> {
    let choice = |value: &str, text: String| Choice {
        value: value.to_owned(),
        text,
        chosen: value == chosen,
    };
    let kinds = [
        ("", "Everybody"),
        ("admin", "Admin"),
        ("api_key", "Any API key"),
        ("visitor", "Visitors"),
        ("system", "linkhub itself"),
    ];
    let kinds = kinds.into_iter().map(|(value, text)| choice(value, text.to_owned()));
    let offered = |(n, key): &(usize, &ApiKey)| *n < KEYS || key.id.as_str() == chosen;
    let keys = keys.iter().enumerate().filter(offered);
    let keys = keys.map(|(_, key)| choice(key.id.as_str(), format!("{} (API key)", key.name)));
    kinds.chain(keys).collect()
}
