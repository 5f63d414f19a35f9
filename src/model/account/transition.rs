//! The state machine of an account: every change of its status, and the events that the change leaves.
//!
//! Only a definite answer of Qlik, an admin, or the key's own expiry changes a status. An outage, a limit or
//! a timeout is remembered as "not checked since".

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Account, AccountKind, AccountStatus, CheckPlan, Metadata, NoticePlan, Owner, RenewalPlan,
    RenewalProblem, RenewalProblemCode, Rules, StatusReason,
};
use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::event::Action;
use crate::model::failure::{Certainty, Failure, FailureCode};
use crate::model::identity::{KeyRecord, Verified};

/// An account after something has happened to it, and what is to be told of it, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    pub account: Account,
    pub happened: Vec<Happening>,
}

/// One line of history to be written, and of which webhooks tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    pub action: Action,
    pub detail: Value,
}

impl Happening {
    fn new(action: Action, detail: Value) -> Self {
        Self { action, detail }
    }
}

impl Account {
    /// An account that has just been verified for the first time.
    pub fn linked(
        owner: Owner,
        host: String,
        verified: Verified,
        now: Timestamp,
        rules: &Rules,
    ) -> Transition {
        let Verified { tenant, user, key } = verified;
        let account = Self {
            id: AccountId::new(),
            version: 1,
            owner,
            label: String::new(),
            metadata: Metadata::new(),
            kind: AccountKind::default(),
            host,
            tenant,
            user,
            key,
            status: AccountStatus::Active,
            status_reasons: Vec::new(),
            linked_at: now,
            updated_at: now,
            last_checked_at: now,
            unchecked_since: None,
            key_stored_at: now,
            check: CheckPlan { next_at: now, alike: 0, claim: None },
            notice: NoticePlan { warned_percent: 100, next_at: None },
            renewal: RenewalPlan::default(),
        };
        let happened = vec![Happening::new(Action::AccountCreated, account.key_told())];
        Transition { account: account.with_new_key_planned(now, rules), happened }
    }

    /// A newly verified key takes the place of the stored one: whatever was wrong before is mended.
    pub fn renewed(
        self,
        host: String,
        verified: Verified,
        now: Timestamp,
        rules: &Rules,
    ) -> Transition {
        let before = self.status;
        let key = verified.key.clone();
        let renewal = if self.user.id == verified.user.id {
            RenewalPlan { problem: None, claim: None, ..self.renewal.clone() }
        } else {
            // What the user before has allowed, this one has not.
            RenewalPlan::default()
        };
        let account = Self {
            host,
            key,
            key_stored_at: now,
            updated_at: now,
            renewal,
            ..self.confirmed(verified, now)
        };
        let mut happened = vec![Happening::new(Action::AccountRenewed, account.key_told())];
        happened.extend(account.told_since(before));
        Transition { account: account.with_new_key_planned(now, rules), happened }
    }

    /// A check has come to an end. One that the hub made by itself ends the claim that it had.
    pub fn checked(
        self,
        outcome: &Result<Verified, Failure>,
        now: Timestamp,
        rules: &Rules,
    ) -> Transition {
        let before = self.status;
        let kind = self.outcome();
        let expiry = self.key.expires_at;
        let account = match outcome {
            Ok(verified) => self.confirmed(verified.clone(), now),
            Err(failure) if failure.code.certainty() == Certainty::Definite => {
                self.refused(failure, now)
            }
            Err(_) => {
                let since = self.unchecked_since.unwrap_or(self.last_checked_at);
                Self { unchecked_since: Some(since), ..self }
            }
        };
        let failure = outcome.as_ref().err();
        let mut happened = vec![Happening::new(
            Action::AccountChecked,
            json!({
                "status": account.status.as_str(),
                "code": failure.map(|failure| failure.code.as_str()),
                "trace_id": failure.and_then(|failure| failure.trace_id.as_deref()),
            }),
        )];
        happened.extend(account.told_since(before));
        let alike = if account.outcome() == kind { account.check.alike + 1 } else { 0 };
        let check = CheckPlan { alike, claim: None, ..account.check.clone() };
        let wait = failure.and_then(|failure| failure.retry_after);
        let account = Self { check, ..account }.with_check_planned(wait, now, rules);
        // An expiry that was unknown, or renewal that the hub did not offer before.
        let unplanned = account.renewal.next_at.is_none() || account.key.expires_at != expiry;
        let unplanned = unplanned && account.renewal.claim.is_none();
        let account = if unplanned || account.renewal_is_lost(now) {
            let renewal = RenewalPlan { claim: None, ..account.renewal.clone() };
            Self { renewal, ..account }.with_renewal_planned(now, rules)
        } else {
            account
        };
        Transition { account: account.with_notice_planned(rules), happened }
    }

