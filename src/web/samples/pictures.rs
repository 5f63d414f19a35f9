//! The Accounts page with its bar, and the page of an account with its pictures: none, one, many, hostile.

use std::time::Duration;

use super::{HOSTILE, TEXTS, linked, show, white_label};
use crate::clock::Timestamp;
use crate::model::account::past::{CheckResult, PastCheck, StoredKey};
use crate::model::account::{Account, AccountStatus, Rules, health::HealthCounts};
use crate::store::{AccountCount, AccountPage};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::{Details, OneAccountPage, Past};
use crate::web::pages::accounts::{AccountsPage, HealthBar, Params};

const HOUR: Duration = Duration::from_hours(1);

pub fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T19:00:00Z").unwrap()
}

fn layout() -> Layout {
    Layout::signed_in(&white_label("My Product"), "admin", Nav::Accounts)
}

pub fn account(text: &str) -> Account {
    let mut account = linked(text, false, "2026-11-24T09:41:00Z").account;
    account.key.id = Some(text.to_owned());
    text.clone_into(&mut account.owner.name);
    account
}

fn accounts(all: Vec<Account>, counts: HealthCounts, params: &Params) -> AccountsPage {
    let found = i64::try_from(all.len()).unwrap();
    let page = AccountPage { accounts: all, previous: None, next: None, further: None };
    let count = AccountCount { found, at_least: false };
    let bar = HealthBar::new(&counts, params, now());
    AccountsPage::new(layout(), params, &page, count, bar, now())
}

#[test]
fn accounts_are_shown_in_every_state() {
    let counts = |classes, unchecked, seconds| HealthCounts {
        classes,
        unchecked,
        at: now().minus(Duration::from_secs(seconds)),
    };
    let none = counts([0; 7], 0, 0);
    let html = show("accounts-none", &accounts(Vec::new(), none, &Params::default()));
    assert!(!html.contains("class=\"health\""));
    let one = counts([0, 0, 1, 0, 0, 0, 0], 0, 0);
    let today = Params { status: "active".into(), expires: "24h".into(), ..Params::default() };
    let html = show("accounts-one", &accounts(vec![account("My Company")], one, &today));
    assert_eq!(html.matches("aria-current=\"true\"").count(), 1);
    assert!(!html.contains("Counted "));

    let mut all: Vec<Account> = TEXTS.iter().map(|(_, text)| account(text)).collect();
    for (n, account) in (0_u32..).zip(&mut all) {
        account.label = account.tenant.name.repeat(3);
        account.status = AccountStatus::ALL[n as usize % 4];
        account.unchecked_since = (n % 2 == 0).then(|| now().minus(HOUR * n));
    }
    let all: Vec<Account> = all.iter().cycle().take(500).cloned().collect();
    let many = counts([812_344, 90_120, 64_000, 12, 7, 31_000, 2_517], 14_211, 42);
    let html = show("accounts-many", &accounts(all, many, &Params::default()));
    assert!(html.contains("812,344") && html.contains("Counted 42 s ago"));
}

pub fn one_account(account: &Account, past: &Past) -> OneAccountPage {
    OneAccountPage {
        renewal: None,
        layout: layout(),
        id: account.id.to_string(),
        href: "/accounts/acc_1".to_owned(),
        account: Some(Details::new(account, past, &Rules::default(), now())),
        history: Vec::new(),
        older: None,
        notice: None,
        edit_problem: None,
    }
}

#[test]
fn an_account_is_pictured_in_every_state() {
    for (name, text) in TEXTS {
        let mut account = account(text);
        let html = show(&format!("account-new-{name}"), &one_account(&account, &Past::default()));
        assert!(html.contains("No check in the last 24 hours."));

        account.linked_at = now().minus(HOUR * 24 * 20);
        account.unchecked_since = Some(now().minus(HOUR * 5));
        let result = |n: u32| match n {
            0..5 | 200..230 => CheckResult::Unknown,
            300 | 301 => CheckResult::Refused,
            _ => CheckResult::Good,
        };
        let check = |n: u32| {
            let at = now().minus(HOUR * n);
            let code = (result(n) != CheckResult::Good).then(|| text.to_owned());
            PastCheck { at, result: result(n), code }
        };
        let key = |n: u32| {
            let stored_at = account.key_stored_at.minus(HOUR * (14 * n));
            let expires_at = stored_at.plus(HOUR * if n == 3 { 10 } else { 24 });
            StoredKey { stored_at, id: Some(format!("{text} {n}")), expires_at: Some(expires_at) }
        };
        let past = Past { checks: (0..480).map(check).collect(), keys: (1..8).map(key).collect() };
        let html = show(&format!("account-many-{name}"), &one_account(&account, &past));
        assert!(html.contains("480 checks in the last 30 days: 443 good, 35 without an answer"));
        assert!(html.contains("There were keys before these"));
        assert!(!html.contains(HOSTILE));

        account.key.expires_at = None;
        let past = Past { checks: vec![check(300)], keys: Vec::new() };
        let html = show(&format!("account-one-{name}"), &one_account(&account, &past));
        assert!(html.contains("1 check in the last 30 days: refused."));
    }
}
