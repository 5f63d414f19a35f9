//! Whatever Qlik, the clock and admins do in whatever order: what must hold after every step, and a second
//! opinion on the status that is worked out from the whole sequence alone.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::{NOW, rules, verified};
use crate::clock::Timestamp;
use crate::model::account::{Account, AccountStatus, Owner, Rules, Transition};
use crate::model::event::Action;
use crate::model::failure::{Failure, FailureCode};

const HOUR: i64 = 3600;

#[derive(Debug, Clone)]
enum Step {
    /// The clock moves by so many seconds; backwards too.
    Clock(i64),
    /// Qlik accepts the key, and says when it ends: in so many seconds, or nothing of it.
    Good(Option<i64>),
    Refused(FailureCode),
    Unknown(FailureCode, Option<u64>),
    /// A round looks at what time has changed.
    Time,
    Suspend,
    Resume,
    /// Another key, with so many seconds to live.
    Renew(Option<i64>),
    AllowRenewal(bool),
}

fn life() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![Just(None), (-HOUR..48 * HOUR).prop_map(Some), Just(Some(6 * HOUR))]
}

fn step() -> impl Strategy<Value = Step> {
    use FailureCode as Code;
    let refusals = [
        Code::KeyRejected,
        Code::KeyExpired,
        Code::KeyRevoked,
        Code::TenantDisabled,
        Code::UserInactive,
        Code::AccountMismatch,
        Code::SecretDamaged,
    ];
    let unknowns =
        [Code::Unreachable, Code::RateLimited, Code::QlikUnavailable, Code::UnexpectedAnswer];
    let wait = prop_oneof![Just(None), (0_u64..3600).prop_map(Some)];
    prop_oneof![
        4 => (0..8 * HOUR).prop_map(Step::Clock),
        1 => (-2 * HOUR..0).prop_map(Step::Clock),
        2 => Just(Step::Good(None)),
        1 => life().prop_map(Step::Good),
        2 => prop::sample::select(refusals.to_vec()).prop_map(Step::Refused),
        3 => (prop::sample::select(unknowns.to_vec()), wait).prop_map(|(c, w)| Step::Unknown(c, w)),
        5 => Just(Step::Time),
        1 => Just(Step::Suspend),
        1 => Just(Step::Resume),
        1 => life().prop_map(Step::Renew),
        1 => any::<bool>().prop_map(Step::AllowRenewal),
    ]
}

fn at(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_millis(now.as_millis() + seconds * 1000)
}

/// The account after a step, and what was told.
fn take(account: Account, step: &Step, now: Timestamp, rules: &Rules) -> Transition {
    let nothing = |account| Transition { account, happened: Vec::new() };
    match step {
        Step::Clock(_) => nothing(account),
        Step::Good(life) => {
            let good = verified(life.map(|life| at(now, life)));
            account.checked(&Ok(good), now, rules)
        }
        Step::Refused(code) => account.checked(&Err(Failure::new(*code)), now, rules),
        Step::Unknown(code, wait) => {
            let failure = Failure::new(*code).retry_after(wait.map(Duration::from_secs));
            account.checked(&Err(failure), now, rules)
        }
        Step::Time => account.after_time(now, rules),
        // As `linking` does it: one that is suspended already stays so.
        Step::Suspend if account.status == AccountStatus::Suspended => nothing(account),
        Step::Suspend => account.suspended(now, rules),
        Step::Resume if account.status != AccountStatus::Suspended => nothing(account),
        Step::Resume => account.resumed(now, rules),
        Step::Renew(life) => {
            let key = verified(life.map(|life| at(now, life)));
            account.renewed("my-company.us.qlikcloud.com".into(), key, now, rules)
        }
        Step::AllowRenewal(allowed) => nothing(account.renewal_allowed(*allowed, now, rules)),
    }
}

/// What was last known of the key, by the sequence alone.
#[derive(Debug, Clone, Copy)]
enum Word {
    Good(Timestamp),
    Bad,
}