    /// Time has passed: a share of the key's life is over, or all of it. Nothing happened if nothing is due.
    pub fn after_time(mut self, now: Timestamp, rules: &Rules) -> Transition {
        let mut happened = Vec::new();
        for percent in self.warnings_due(now, rules) {
            self.notice.warned_percent = percent;
            let expires_at = self.key.expires_at;
            happened.push(Happening::new(
                Action::AccountExpiring,
                json!({
                    "percent": percent,
                    "expires_at": expires_at.map(|at| at.to_string()),
                    "remaining_seconds": expires_at.map(|at| at.since(now).as_secs()),
                }),
            ));
        }
        if self.status == AccountStatus::Active
            && self.key.expires_at.is_some_and(|at| at <= now)
            && !self.outlived()
        {
            let before = self.status;
            self = self.expired(now);
            happened.extend(self.told_since(before));
            // Asked soon: if it is our clock that is wrong, Qlik's answer mends that.
            self.check.alike = 0;
            self = self.with_check_planned(None, now, rules);
        }
        Transition { account: self.with_notice_planned(rules), happened }
    }

    /// An admin or a back end stops its use; the key is kept and checked on.
    pub fn suspended(self, now: Timestamp, rules: &Rules) -> Transition {
        let account = Self { status: AccountStatus::Suspended, updated_at: now, ..self };
        let happened = vec![Happening::new(Action::AccountSuspended, Value::Null)];
        Transition { account: account.with_notice_planned(rules), happened }
    }

    /// Ends a suspension: the account is again what the last definite answer said.
    pub fn resumed(self, now: Timestamp, rules: &Rules) -> Transition {
        let account = Self { status: AccountStatus::Active, updated_at: now, ..self };
        let dead = account.key.expires_at.is_some_and(|at| at <= now) && !account.outlived();
        let account = match (dead, account.status_reasons.is_empty()) {
            (false, true) => account,
            (false, false) => Self { status: AccountStatus::Error, ..account },
            (true, true) => account.expired(now),
            // It has been said since when.
            (true, false) => Self { status: AccountStatus::Expired, ..account },
        };
        let mut happened = vec![Happening::new(Action::AccountResumed, Value::Null)];
        happened.extend(account.told_since(AccountStatus::Active));
        Transition { account: account.with_notice_planned(rules), happened }
    }

    /// Somebody allows the hub to make successors of the key, or forbids it.
    #[must_use]
    pub fn renewal_allowed(self, allowed: bool, now: Timestamp, rules: &Rules) -> Self {
        let renewal = RenewalPlan {
            allowed_at: allowed.then_some(self.renewal.allowed_at.unwrap_or(now)),
            ..RenewalPlan::default()
        };
        Self { renewal, updated_at: now, ..self }
            .with_renewal_planned(now, rules)
            .with_notice_planned(rules)
    }

