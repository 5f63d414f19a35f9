//! What stands in the URL of the Accounts page. Values that are not known count as not given.

use std::time::Duration;

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::model::account::AccountStatus;
use crate::model::account::health::{DAY, Expires, Health};
use crate::store::{AccountQuery, Cursor, SortBy};
use crate::web::paths;

const PAGE: usize = 50;
const LONGEST: usize = 200;

/// Stands where a status stands, but is none.
pub const UNCHECKED: &str = "unchecked";

pub const EXPIRES: [(&str, &str, Expires); 7] = [
    ("2h", "Within 2 hours", Expires::Within(Duration::from_hours(2))),
    ("24h", "Within 24 hours", Expires::Within(DAY)),
    ("week", "In 1 to 7 days", Expires::ThisWeek),
    ("7d", "Within 7 days", Expires::Within(Duration::from_hours(7 * 24))),
    ("30d", "Within 30 days", Expires::Within(Duration::from_hours(30 * 24))),
    ("later", "In more than 7 days, or unknown", Expires::Later),
    ("past", "In the past", Expires::Past),
];

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    pub q: String,
    pub status: String,
    pub owner: String,
    pub expires: String,
    pub sort: String,
    pub order: String,
    pub from: String,
    /// The account that has just been linked, to be marked.
    pub linked: String,
    /// What became of the key of the account that has just been unlinked.
    pub unlinked: String,
    /// Not empty: every row of the page is ticked.
    pub select: String,
    /// What became of the ticked accounts: `tested` or `nothing`, of how many, and how many are gone.
    pub did: String,
    pub count: String,
    pub gone: String,
}

impl Params {
    pub fn status(&self) -> Option<AccountStatus> {
        AccountStatus::parse(&self.status)
    }

    pub fn unchecked(&self) -> bool {
        self.status == UNCHECKED
    }

    pub fn within(&self) -> Option<Expires> {
        EXPIRES.iter().find(|(value, ..)| *value == self.expires).map(|(.., within)| *within)
    }

    /// The list of a class, and of nothing else.
    pub fn of_class(class: Health) -> Self {
        let expires = EXPIRES.iter().find(|(.., expires)| Some(*expires) == class.expires());
        Self {
            status: class.status().as_str().to_owned(),
            expires: expires.map(|(value, ..)| (*value).to_owned()).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Whether both filter for the same, whatever else they look for.
    pub fn filters_as(&self, other: &Self) -> bool {
        self.status == other.status && self.expires == other.expires
    }

    pub fn sort(&self) -> SortBy {
        match self.within() {
            _ if self.unchecked() => SortBy::Unchecked,
            Some(_) => SortBy::Expiry,
            None => SortBy::parse(&self.sort).unwrap_or_default(),
        }
    }

    /// A list of what expires in a time, or is not checked, is sorted by that and by nothing else.
    pub fn sortable(&self) -> bool {
        self.within().is_none() && !self.unchecked()
    }

    /// The newest link first; names and expiries from the beginning, unless told otherwise.
    pub fn descending(&self) -> bool {
        match self.order.as_str() {
            "asc" => false,
            "desc" => true,
            _ => self.sort() == SortBy::Linked,
        }
    }

    pub fn filtered(&self) -> bool {
        !self.q.trim().is_empty()
            || self.status().is_some()
            || !self.owner.is_empty()
            || self.within().is_some()
            || self.unchecked()
    }

    pub fn account_query(&self, now: Timestamp) -> AccountQuery {
        let clean = |text: &str| text.chars().filter(|c| *c != '\0').take(LONGEST).collect();
        AccountQuery {
            search: clean(&self.q),
            statuses: self.status().into_iter().collect(),
            owner_ids: Some(clean(&self.owner))
                .into_iter()
                .filter(|owner| !owner.is_empty())
                .collect(),
            expires: self.within().map(|within| within.range(now)),
            unchecked: self.unchecked(),
            sort: self.sort(),
            descending: self.descending(),
            from: Cursor::decode(&self.from, self.sort()),
            limit: PAGE,
            ..AccountQuery::default()
        }
    }

    /// What is chosen, as fields of a form and of a URL.
    pub fn filter(&self) -> [(&'static str, String); 6] {
        [
            ("q", &self.q),
            ("status", &self.status),
            ("owner", &self.owner),
            ("expires", &self.expires),
            ("sort", &self.sort),
            ("order", &self.order),
        ]
        .map(|(name, value)| (name, value.clone()))
    }

    /// The URL of the same list with other choices; it begins at the first page.
    pub fn href(&self, changes: &[(&str, &str)]) -> String {
        self.href_to(paths::ACCOUNTS, changes)
    }

    /// As [`Params::href`], of another path that reads the same choices.
    pub fn href_to(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let given = self.filter();
        let kept = given
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept.chain(changes.iter().copied()).filter(|(_, v)| !v.is_empty()));
        match query.finish().as_str() {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}
