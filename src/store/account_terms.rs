//! Table `account_terms`: the words by which an account is found, searched by their beginnings.
//! Search stays an index look-up on both engines, whatever the number of accounts.

use std::collections::BTreeSet;

use crate::id::AccountId;
use crate::model::account::Account;
use crate::store::sql::{Statement, sql};

/// A longer word is cut; so is the searched one.
const LONGEST: usize = 40;
/// The rows of one insert. Fewer words are filled up by repeating the first, so that the text of
/// the statement stays the same and is prepared once.
const ROWS: usize = 20;

/// The words of a text, folded to lower case.
pub fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST).collect())
        .collect()
}

/// The words of a search. An account's id stands among the terms without its prefix, which all share.
pub fn searched(text: &str) -> Vec<String> {
    text.split_whitespace()
        .flat_map(|part| words(part.strip_prefix("acc_").unwrap_or(part)))
        .collect()
}

/// Chinese and Japanese write without blanks, so there a word can begin at every character.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn terms(account: &Account) -> BTreeSet<String> {
    let Account { owner, tenant, user, .. } = account;
    let texts = [
        &account.label,
        &owner.name,
        &owner.id,
        &tenant.name,
        &account.host,
        &tenant.hostname,
        &user.name,
        user.email.as_ref().unwrap_or(&account.label),
    ];
    let mut terms: BTreeSet<String> = texts.into_iter().flat_map(|text| words(text)).collect();
    terms.extend(words(account.id.as_str()).into_iter().skip(1));
    let beginnings: Vec<String> = terms
        .iter()
        .filter(|term| term.chars().any(is_unspaced))
        .flat_map(|term| term.char_indices().skip(1).map(|(at, _)| term[at..].to_owned()))
        .collect();
    terms.extend(beginnings);
    terms
}

/// Finds the stored account if it is of the same version and all texts that [`terms`] are made of are as they
/// were: then its terms are too.
pub fn find_same(account: &Account) -> Statement {
    let Account { owner, tenant, user, .. } = account;
    sql("SELECT version FROM accounts WHERE id = $1 AND version = $2 AND label = $3 \
         AND owner_name = $4 AND owner_id = $5 AND tenant_name = $6 AND host = $7 \
         AND tenant_hostname = $8 AND user_name = $9 AND COALESCE(user_email, '') = $10")
    .bind(account.id.as_str())
    .bind(account.version)
    .bind(&account.label)
    .bind(&owner.name)
    .bind(&owner.id)
    .bind(&tenant.name)
    .bind(&account.host)
    .bind(&tenant.hostname)
    .bind(&user.name)
    .bind(user.email.clone().unwrap_or_default())
}

pub fn insert(account: &Account) -> Vec<Statement> {
    let terms: Vec<String> = terms(account).into_iter().collect();
    terms.chunks(ROWS).map(|chunk| insert_rows(&account.id, chunk)).collect()
}

fn insert_rows(id: &AccountId, terms: &[String]) -> Statement {
    let statement = sql("INSERT INTO account_terms (account_id, term) VALUES ($1, $2), ($1, $3), \
         ($1, $4), ($1, $5), ($1, $6), ($1, $7), ($1, $8), ($1, $9), ($1, $10), ($1, $11), \
         ($1, $12), ($1, $13), ($1, $14), ($1, $15), ($1, $16), ($1, $17), ($1, $18), ($1, $19), \
         ($1, $20), ($1, $21) ON CONFLICT DO NOTHING")
    .bind(id.as_str());
    (0..ROWS).fold(statement, |statement, row| statement.bind(terms.get(row).unwrap_or(&terms[0])))
}

pub fn delete(id: &AccountId) -> Statement {
    sql("DELETE FROM account_terms WHERE account_id = $1").bind(id.as_str())
}

/// The end of the range of words that begin with `word`: no word has this character.
pub fn end_of_prefix(word: &str) -> String {
    format!("{word}\u{10ffff}")
}
