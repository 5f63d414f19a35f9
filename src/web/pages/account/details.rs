//! What the page of one account shows of it.

use crate::clock::Timestamp;
use crate::model::account::{Account, AccountKind, AccountStatus};
use crate::web::components::{Badge, Expiry};
use crate::web::pages::account::Notice;
use crate::web::pages::accounts::Moment;

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
    pub linked: Moment,
    pub tenant_admin: bool,
    pub suspended: bool,
    /// What a back end keeps with it, to be read; empty if that is nothing.
    pub metadata: String,
}

impl Details {
    pub fn new(account: &Account, now: Timestamp) -> Self {
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
            linked: Moment::of(account.linked_at, now),
            tenant_admin: account.user.tenant_admin,
            suspended: account.status == AccountStatus::Suspended,
            metadata: metadata(account),
        }
    }
}

fn metadata(account: &Account) -> String {
    if account.metadata.is_empty() {
        return String::new();
    }
    serde_json::to_string_pretty(&account.metadata).unwrap_or_default()
}
