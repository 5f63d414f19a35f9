//! The SQL of the Accounts page: filtered, sorted and keyset-paged by index, so that a million accounts
//! cost what a hundred cost.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::id::AccountId;
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
    /// Since when checks have had no answer. Only lists of such accounts are sorted so.
    Unchecked,
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
            Self::Unchecked => "unchecked",
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
            Self::Unchecked => "unchecked_since",
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
            Self::Unchecked => millis(account.unchecked_since.unwrap_or(account.last_checked_at)),
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
    /// The row itself is in the page too.
    included: bool,
}

impl Cursor {
    /// The page that ends where a page from here begins, or the other way round.
    fn turned(&self) -> Self {
        Self { backwards: !self.backwards, included: !self.included, ..self.clone() }
    }

    /// Text for a URL.
    pub fn encode(&self) -> String {
        let sort = self.sort.as_str();
        let parts = if self.included {
            serde_json::json!([sort, self.backwards, self.key, self.id, true])
        } else {
            serde_json::json!([sort, self.backwards, self.key, self.id])
        };
        URL_SAFE_NO_PAD.encode(parts.to_string())
    }

    /// `None` if the text is no cursor of a list that is sorted so.
    pub fn decode(text: &str, sort: SortBy) -> Option<Self> {
        type Parts = (String, bool, CursorKey, String);
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sorted, backwards, key, id, included) = match serde_json::from_slice::<Parts>(&bytes) {
            Ok((sorted, backwards, key, id)) => (sorted, backwards, key, id, false),
            Err(_) => serde_json::from_slice(&bytes).ok()?,
        };
        let textual = matches!(sort, SortBy::Name | SortBy::Owner);
        let fits = sorted == sort.as_str() && textual == matches!(key, CursorKey::Text(_));
        let clean = |text: &str| !text.contains('\0');
        let plain = clean(&id) && !matches!(&key, CursorKey::Text(text) if !clean(text));
        (fits && plain).then_some(Self { sort, backwards, key, id, included })
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
    /// Only those whose last checks had no answer. Such a list is sorted by since when.
    pub unchecked: bool,
    pub sort: SortBy,
    pub descending: bool,
    pub from: Option<Cursor>,
    /// Accounts that are passed over; they are read all the same, so a cursor is better.
    pub skip: usize,
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
        let select = sorted(query, &search, end.as_ref());
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
        let earlier = if backwards { more } else { query.from.is_some() || query.skip > 0 };
        let later = if backwards { true } else { more };
        // Without a row to begin from, the way back leads from where this page began.
        let turned = query.from.as_ref().filter(|_| accounts.is_empty()).map(Cursor::turned);
        let first = accounts.first().filter(|_| earlier).map(|first| query.cursor(true, first));
        let last = accounts.last().filter(|_| later).map(|last| query.cursor(false, last));
        let first = first.or(turned.clone().filter(|_| !backwards));
        let last = last.or(turned.filter(|_| backwards));
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
        filter(&mut select, query, &Search::default(), Part::Whole);
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
            filter(&mut count, query, &search, Part::Whole);
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
            fits(&mut count, query, Part::Whole);
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
        self.ids.is_some()
            || !self.statuses.is_empty()
            || !self.owner_ids.is_empty()
            || self.expires.is_some()
            || self.unchecked
    }

    fn cursor(&self, backwards: bool, account: &Account) -> Cursor {
        Cursor {
            sort: self.sort,
            backwards,
            key: self.sort.key_of(account),
            id: account.id.to_string(),
            included: false,
        }
    }
}

/// From the place of the query, to `end` at most, in order, up to a limit that is still to follow.
fn from_here(select: &mut Statement, query: &AccountQuery, end: Option<&Cursor>) {
    let descending = query.descending != query.backwards();
    let sort = query.sort.column();
    let included = query.from.as_ref().is_some_and(|place| place.included);
    let behind = match (descending, included) {
        (true, false) => ", id) < (",
        (true, true) => ", id) <= (",
        (false, false) => ", id) > (",
        (false, true) => ", id) >= (",
    };
    let before = if descending { ", id) >= (" } else { ", id) <= (" };
    for (compared, place) in [(behind, query.from.as_ref()), (before, end)] {
        if let Some(place) = place {
            select.push(" AND (").push(sort).push(compared);
            select.push_bind(&place.key).push(", ").push_bind(&place.id).push(")");
        }
    }
    in_order(select, query);
}

fn in_order(select: &mut Statement, query: &AccountQuery) {
    let descending = query.descending != query.backwards();
    select.push(" ORDER BY ").push(query.sort.column()).push(if descending {
        " DESC, id DESC LIMIT "
    } else {
        ", id LIMIT "
    });
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

fn sorted(query: &AccountQuery, search: &Search, end: Option<&Cursor>) -> Statement {
    let limit = i64::try_from(query.limit + 1).unwrap_or(i64::MAX);
    let skip = i64::try_from(query.skip).unwrap_or(i64::MAX);
    let walk = |select: &mut Statement, part: Part<'_>| {
        select.push(concat!("SELECT ", columns!(), ", name_key, owner_key, expiry_key"));
        filter(select, query, search, part);
        from_here(select, query, end);
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
        in_order(&mut select, query);
        select.push_bind(limit);
    }
    if query.skip > 0 {
        select.push(" OFFSET ").push_bind(skip);
    }
    select
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
        has_word(select, "accounts.id", word);
    }
    fits(select, query, part);
}

/// What the query asks of an account beside words.
fn fits(select: &mut Statement, query: &AccountQuery, part: Part<'_>) {
    if let Some(ids) = &query.ids {
        // No account has an empty id.
        let ids = ids.iter().map(AccountId::as_str).chain(ids.is_empty().then_some(""));
        one_of(select, " AND id IN (", ids);
    }
    // An owner has few accounts, a status many: only the owner's index may be used, and among those that
    // are not checked only theirs.
    let narrow = !query.owner_ids.is_empty() || query.unchecked;
    let column = if narrow { " AND status || '' IN (" } else { " AND status IN (" };
    if let Part::OfStatus(status) = part {
        select.push(" AND status = ").push_bind(status.as_str());
    } else {
        one_of(select, column, query.statuses.iter().map(|status| status.as_str()));
    }
    if let Part::OfOwner(owner) = part {
        select.push(" AND owner_id = ").push_bind(owner);
    } else {
        one_of(select, " AND owner_id IN (", query.owner_ids.iter().map(String::as_str));
    }
    if query.unchecked {
        select.push(" AND unchecked_since IS NOT NULL");
    }
    if let Some((earliest, latest)) = query.expires {
        select.push(" AND expiry_key >= ").push_bind(earliest);
        select.push(" AND expiry_key <= ").push_bind(latest);
    }
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
