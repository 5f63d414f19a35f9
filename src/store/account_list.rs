//! The SQL of the Accounts page: filtered, sorted and keyset-paged by index, so that a million accounts
//! cost what a hundred cost.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::{Account, AccountStatus};
use crate::store::account_terms::{end_of_prefix, searched};
use crate::store::accounts::{AccountRow, columns};
use crate::store::sql::{Statement, Value, sql};
use crate::store::{Store, StoreError};

/// A word that more accounts have is looked for while walking the sort index, where hits are near;
/// a rarer one is looked up first and its few hits are sorted.
const COMMON: i64 = 5_000;
/// More words of a search are ignored.
const SEARCH_WORDS: usize = 6;
/// Sorts an unknown expiry last; also in the index, so both must say the same.
const UNKNOWN_EXPIRY: i64 = i64::MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    #[default]
    Linked,
    Expiry,
    Checked,
    Name,
    Owner,
}

impl SortBy {
    pub const ALL: [Self; 5] = [Self::Linked, Self::Expiry, Self::Checked, Self::Name, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Expiry => "expiry",
            Self::Checked => "checked",
            Self::Name => "name",
            Self::Owner => "owner",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    const fn expression(self) -> &'static str {
        match self {
            Self::Linked => "linked_at",
            Self::Expiry => "COALESCE(key_expires_at, 9223372036854775807)",
            Self::Checked => "last_checked_at",
            Self::Name => "name_key",
            Self::Owner => "owner_key",
        }
    }

