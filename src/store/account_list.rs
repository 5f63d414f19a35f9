//! The SQL of the Accounts page: filtered, sorted and keyset-paged by index, so that a million accounts
//! cost what a hundred cost.

mod cursor;
mod select;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::{Account, AccountStatus};
use crate::store::account_search::{Reach, Search, begins_with, has_word};
use crate::store::accounts::{AccountRow, columns};
use crate::store::sql::sql;
use crate::store::{Store, StoreError};

pub use cursor::{Cursor, SortBy};
use select::{Part, filter, fits, from_here, sorted};

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
