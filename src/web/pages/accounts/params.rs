//! What stands in the URL of the Accounts page. Values that are not known count as not given.

use std::time::Duration;

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::model::account::AccountStatus;
use crate::store::{AccountQuery, Cursor, SortBy};
use crate::web::paths;

const PAGE: usize = 50;
const LONGEST: usize = 200;

pub const EXPIRES: [(&str, &str, Duration); 4] = [
    ("2h", "Within 2 hours", Duration::from_hours(2)),
    ("24h", "Within 24 hours", Duration::from_hours(24)),
    ("7d", "Within 7 days", Duration::from_hours(7 * 24)),
    ("30d", "Within 30 days", Duration::from_hours(30 * 24)),
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
}

impl Params {
    pub fn status(&self) -> Option<AccountStatus> {
        AccountStatus::parse(&self.status)
    }

    pub fn within(&self) -> Option<Duration> {
        EXPIRES.iter().find(|(value, ..)| *value == self.expires).map(|(.., within)| *within)
    }

    pub fn sort(&self) -> SortBy {
        match self.within() {
            Some(_) => SortBy::Expiry,
            None => SortBy::parse(&self.sort).unwrap_or_default(),
        }
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
            expires: self.within().map(|within| (now, now.plus(within))),
            sort: self.sort(),
            descending: self.descending(),
            from: Cursor::decode(&self.from, self.sort()),
            limit: PAGE,
            ..AccountQuery::default()
        }
    }

    /// The URL of the same list with other choices; it begins at the first page.
    pub fn href(&self, changes: &[(&str, &str)]) -> String {
        let given = [
            ("q", &self.q),
            ("status", &self.status),
            ("owner", &self.owner),
            ("expires", &self.expires),
            ("sort", &self.sort),
            ("order", &self.order),
        ];
        let kept = given
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept.chain(changes.iter().copied()).filter(|(_, v)| !v.is_empty()));
        match query.finish().as_str() {
            "" => paths::ACCOUNTS.to_owned(),
            query => format!("{}?{query}", paths::ACCOUNTS),
        }
    }
}
