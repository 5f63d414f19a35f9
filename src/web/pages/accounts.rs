//! The Accounts page. Its SQL is in `store/account_list.rs`; all that is chosen stands in the URL.

pub mod bulk;
pub mod export;
mod health;
mod params;
mod select;

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};

use crate::clock::Timestamp;
use crate::model::account::{Account, AccountStatus};
use crate::state::AppState;
use crate::store::{AccountCount, AccountPage, Cursor, Reach, SortBy};
use crate::web::components::{Badge, Choice, Expiry, Pagination, relative};
use crate::web::error::WebError;
use crate::web::extract::{Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::links::lifetimes;
use crate::web::{paths, render, words};

pub use health::HealthBar;
pub use params::Params;

/// Counting goes no further; more is shown as "more than".
const COUNT: i64 = 1_000;

#[derive(Template)]
#[template(path = "pages/accounts.html")]
pub struct AccountsPage {
    pub layout: Layout,
    pub query: String,
    pub owner_id: String,
    pub statuses: Vec<Choice>,
    pub expires: Vec<Choice>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub pagination: Pagination,
    /// Something is searched or filtered for.
    pub filtered: bool,
    /// Where a search goes on that has looked as far as it may for one page.
    pub further: Option<String>,
    pub notice: Option<Notice>,
    pub bulk: Bulk,
    pub health: HealthBar,
}

/// What has just been done.
#[derive(Debug)]
pub struct Notice {
    pub tone: &'static str,
    pub title: &'static str,
    pub text: String,
}

/// The form that does something with many accounts.
#[derive(Debug)]
pub struct Bulk {
    /// What the list is filtered by.
    pub filter: Vec<(&'static str, String)>,
    pub select: String,
    pub selected: bool,
    pub export: String,
    pub lifetimes: Vec<Choice>,
    pub most: usize,
}

/// A column's heading, which sorts.
#[derive(Debug)]
pub struct Column {
    pub text: &'static str,
    pub href: Option<String>,
    /// `ascending`, `descending`, or empty if the list is sorted by another column.
    pub sorted: &'static str,
}

#[derive(Debug)]
pub struct Row {
    pub id: String,
    pub href: String,
    pub reconnect: String,
    pub suspended: bool,
    pub name: String,
    pub host: String,
    pub user: String,
    pub owner: String,
    pub badges: Vec<Badge>,
    pub reason: String,
    pub expiry: Expiry,
    pub checked: Moment,
    pub linked: Moment,
    /// It has just been linked.
    pub marked: bool,
}

/// An instant with words for it.
#[derive(Debug)]
pub struct Moment {
    pub at: String,
    pub words: String,
}

impl Moment {
    pub fn of(at: Timestamp, now: Timestamp) -> Self {
        Self { at: at.to_string(), words: relative(at, now) }
    }
}

pub async fn root() -> Redirect {
    Redirect::to(paths::ACCOUNTS)
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let now = state.clock.now();
    let query = params.account_query(now);
    let page = state.store.list_accounts(&query).await?;
    let count = state.store.count_accounts(&query, COUNT + 1).await?;
    let health = HealthBar::new(&state.linking.account_health().await?, &params, now);
    render(&AccountsPage::new(admin.layout(Nav::Accounts), &params, &page, count, health, now))
}

impl AccountsPage {
    pub fn new(
        layout: Layout,
        params: &Params,
        page: &AccountPage,
        count: AccountCount,
        health: HealthBar,
        now: Timestamp,
    ) -> Self {
        let place = |cursor: &Option<Cursor>| {
            cursor.as_ref().map(|cursor| params.href(&[("from", &cursor.encode())]))
        };
        let [a, b, c, d] = AccountStatus::ALL.map(|s| (s.as_str(), Badge::status(s).text));
        let statuses = [a, b, c, d, (params::UNCHECKED, "Not checked".to_owned())];
        let expires = params::EXPIRES.map(|(value, text, _)| (value, text.to_owned()));
        Self {
            layout,
            query: params.q.clone(),
            owner_id: params.owner.clone(),
            statuses: choices("Any status", &params.status, statuses),
            expires: choices("Any expiry", &params.expires, expires),
            columns: columns(params),
            rows: page.accounts.iter().map(|account| Row::new(account, params, now)).collect(),
            pagination: Pagination {
                summary: summary(count, page, params.filtered()),
                previous: place(&page.previous),
                next: place(&page.next),
            },
            filtered: params.filtered(),
            further: place(&page.further),
            notice: notice(params),
            bulk: Bulk::new(params),
            health,
        }
    }
}

impl Bulk {
    fn new(params: &Params) -> Self {
        Self {
            filter: params.filter().into(),
            select: params.href(&[("from", &params.from), ("select", "page")]),
            selected: !params.select.is_empty(),
            export: params.href_to(paths::ACCOUNTS_CSV, &[]),
            lifetimes: lifetimes(""),
            most: select::MOST,
        }
    }
}

fn notice(params: &Params) -> Option<Notice> {
    let text = match params.unlinked.as_str() {
        "kept" => "The stored key was destroyed. At Qlik it works until it expires.",
        "deleted" => "The stored key was destroyed, and the key was deleted at Qlik.",
        "not_deleted" => {
            "The stored key was destroyed, but Qlik did not delete it: delete it in Qlik Cloud, or wait until it expires."
        }
        _ => return select::notice(params),
    };
    Some(Notice { tone: "good", title: "Unlinked", text: text.to_owned() })
}

fn choices<const N: usize>(
    any: &str,
    chosen: &str,
    values: [(&'static str, String); N],
) -> Vec<Choice> {
    let first = Choice { value: String::new(), text: any.to_owned(), chosen: false };
    let others = values.into_iter().map(|(value, text)| Choice {
        value: value.to_owned(),
        text,
        chosen: value == chosen,
    });
    [first].into_iter().chain(others).collect()
}

fn summary(count: AccountCount, page: &AccountPage, filtered: bool) -> String {
    let what = if filtered { "found" } else { "linked" };
    let found = count.found.max(i64::try_from(page.accounts.len()).unwrap_or(i64::MAX));
    let summary = match found {
        _ if found > COUNT => format!("More than {COUNT} accounts {what}"),
        0 if count.at_least => "No accounts found yet".to_owned(),
        0 => format!("No accounts {what}"),
        1 if count.at_least => format!("At least 1 account {what}"),
        1 => format!("1 account {what}"),
        _ if count.at_least => format!("At least {found} accounts {what}"),
        _ => format!("{found} accounts {what}"),
    };
    if page.further.is_none() {
        return summary;
    }
    let walk = Reach::default().walk;
    format!("{summary}; this page has looked through {walk} accounts")
}

fn columns(params: &Params) -> Vec<Column> {
    let columns = [
        ("Account", Some(SortBy::Name)),
        ("Owner", Some(SortBy::Owner)),
        ("Status", None),
        ("Key expires", Some(SortBy::Expiry)),
        ("Last checked", Some(SortBy::Checked)),
        ("Linked", Some(SortBy::Linked)),
    ];
    let column = |(text, sort): (_, Option<SortBy>)| {
        let current = sort == Some(params.sort());
        let order = if current && !params.descending() { "desc" } else { "asc" };
        Column {
            text,
            href: sort
                .filter(|_| params.sortable())
                .map(|sort| params.href(&[("sort", sort.as_str()), ("order", order)])),
            sorted: match (current, params.descending()) {
                (false, _) => "",
                (true, true) => "descending",
                (true, false) => "ascending",
            },
        }
    };
    columns.map(column).into()
}

impl Row {
    fn new(account: &Account, params: &Params, now: Timestamp) -> Self {
        let owner = &account.owner;
        Self {
            id: account.id.to_string(),
            href: paths::account(&account.id),
            reconnect: paths::reconnect(account.id.as_str()),
            suspended: account.status == AccountStatus::Suspended,
            name: account.name().to_owned(),
            host: account.host.clone(),
            user: account.user.name.clone(),
            owner: if owner.name.is_empty() { owner.id.clone() } else { owner.name.clone() },
            badges: Badge::all(account, now),
            reason: account
                .status_reasons
                .last()
                .map(|reason| words::title_of(&reason.code, &account.host))
                .unwrap_or_default(),
            expiry: Expiry::of(&account.key, now),
            checked: Moment::of(account.last_checked_at, now),
            linked: Moment::of(account.linked_at, now),
            marked: account.id.as_str() == params.linked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_says_no_more_than_is_known() {
        let page = |further| AccountPage {
            accounts: Vec::new(),
            previous: None,
            next: None,
            further: Cursor::decode(further, SortBy::Linked),
        };
        let told = |found, at_least, page: &AccountPage| {
            summary(AccountCount { found, at_least }, page, true)
        };
        assert_eq!(told(0, false, &page("")), "No accounts found");
        assert_eq!(told(7, false, &page("")), "7 accounts found");
        assert_eq!(told(7, true, &page("")), "At least 7 accounts found");
        assert_eq!(told(COUNT + 1, true, &page("")), "More than 1000 accounts found");
        // ["linked",false,1,"acc_1"]
        let further = page("WyJsaW5rZWQiLGZhbHNlLDEsImFjY18xIl0");
        assert_eq!(
            told(0, true, &further),
            "No accounts found yet; this page has looked through 20000 accounts"
        );
    }
}
