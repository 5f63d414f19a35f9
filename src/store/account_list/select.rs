//! The statements of a list: one walk along an index for each part of it.

use std::collections::BTreeSet;

use super::{AccountQuery, Cursor};
use crate::id::AccountId;
use crate::model::account::AccountStatus;
use crate::store::account_search::{Search, begins_with, has_word};
use crate::store::accounts::columns;
use crate::store::sql::{Statement, sql};

/// From the place of the query, to `end` at most, in order, up to a limit that is still to follow.
pub(super) fn from_here(select: &mut Statement, query: &AccountQuery, end: Option<&Cursor>) {
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
pub(super) enum Part<'a> {
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

pub(super) fn sorted(query: &AccountQuery, search: &Search, end: Option<&Cursor>) -> Statement {
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
pub(super) fn filter(
    select: &mut Statement,
    query: &AccountQuery,
    search: &Search,
    part: Part<'_>,
) {
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
pub(super) fn fits(select: &mut Statement, query: &AccountQuery, part: Part<'_>) {
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