    fn key_of(self, account: &Account) -> CursorKey {
        let millis = |at: Timestamp| CursorKey::Integer(at.as_millis());
        match self {
            Self::Linked => millis(account.linked_at),
            Self::Expiry => {
                account.key.expires_at.map_or(CursorKey::Integer(UNKNOWN_EXPIRY), millis)
            }
            Self::Checked => millis(account.last_checked_at),
            Self::Name => CursorKey::Text(super::accounts::name_key(account)),
            Self::Owner => CursorKey::Text(account.owner.name.to_lowercase()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum CursorKey {
    Integer(i64),
    Text(String),
}

impl From<&CursorKey> for Value {
    fn from(key: &CursorKey) -> Self {
        match key {
            CursorKey::Integer(integer) => (*integer).into(),
            CursorKey::Text(text) => text.into(),
        }
    }
}

/// A place in a sorted list: the row that a page begins behind (or ends before).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    sort: SortBy,
    backwards: bool,
    key: CursorKey,
    id: String,
}

impl Cursor {
    /// Text for a URL.
    pub fn encode(&self) -> String {
        let parts = serde_json::json!([self.sort.as_str(), self.backwards, self.key, self.id]);
        URL_SAFE_NO_PAD.encode(parts.to_string())
    }

    /// `None` if the text is no cursor of a list that is sorted so.
    pub fn decode(text: &str, sort: SortBy) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sorted, backwards, key, id): (String, bool, CursorKey, String) =
            serde_json::from_slice(&bytes).ok()?;
        let textual = matches!(sort, SortBy::Name | SortBy::Owner);
        let fits = sorted == sort.as_str() && textual == matches!(key, CursorKey::Text(_));
        let clean = |text: &str| !text.contains('\0');
        let plain = clean(&id) && !matches!(&key, CursorKey::Text(text) if !clean(text));
        (fits && plain).then_some(Self { sort, backwards, key, id })
    }
}

/// Which accounts, in which order, from where.
#[derive(Debug, Clone, Default)]
pub struct AccountQuery {
    /// Every word must begin a word of the account.
    pub search: String,
    /// Only these accounts; `None` for all.
    pub ids: Option<Vec<AccountId>>,
    /// Any of these statuses; none for all.
    pub statuses: Vec<AccountStatus>,
    /// Of any of these owners; none for all.
    pub owner_ids: Vec<String>,
    /// Keys that expire in this time, both ends included. Such a list is sorted by expiry.
    pub expires: Option<(Timestamp, Timestamp)>,
    pub sort: SortBy,
    pub descending: bool,
    pub from: Option<Cursor>,
    /// Accounts that are passed over; they are read all the same, so a cursor is better.
    pub skip: usize,
    pub limit: usize,
}

#[derive(Debug)]
pub struct AccountPage {
    pub accounts: Vec<Account>,
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
}

impl Store {
    pub async fn list_accounts(&self, query: &AccountQuery) -> Result<AccountPage, StoreError> {
        let search = self.plan_search(&query.search).await?;
        let backwards = query.from.as_ref().is_some_and(|cursor| cursor.backwards);
        let select = sorted(query, &search);
        let rows: Vec<AccountRow> = self.fetch_all(select).await?;
        let more = rows.len() > query.limit;
        let mut accounts = rows
            .into_iter()
            .take(query.limit)
            .map(Account::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        if backwards {
            accounts.reverse();
        }
        let cursor = |backwards, account: Option<&Account>| {
            account.map(|account| Cursor {
                sort: query.sort,
                backwards,
                key: query.sort.key_of(account),
                id: account.id.to_string(),
            })
        };
        let earlier = if backwards { more } else { query.from.is_some() || query.skip > 0 };
        let later = if backwards { true } else { more };
        Ok(AccountPage {
            previous: cursor(true, accounts.first().filter(|_| earlier)),
            next: cursor(false, accounts.last().filter(|_| later)),
            accounts,
        })
    }

    /// How many accounts the query finds; counts no further than `most`.
    pub async fn count_accounts(&self, query: &AccountQuery, most: i64) -> Result<i64, StoreError> {
        let search = self.plan_search(&query.search).await?;
        let mut count = sql("SELECT count(*) FROM (SELECT 1");
        filter(&mut count, query, &search, Part::Whole);
        count.push(" LIMIT ").push_bind(most).push(") AS found");
        self.fetch_count(count).await
    }

    /// Finds out which word of a search is the rarest.
    async fn plan_search(&self, search: &str) -> Result<Search, StoreError> {
        let mut words = searched(search);
        words.truncate(SEARCH_WORDS);
        let mut rarest: Option<(usize, i64)> = None;
        for (at, word) in words.iter().enumerate() {
            let mut count = sql("SELECT count(*) FROM (SELECT 1 FROM account_terms WHERE ");
            begins_with(&mut count, word);
            count.push(" LIMIT ").push_bind(COMMON + 1).push(") AS found");
            let found = self.fetch_count(count).await?;
            if rarest.is_none_or(|(_, fewest)| found < fewest) {
                rarest = Some((at, found));
            }
        }
        let rare = rarest.filter(|(_, found)| *found <= COMMON).map(|(at, _)| words.remove(at));
        Ok(Search { rare, others: words })
    }
}

/// A search word that is looked up first, if one is rare, and those that only filter.
struct Search {
    rare: Option<String>,
    others: Vec<String>,
}

/// A list that is read by one walk along an index.
#[derive(Clone, Copy)]
enum Part<'a> {
    Whole,
    OfOwner(&'a str),
    OfStatus(AccountStatus),
}

/// Several owners or statuses are several walks, each along its own index and no longer than a page;
/// one walk for all would pass over what nobody asked for.
fn parts(query: &AccountQuery) -> Vec<Part<'_>> {
    if query.ids.is_some() {
        vec![Part::Whole]
    } else if query.owner_ids.len() > 1 {
        let owners: BTreeSet<&str> = query.owner_ids.iter().map(String::as_str).collect();
        owners.into_iter().map(Part::OfOwner).collect()
    } else if query.owner_ids.is_empty() && query.statuses.len() > 1 {
        let wanted =
            AccountStatus::ALL.into_iter().filter(|status| query.statuses.contains(status));
        wanted.map(Part::OfStatus).collect()
    } else {
        vec![Part::Whole]
    }
}

fn sorted(query: &AccountQuery, search: &Search) -> Statement {
    let backwards = query.from.as_ref().is_some_and(|cursor| cursor.backwards);
    let descending = query.descending != backwards;
    let limit = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let skip = i64::try_from(query.skip).unwrap_or(i64::MAX);
    let walk = |select: &mut Statement, part: Part<'_>| {
        let sort = query.sort.expression();
        select.push(concat!("SELECT ", columns!(), ", name_key, owner_key"));
        filter(select, query, search, part);
        if let Some(cursor) = &query.from {
            let beyond = if descending { ", id) < (" } else { ", id) > (" };
            select.push(" AND (").push(sort).push(beyond);
            select.push_bind(&cursor.key).push(", ").push_bind(&cursor.id).push(")");
        }
        order(select, query, descending);
    };
    let parts = parts(query);
    let mut select = sql("");
    if let [part] = parts.as_slice() {
        walk(&mut select, *part);
        select.push_bind(limit);
    } else {
        for (at, part) in parts.into_iter().enumerate() {
            let before = "SELECT * FROM (SELECT * FROM (";
            select.push(if at == 0 { before } else { " UNION ALL SELECT * FROM (" });
            walk(&mut select, part);
            select.push_bind(limit.saturating_add(skip)).push(") AS part");
        }
        select.push(") AS parts");
        order(&mut select, query, descending);
        select.push_bind(limit);
    }
    if query.skip > 0 {
        select.push(" OFFSET ").push_bind(skip);
    }
    select
}

