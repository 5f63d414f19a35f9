//! The SQL of the Accounts page: filtered, sorted and keyset-paged by index, so that a million accounts
//! cost what a hundred cost.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::model::account::{Account, AccountStatus};
use crate::store::account_search::{Reach, Search, begins_with, has_word};
use crate::store::accounts::{AccountRow, columns};
use crate::store::sql::{Statement, Value, sql};
use crate::store::{Store, StoreError};

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
    pub reach: Reach,
}

#[derive(Debug)]
pub struct AccountPage {
    pub accounts: Vec<Account>,
    pub previous: Option<Cursor>,
    pub next: Option<Cursor>,
    /// The search has looked as far as it may for one page, and goes on where this leads: the page may
    /// have few accounts or none.
    pub further: Option<Cursor>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountCount {
    pub found: i64,
    /// There may be more: counting went no further.
    pub at_least: bool,
}

impl Store {
    pub async fn list_accounts(&self, query: &AccountQuery) -> Result<AccountPage, StoreError> {
        let search = self.plan_search(query).await?;
        let end = self.end_of_walk(query, &search).await?;
        let mut select = sql(concat!("SELECT ", columns!()));
        filter(&mut select, query, &search);
        from_here(&mut select, query, end.as_ref());
        select.push_bind(i64::try_from(query.limit + 1).unwrap_or(i64::MAX));

        let rows: Vec<AccountRow> = self.fetch_all(select).await?;
        let more = rows.len() > query.limit;
        let mut accounts = rows
            .into_iter()
            .take(query.limit)
            .map(Account::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        let backwards = query.backwards();
        if backwards {
            accounts.reverse();
        }
        let further = end.filter(|_| !more);
        let earlier = if backwards { more } else { query.from.is_some() };
        let later = if backwards { true } else { more };
        let first = accounts.first().filter(|_| earlier).map(|first| query.cursor(true, first));
        let last = accounts.last().filter(|_| later).map(|last| query.cursor(false, last));
        Ok(AccountPage {
            previous: further.clone().filter(|_| backwards).or(first),
            next: further.clone().filter(|_| !backwards).or(last),
            further,
            accounts,
        })
    }

    /// The last account that a page looks at, if only common words are searched for and there are
    /// more accounts behind it.
    async fn end_of_walk(
        &self,
        query: &AccountQuery,
        search: &Search,
    ) -> Result<Option<Cursor>, StoreError> {
        if search.rare.is_some() || search.others.is_empty() {
            return Ok(None);
        }
        let mut select = sql(concat!("SELECT ", columns!()));
        filter(&mut select, query, &Search::default());
        from_here(&mut select, query, None);
        select.push("2 OFFSET ").push_bind(query.reach.walk - 1);
        let rows: Vec<AccountRow> = self.fetch_all(select).await?;
        let behind = rows.len() > 1;
        let last = rows.into_iter().next().filter(|_| behind).map(Account::try_from).transpose()?;
        Ok(last.map(|last| query.cursor(query.backwards(), &last)))
    }

    /// How many accounts the query finds; counts no further than `most`.
    pub async fn count_accounts(
        &self,
        query: &AccountQuery,
        most: i64,
    ) -> Result<AccountCount, StoreError> {
        let search = self.plan_search(query).await?;
        let Some(word) = search.rare.as_ref().or(search.others.first()) else {
            let mut count = sql("SELECT count(*) FROM (SELECT 1");
            filter(&mut count, query, &search);
            count.push(" LIMIT ").push_bind(most).push(") AS found");
            let found = self.fetch_count(count).await?;
            return Ok(AccountCount { found, at_least: found >= most });
        };
        // The words alone tell, without a look at the accounts, where nothing else is asked for.
        let mut count = sql("SELECT count(*) FROM (SELECT DISTINCT account_id FROM \
             (SELECT account_id FROM account_terms WHERE ");
        begins_with(&mut count, word);
        count.push(" LIMIT ").push_bind(query.reach.walk).push(") AS hits WHERE 1 = 1");
        let others = &search.others[usize::from(search.rare.is_none())..];
        for word in others {
            has_word(&mut count, "hits.account_id", word);
        }
        if query.filters() {
            count.push(" AND EXISTS (SELECT 1 FROM accounts WHERE accounts.id = hits.account_id");
            fits(&mut count, query);
            count.push(")");
        }
        count.push(" LIMIT ").push_bind(most).push(") AS found");
        let found = self.fetch_count(count).await?;
        let at_least = found >= most
            || (search.rare.is_none()
                && self.count_hits(word, query.reach.walk + 1).await? > query.reach.walk);
        Ok(AccountCount { found, at_least })
    }
}

impl AccountQuery {
    fn backwards(&self) -> bool {
        self.from.as_ref().is_some_and(|cursor| cursor.backwards)
    }

    fn filters(&self) -> bool {
        self.status.is_some() || self.owner_id.is_some() || self.expires.is_some()
    }

    fn cursor(&self, backwards: bool, account: &Account) -> Cursor {
        Cursor {
            sort: self.sort,
            backwards,
            key: self.sort.key_of(account),
            id: account.id.to_string(),
        }
    }
}

/// From the place of the query, to `end` at most, in order, up to a limit that is still to follow.
fn from_here(select: &mut Statement, query: &AccountQuery, end: Option<&Cursor>) {
    let descending = query.descending != query.backwards();
    let sort = query.sort.column();
    let behind = if descending { ", id) < (" } else { ", id) > (" };
    let before = if descending { ", id) >= (" } else { ", id) <= (" };
    for (compared, place) in [(behind, query.from.as_ref()), (before, end)] {
        if let Some(place) = place {
            select.push(" AND (").push(sort).push(compared);
            select.push_bind(&place.key).push(", ").push_bind(&place.id).push(")");
        }
    }
    select.push(" ORDER BY ").push(sort).push(if descending {
        " DESC, id DESC LIMIT "
    } else {
        ", id LIMIT "
    });
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
        has_word(select, "accounts.id", word);
    }
    fits(select, query);
}

/// What the query asks of an account beside words.
fn fits(select: &mut Statement, query: &AccountQuery) {
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
