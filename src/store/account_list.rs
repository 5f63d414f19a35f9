//! The SQL of the Accounts page: filtered, sorted and keyset-paged by index, so that a million accounts
//! cost what a hundred cost.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
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

    const fn column(self) -> &'static str {
        match self {
            Self::Linked => "linked_at",
            Self::Expiry => "expiry_key",
            Self::Checked => "last_checked_at",
            Self::Name => "name_key",
            Self::Owner => "owner_key",
        }
    }

    fn key_of(self, account: &Account) -> CursorKey {
        let millis = |at: Timestamp| CursorKey::Integer(at.as_millis());
        match self {
            Self::Linked => millis(account.linked_at),
            Self::Expiry => CursorKey::Integer(super::accounts::expiry_key(account)),
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
    pub status: Option<AccountStatus>,
    pub owner_id: Option<String>,
    /// Keys that expire in this time, both ends included. Such a list is sorted by expiry.
    pub expires: Option<(Timestamp, Timestamp)>,
    pub sort: SortBy,
    pub descending: bool,
    pub from: Option<Cursor>,
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
        let descending = query.descending != backwards;
        let sort = query.sort.column();

        let mut select = sql(concat!("SELECT ", columns!()));
        filter(&mut select, query, &search);
        if let Some(cursor) = &query.from {
            select.push(" AND (").push(sort).push(if descending {
                ", id) < ("
            } else {
                ", id) > ("
            });
            select.push_bind(&cursor.key).push(", ").push_bind(&cursor.id).push(")");
        }
        select.push(" ORDER BY ").push(sort).push(if descending {
            " DESC, id DESC LIMIT "
        } else {
            ", id LIMIT "
        });
        select.push_bind(i64::try_from(query.limit + 1).unwrap_or(i64::MAX));

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
        let earlier = if backwards { more } else { query.from.is_some() };
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
        filter(&mut count, query, &search);
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

/// From `FROM` to the end of the conditions that do not depend on the place in the list.
fn filter(select: &mut Statement, query: &AccountQuery, search: &Search) {
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
    if let Some(status) = query.status {
        // An owner has few accounts, a status many: only the owner's index may be used.
        let column = if query.owner_id.is_some() { "status || ''" } else { "status" };
        select.push(" AND ").push(column).push(" = ").push_bind(status.as_str());
    }
    if let Some(owner_id) = &query.owner_id {
        select.push(" AND owner_id = ").push_bind(owner_id);
    }
    if let Some((earliest, latest)) = query.expires {
        select.push(" AND expiry_key >= ").push_bind(earliest);
        select.push(" AND expiry_key <= ").push_bind(latest);
    }
}

fn begins_with(select: &mut Statement, word: &str) {
    select.push("term >= ").push_bind(word).push(" AND term < ").push_bind(end_of_prefix(word));
}