/// The status that the sequence leads to; it looks at no account.
fn second_opinion(life: Option<i64>, steps: &[Step]) -> AccountStatus {
    let mut now = NOW;
    let mut end = life.map(|life| at(NOW, life));
    let (mut word, mut suspended, mut shown) = (Word::Good(NOW), false, AccountStatus::Active);
    for step in steps {
        let over = |end: Option<Timestamp>, now| end.is_some_and(|end| end <= now);
        // Qlik has accepted it after its end: then the end is no end.
        let over_by_time = |end: Option<Timestamp>, word, now| match word {
            Word::Good(when) => over(end, now) && !over(end, when),
            Word::Bad => false,
        };
        match step {
            Step::Clock(seconds) => now = at(now, *seconds),
            Step::Good(new) => {
                end = new.map(|life| at(now, life)).or(end);
                word = Word::Good(now);
                shown = AccountStatus::Active;
            }
            Step::Renew(new) => {
                end = new.map(|life| at(now, life));
                word = Word::Good(now);
                shown = AccountStatus::Active;
            }
            Step::Refused(_) => {
                word = Word::Bad;
                shown = if over(end, now) { AccountStatus::Expired } else { AccountStatus::Error };
            }
            Step::Time if !suspended && over_by_time(end, word, now) => {
                word = Word::Bad;
                shown = AccountStatus::Expired;
            }
            Step::Resume if suspended => {
                suspended = false;
                shown = match word {
                    Word::Bad if over(end, now) => AccountStatus::Expired,
                    Word::Bad => AccountStatus::Error,
                    Word::Good(_) if over_by_time(end, word, now) => {
                        word = Word::Bad;
                        AccountStatus::Expired
                    }
                    Word::Good(_) => AccountStatus::Active,
                };
            }
            Step::Suspend => suspended = true,
            Step::Time | Step::Resume | Step::Unknown(..) | Step::AllowRenewal(_) => {}
        }
    }
    if suspended { AccountStatus::Suspended } else { shown }
}

fn of_status(action: Action) -> bool {
    matches!(
        action,
        Action::AccountExpired
            | Action::AccountError
            | Action::AccountRecovered
            | Action::AccountSuspended
            | Action::AccountResumed
    )
}

