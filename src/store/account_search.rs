//! The SQL of a search for words: which word is looked up, which are tested, and how far.

use crate::store::account_list::AccountQuery;
use crate::store::account_terms::{end_of_prefix, searched};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

/// More words of a search are ignored.
const SEARCH_WORDS: usize = 6;
/// How far a search looks, so that none takes long however many accounts there are. Tests make it small.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// A word that more accounts have is looked for while walking the sort index, where hits are near;
    /// a rarer one is looked up first and its few hits are sorted.
    pub common: i64,
    /// With common words only, a page and a count look through so many accounts: words that each
    /// are common may never stand together. No less than `common`.
    pub walk: i64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { common: 3_000, walk: 20_000 }
    }
}

/// A search word that is looked up first, if one is rare, and those that only filter.
#[derive(Debug, Default)]
pub(super) struct Search {
    pub rare: Option<String>,
    pub others: Vec<String>,
}

impl Store {
    /// Finds out which word of a search is the rarest.
    pub(super) async fn plan_search(&self, query: &AccountQuery) -> Result<Search, StoreError> {
        let mut words = searched(&query.search);
        words.truncate(SEARCH_WORDS);
        let common = query.reach.common;
        let mut rarest: Option<(usize, i64)> = None;
        for (at, word) in words.iter().enumerate() {
            let found = self.count_hits(word, common + 1).await?;
            if rarest.is_none_or(|(_, fewest)| found < fewest) {
                rarest = Some((at, found));
            }
        }
        let rare = rarest.filter(|(_, found)| *found <= common).map(|(at, _)| words.remove(at));
        Ok(Search { rare, others: words })
    }

    /// In how many terms of accounts a word is found; counts no further than `most`.
    pub(super) async fn count_hits(&self, word: &str, most: i64) -> Result<i64, StoreError> {
        let mut count = sql("SELECT count(*) FROM (SELECT 1 FROM account_terms WHERE ");
        begins_with(&mut count, word);
        count.push(" LIMIT ").push_bind(most).push(") AS found");
        self.fetch_count(count).await
    }
}

/// One more condition: the account has the word.
pub(super) fn has_word(select: &mut Statement, account_id: &'static str, word: &str) {
    select.push(" AND EXISTS (SELECT 1 FROM account_terms WHERE account_terms.account_id = ");
    select.push(account_id).push(" AND ");
    begins_with(select, word);
    select.push(")");
}

pub(super) fn begins_with(select: &mut Statement, word: &str) {
    select.push("term >= ").push_bind(word).push(" AND term < ").push_bind(end_of_prefix(word));
}
