//! What the page of one account shows of it.

use crate::clock::Timestamp;
use crate::model::account::past::{CheckResult, PastCheck, StoredKey};
use crate::model::account::{Account, AccountKind, AccountStatus, Rules};
use crate::web::components::{Badge, Expiry, relative};
use crate::web::pages::account::Notice;
use crate::web::pages::accounts::Moment;
use crate::web::pictures::{ChecksPicture, KeysPicture, minute};
use crate::web::words;

#[derive(Debug)]
pub struct Details {
    pub name: String,
    pub label: String,
    pub owner_id: String,
    pub owner_name: String,
    pub badges: Vec<Badge>,
    pub reasons: Vec<Notice>,
    pub expiry: Expiry,
    pub facts: Vec<(&'static str, String)>,
    pub checked: Moment,
    pub unchecked: Option<Unchecked>,
    pub next_check: Moment,
    pub linked: Moment,
    pub checks: ChecksPicture,
    pub keys: KeysPicture,
    pub tenant_admin: bool,
    pub suspended: bool,
    /// What a back end keeps with it, to be read; empty if that is nothing.
    pub metadata: String,
}

/// Checks have found out nothing for a while.
#[derive(Debug)]
pub struct Unchecked {
    pub at: String,
    /// "2026-11-24 10:00 UTC, 5 h ago".
    pub since: String,
    pub why: String,
}

/// What history tells of an account, the newest first.
#[derive(Debug, Default)]
pub struct Past {
    pub checks: Vec<PastCheck>,
    pub keys: Vec<StoredKey>,
}

impl Details {
    pub fn new(account: &Account, past: &Past, rules: &Rules, now: Timestamp) -> Self {
        let reasons = account.status_reasons.iter();
        let unknown = || "unknown".to_owned();
        let mut facts = vec![
            ("Tenant", account.tenant.name.clone()),
            ("Address", account.host.clone()),
            ("Permanent address", account.tenant.hostname.clone()),
            ("Tenant id", account.tenant.id.clone()),
            ("User", account.user.name.clone()),
            ("E-mail", account.user.email.clone().unwrap_or_else(unknown)),
            ("User id", account.user.id.clone()),
            ("Key id", account.key.id.clone().unwrap_or_else(unknown)),
        ];
        if !account.owner.username.is_empty() {
            facts.push(("User at the owner", account.owner.username.clone()));
        }
        if account.kind == AccountKind::Test {
            facts.push(("Kind", "Test".to_owned()));
        }
        Self {
            name: account.name().to_owned(),
            label: account.label.clone(),
            owner_id: account.owner.id.clone(),
            owner_name: account.owner.name.clone(),
            badges: Badge::all(account, now),
            reasons: reasons
                .filter_map(|reason| Notice::of_code(&reason.code, &account.host))
                .collect(),
            expiry: Expiry::of(&account.key, now),
            facts,
            checked: Moment::of(account.last_checked_at, now),
            unchecked: account.unchecked_since.map(|since| Unchecked {
                at: since.to_string(),
                since: format!("{}, {}", minute(since), relative(since, now)),
                why: why_unchecked(account, &past.checks),
            }),
            next_check: next_check(account, now),
            checks: ChecksPicture::new(&past.checks, account.linked_at, now),
            keys: KeysPicture::new(account, &past.keys, rules, now),
            linked: Moment::of(account.linked_at, now),
            tenant_admin: account.user.tenant_admin,
            suspended: account.status == AccountStatus::Suspended,
            metadata: metadata(account),
        }
    }
}

/// A check that is due is soon made, not late.
fn next_check(account: &Account, now: Timestamp) -> Moment {
    let moment = Moment::of(account.check.next_at.max(now), now);
    let due = account.check.claim.is_some() || account.check.next_at <= now;
    let words = if due { "due now".to_owned() } else { moment.words };
    Moment { words, ..moment }
}

fn why_unchecked(account: &Account, checks: &[PastCheck]) -> String {
    let newest = checks.first().filter(|check| check.result == CheckResult::Unknown);
    let code = newest.and_then(|check| check.code.as_deref());
    let title = code.map(|code| words::title_of(code, &account.host));
    title.unwrap_or_else(|| "Qlik Cloud has not answered".to_owned())
}

fn metadata(account: &Account) -> String {
    if account.metadata.is_empty() {
        return String::new();
    }
    serde_json::to_string_pretty(&account.metadata).unwrap_or_default()
}
