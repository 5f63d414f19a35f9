//! The panel that says whether, when and by whose leave the key is renewed, and why it is not.

use crate::clock::Timestamp;
use crate::model::account::{Account, RenewalProblemCode, Rules};
use crate::model::event::Event;
use crate::web::components::who;
use crate::web::pages::accounts::Moment;

#[derive(Debug)]
pub struct RenewalPanel {
    /// Whether the hub renews at all.
    pub offered: bool,
    pub allowed: Option<Allowed>,
    pub next: Option<Moment>,
    pub problem: Option<RenewalTrouble>,
    /// How the keys are called at Qlik.
    pub product: String,
}

#[derive(Debug)]
pub struct Allowed {
    pub since: Moment,
    /// Empty if history does not tell any more.
    pub by: String,
}

#[derive(Debug)]
pub struct RenewalTrouble {
    pub code: &'static str,
    pub title: &'static str,
    pub next_step: &'static str,
    pub since: Moment,
}

impl RenewalPanel {
    /// `consent` is the line of history of who allowed it last. `None` where renewal is neither offered nor
    /// allowed.
    pub fn new(
        account: &Account,
        consent: Option<&Event>,
        rules: &Rules,
        now: Timestamp,
    ) -> Option<Self> {
        let plan = &account.renewal;
        let allowed = plan.allowed_at.map(|at| Allowed {
            since: Moment::of(at, now),
            by: consent.map(|event| who(&event.caller.actor)).unwrap_or_default(),
        });
        if !rules.renewal && allowed.is_none() {
            return None;
        }
        let due = plan.claim.is_some() || plan.next_at.is_some_and(|at| at <= now);
        let next = plan.next_at.filter(|_| rules.renewal).map(|at| {
            let moment = Moment::of(at.max(now), now);
            let words = if due { "due now".to_owned() } else { moment.words };
            Moment { words, ..moment }
        });
        let problem = plan.problem.as_ref().map(|problem| {
            let (title, next_step) = words(problem.code);
            let since = Moment::of(problem.since, now);
            RenewalTrouble { code: problem.code.as_str(), title, next_step, since }
        });
        let product = rules.product.clone();
        Some(Self { offered: rules.renewal, allowed, next, problem, product })
    }
}

/// What is wrong, and what to do.
const fn words(code: RenewalProblemCode) -> (&'static str, &'static str) {
    match code {
        RenewalProblemCode::KeyCapReached => (
            "The user has as many API keys as the tenant allows",
            "Have one deleted in Qlik Cloud (Profile settings, API keys), or have a tenant admin raise the number.",
        ),
        RenewalProblemCode::NotPermitted => (
            "The user may not manage API keys any more",
            "Have a tenant admin allow it again: Administration, Manage users, Permissions, Manage API keys.",
        ),
        RenewalProblemCode::LifeTooShort => (
            "The tenant’s keys live too short for a successor",
            "Have a tenant admin change that: Administration, Settings, API keys, Change maximum token expiration.",
        ),
        RenewalProblemCode::Refused => (
            "Qlik Cloud made no successor that works",
            "Press Test now to see whether the stored key works, and reconnect with a new one if it does not.",
        ),
    }
}