    /// No successor could be made: from now on people are reminded, as if nobody had allowed renewal.
    pub fn renewal_failed(
        mut self,
        code: RenewalProblemCode,
        now: Timestamp,
        rules: &Rules,
    ) -> Transition {
        let since = match &self.renewal.problem {
            Some(problem) if problem.code == code => problem.since,
            _ => now,
        };
        let new = self.renewal.problem.as_ref().is_none_or(|problem| problem.code != code);
        self.renewal.problem = Some(RenewalProblem { code, since });
        self.renewal.claim = None;
        let happened =
            new.then(|| Happening::new(Action::RenewalFailed, json!({ "code": code.as_str() })));
        let account = self.with_renewal_planned(now, rules).with_notice_planned(rules);
        Transition { account, happened: happened.into_iter().collect() }
    }

    /// No successor could be made now, and that says nothing about the next time.
    #[must_use]
    pub fn renewal_postponed(mut self, wait: Option<Duration>, now: Timestamp) -> Self {
        self.renewal.claim = None;
        self.with_renewal_again(wait, now)
    }

    /// Somebody says that the problem is solved: renewal is due at once. Whether it is, its outcome tells.
    #[must_use]
    pub fn renewal_hastened(mut self, now: Timestamp) -> Self {
        if self.renewal.claim.is_none() {
            self.renewal.next_at = self.renewal.next_at.map(|at| at.min(now));
        }
        self
    }

    /// Qlik found the stored key good.
    fn confirmed(self, verified: Verified, now: Timestamp) -> Self {
        let status = match self.status {
            AccountStatus::Suspended => AccountStatus::Suspended,
            _ => AccountStatus::Active,
        };
        let Verified { tenant, user, key } = verified;
        Self {
            tenant,
            user,
            key: KeyRecord {
                id: key.id.or(self.key.id),
                created_at: key.created_at.or(self.key.created_at),
                expires_at: key.expires_at.or(self.key.expires_at),
            },
            status,
            status_reasons: Vec::new(),
            last_checked_at: now,
            unchecked_since: None,
            ..self
        }
    }

    fn refused(self, failure: &Failure, now: Timestamp) -> Self {
        let expired = self.key.expires_at.is_some_and(|at| at <= now);
        let status = match self.status {
            AccountStatus::Suspended => AccountStatus::Suspended,
            _ if expired => AccountStatus::Expired,
            _ => AccountStatus::Error,
        };
        let code = failure.code.as_str();
        let known = self.status_reasons.iter().find(|reason| reason.code == code);
        let timestamp = known.map_or(now, |reason| reason.timestamp);
        Self {
            status,
            status_reasons: vec![StatusReason { code: code.to_owned(), timestamp }],
            last_checked_at: now,
            unchecked_since: None,
            ..self
        }
    }

    fn expired(self, now: Timestamp) -> Self {
        let code = FailureCode::KeyExpired.as_str().to_owned();
        let status_reasons = vec![StatusReason { code, timestamp: now }];
        Self { status: AccountStatus::Expired, status_reasons, ..self }
    }

    /// Qlik itself has accepted the key after the expiry that it had told: its word outranks a clock.
    pub fn outlived(&self) -> bool {
        self.status_reasons.is_empty()
            && self.key.expires_at.is_some_and(|at| at <= self.last_checked_at)
    }

    /// What history keeps of a key: nothing else knows of it once there is another.
    fn key_told(&self) -> Value {
        json!({
            "key_id": self.key.id,
            "expires_at": self.key.expires_at.map(|at| at.to_string()),
        })
    }

    /// What a change of status tells.
    fn told_since(&self, before: AccountStatus) -> Option<Happening> {
        use AccountStatus::{Active, Error, Expired, Suspended};
        let action = match (before, self.status) {
            (Expired | Error, Active) => Action::AccountRecovered,
            (Active | Error, Expired) => Action::AccountExpired,
            (Active | Expired, Error) => Action::AccountError,
            (Active, Active)
            | (Expired, Expired)
            | (Error, Error)
            | (Suspended, _)
            | (_, Suspended) => return None,
        };
        let code = self.status_reasons.first().map(|reason| reason.code.as_str());
        Some(Happening::new(action, json!({ "code": code })))
    }
}

#[cfg(test)]
pub(super) mod tests;