/// What a change of status has to tell, and nothing else.
fn expected(before: AccountStatus, after: AccountStatus) -> Vec<Action> {
    use AccountStatus::{Active, Error, Expired, Suspended};
    match (before, after) {
        (Suspended, Active) => vec![Action::AccountResumed],
        (Suspended, Error) => vec![Action::AccountResumed, Action::AccountError],
        (Suspended, Expired) => vec![Action::AccountResumed, Action::AccountExpired],
        (before, after) if before == after => vec![],
        (_, Suspended) => vec![Action::AccountSuspended],
        (_, Active) => vec![Action::AccountRecovered],
        (_, Error) => vec![Action::AccountError],
        (_, Expired) => vec![Action::AccountExpired],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_leads_astray(
        life in life(),
        renewal in any::<bool>(),
        steps in prop::collection::vec(step(), 1..50),
    ) {
        let rules = Rules { renewal, ..rules() };
        let host = "my-company.us.qlikcloud.com".to_owned();
        let key = verified(life.map(|life| at(NOW, life)));
        let mut account = Account::linked(Owner::default(), host, key, NOW, &rules).account;
        let (mut now, mut told) = (NOW, BTreeSet::new());
        let mut unanswered: Option<Timestamp> = None;
        for (taken, step) in steps.iter().enumerate() {
            if let Step::Clock(seconds) = step {
                now = at(now, *seconds);
            }
            let before = account.clone();
            let Transition { account: after, happened } =
                take(account.clone(), step, now, &rules);

            prop_assert_eq!(
                (&after.id, &after.tenant.id, &after.user.id, after.linked_at),
                (&before.id, &before.tenant.id, &before.user.id, before.linked_at)
            );
            prop_assert_eq!(after.status, second_opinion(life, &steps[..=taken]));

            // Only a definite answer, an end or an admin changes a status, and each change is told once.
            let silent = matches!(step, Step::Clock(_) | Step::Unknown(..) | Step::AllowRenewal(_));
            prop_assert!(!silent || after.status == before.status);
            let left_alone = !matches!(step, Step::Resume) && before.status == AccountStatus::Suspended;
            prop_assert!(!left_alone || after.status == AccountStatus::Suspended);
            let changes: Vec<Action> =
                happened.iter().map(|told| told.action).filter(|a| of_status(*a)).collect();
            prop_assert_eq!(changes, expected(before.status, after.status));
            let checked = happened.iter().filter(|told| told.action == Action::AccountChecked);
            let is_check = matches!(step, Step::Good(_) | Step::Refused(_) | Step::Unknown(..));
            prop_assert_eq!(checked.count(), usize::from(is_check));
            prop_assert_eq!(
                after.status_reasons.is_empty(),
                match after.status {
                    AccountStatus::Active => true,
                    AccountStatus::Suspended => after.status_reasons.is_empty(),
                    AccountStatus::Expired | AccountStatus::Error => false,
                }
            );

            // No answer is remembered with the first instant since which there was none.
            match step {
                Step::Unknown(..) => {
                    let since = *unanswered.get_or_insert(before.last_checked_at);
                    prop_assert_eq!(after.unchecked_since, Some(since));
                    prop_assert_eq!(after.last_checked_at, before.last_checked_at);
                    prop_assert_eq!(&after.status_reasons, &before.status_reasons);
                }
                Step::Good(_) | Step::Refused(_) | Step::Renew(_) => {
                    unanswered = None;
                    prop_assert_eq!((after.unchecked_since, after.last_checked_at), (None, now));
                }
                _ => prop_assert_eq!(after.unchecked_since, unanswered),
            }

            // Each share of a key's life is told at most once, to nobody who is suspended, and to whoever
            // renews only when that is late.
            if matches!(step, Step::Renew(_)) {
                told.clear();
            }
            for warning in happened.iter().filter(|told| told.action == Action::AccountExpiring) {
                let percent = warning.detail["percent"].as_u64();
                prop_assert!(told.insert(percent), "{percent:?} was told before");
                prop_assert_eq!(before.status, AccountStatus::Active);
                prop_assert!(!before.renews_itself(&rules) || percent <= Some(25));
            }

            // Plans lie ahead, and not too far.
            if is_check || matches!(step, Step::Renew(_)) {
                let next = after.check.next_at;
                prop_assert!(next >= now.plus(Duration::from_secs(48)), "{next:?} at {now:?}");
                prop_assert!(next <= now.plus(Duration::from_hours(24) * 6 / 5), "{next:?} at {now:?}");
                let wait = if let Step::Unknown(_, Some(wait)) = step { *wait } else { 0 };
                prop_assert!(next >= now.plus(Duration::from_secs(wait)), "{next:?} at {now:?}");
            }
            match (after.status, after.notice.next_at) {
                (AccountStatus::Active, Some(next)) => {
                    prop_assert!(after.key.expires_at.is_some_and(|end| next <= end));
                }
                (AccountStatus::Active, None) => {
                    prop_assert!(after.key.expires_at.is_none() || after.outlived());
                }
                (_, next) => prop_assert_eq!(next, None),
            }
            account = after;
        }
    }

    /// Rounds that look whenever something is due tell every share and the end, each at its time.
    #[test]
    fn whoever_looks_when_something_is_due_hears_everything_in_time(
        life in 60..40 * 24 * HOUR,
        percents in prop::collection::btree_set(1_u8..100, 0..6),
    ) {
        let rules = Rules { warnings: percents.iter().rev().copied().collect(), ..rules() };
        let end = at(NOW, life);
        let key = verified(Some(end));
        let mut account = Account::linked(Owner::default(), String::new(), key, NOW, &rules).account;
        let mut heard = Vec::new();
        while let Some(due) = account.notice.next_at {
            prop_assert!(heard.len() <= percents.len(), "it goes on for ever");
            let transition = account.after_time(due, &rules);
            for told in &transition.happened {
                heard.push((told.detail["percent"].as_u64(), due));
            }
            prop_assert!(!transition.happened.is_empty(), "a round for nothing");
            account = transition.account;
        }
        let total = Duration::from_secs(life.unsigned_abs());
        let mut all: Vec<_> = percents
            .iter()
            .rev()
            .map(|percent| {
                (Some(u64::from(*percent)), end.minus(total * u32::from(*percent) / 100))
            })
            .collect();
        all.push((None, end));
        prop_assert_eq!(heard, all);
        prop_assert_eq!(account.status, AccountStatus::Expired);
    }
}