fn order(select: &mut Statement, query: &AccountQuery, descending: bool) {
    select.push(" ORDER BY ").push(query.sort.expression()).push(if descending {
        " DESC, id DESC LIMIT "
    } else {
        ", id LIMIT "
    });
}

/// From `FROM` to the end of the conditions that do not depend on the place in the list.
fn filter(select: &mut Statement, query: &AccountQuery, search: &Search, part: Part<'_>) {
    // SQLite keeps the order of a CROSS JOIN: the few hits first, then their accounts.
    if let Some(word) = &search.rare {
        select.push(" FROM (SELECT DISTINCT account_id FROM account_terms WHERE ");
        begins_with(select, word);
        select.push(") AS hits CROSS JOIN accounts WHERE id = hits.account_id");
    } else {
        select.push(" FROM accounts WHERE 1 = 1");
    }
    for word in &search.others {
        select.push(
            " AND EXISTS (SELECT 1 FROM account_terms WHERE account_terms.account_id = accounts.id AND ",
        );
        begins_with(select, word);
        select.push(")");
    }
    if let Some(ids) = &query.ids {
        // No account has an empty id.
        let ids = ids.iter().map(AccountId::as_str).chain(ids.is_empty().then_some(""));
        one_of(select, " AND id IN (", ids);
    }
    match part {
        Part::OfStatus(status) => {
            select.push(" AND status = ").push_bind(status.as_str());
        }
        _ => one_of(select, " AND status IN (", query.statuses.iter().map(|s| s.as_str())),
    }
    match part {
        Part::OfOwner(owner) => {
            select.push(" AND owner_id = ").push_bind(owner);
        }
        _ => one_of(select, " AND owner_id IN (", query.owner_ids.iter().map(String::as_str)),
    }
    if let Some((earliest, latest)) = query.expires {
        let expiry = SortBy::Expiry.expression();
        select.push(" AND ").push(expiry).push(" >= ").push_bind(earliest);
        select.push(" AND ").push(expiry).push(" <= ").push_bind(latest);
    }
}

fn begins_with(select: &mut Statement, word: &str) {
    select.push("term >= ").push_bind(word).push(" AND term < ").push_bind(end_of_prefix(word));
}

/// Nothing if there are no values.
fn one_of<'a>(select: &mut Statement, column: &'static str, values: impl Iterator<Item = &'a str>) {
    let mut any = false;
    for value in values {
        select.push(if any { ", " } else { column }).push_bind(value);
        any = true;
    }
    if any {
        select.push(")");
    }
}
