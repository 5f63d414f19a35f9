use crate::model::account::transition::tests::{account, rules, verified};
use crate::model::failure::{Failure, FailureCode};

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);
const DAY: Duration = Duration::from_hours(24);

/// A tenth of an hour more or less does not matter to a plan that is spread.
fn minutes_until_check(account: &Account, now: Timestamp) -> u64 {
    account.check.next_at.since(now).as_secs() / 60
}

#[test]
fn checks_become_rarer_while_nothing_changes_and_frequent_again_before_expiry() {
    let mut account = account(Some(NOW.plus(DAY * 30)));
    let mut now = NOW;
    assert!((4..=6).contains(&minutes_until_check(&account, now)));
    let mut last = 0;
    for _ in 0..12 {
        now = account.check.next_at;
        let good = Ok(verified(account.key.expires_at));
        account = account.checked(&good, now, &rules()).account;
        let wait = minutes_until_check(&account, now);
        assert!(wait >= last * 6 / 10, "{wait} after {last} minutes");
        assert!(wait <= 6 * 60 * 6 / 5, "{wait} minutes are longer than the setting allows");
        last = wait;
    }
    assert!(last >= 6 * 60 * 4 / 5, "{last} minutes");
    let soon = account.key.expires_at.unwrap().minus(Duration::from_mins(20));
    let good = Ok(verified(account.key.expires_at));
    let checked = account.checked(&good, soon, &rules()).account;
    assert!(minutes_until_check(&checked, soon) <= 12);
}

#[test]
fn accounts_that_were_linked_together_are_not_checked_together() {
    let mut in_ten_seconds = std::collections::BTreeMap::<u64, usize>::new();
    for _ in 0..1200 {
        let wait = account(Some(NOW.plus(DAY))).check.next_at.since(NOW);
        *in_ten_seconds.entry(wait.as_secs() / 10).or_default() += 1;
    }
    assert!(in_ten_seconds.len() >= 12, "{in_ten_seconds:?}");
    assert!(
        in_ten_seconds.values().all(|count| *count < 200),
        "a hundred each: {in_ten_seconds:?}"
    );
}

#[test]
fn what_qlik_asks_to_wait_is_waited() {
    let wait = Duration::from_hours(3);
    let limited = Failure::new(FailureCode::RateLimited).retry_after(Some(wait));
    let checked = account(None).checked(&Err(limited), NOW, &rules()).account;
    assert!(checked.check.next_at >= NOW.plus(wait));
}

#[test]
fn every_threshold_is_told_once_and_expiry_once() {
    let mut account = account(Some(NOW.plus(DAY)));
    let mut told = Vec::new();
    let mut rounds = 0;
    while let Some(at) = account.notice.next_at {
        let transition = account.after_time(at, &rules());
        told.extend(
            transition.happened.iter().map(|h| (h.action.as_str(), h.detail["percent"].as_u64())),
        );
        account = transition.account;
        rounds += 1;
        assert!(rounds < 10, "{told:?}");
    }
    let expiring = |percent| ("account.expiring", Some(percent));
    assert_eq!(told, [expiring(50), expiring(20), expiring(5), ("account.expired", None)]);
    assert_eq!(account.status, AccountStatus::Expired);
}

#[test]
fn what_was_over_before_linking_is_no_news() {
    let mut verified = verified(Some(NOW.plus(DAY)));
    verified.key.created_at = Some(NOW.minus(DAY * 2));
    let owner = crate::model::account::Owner::default();
    let account = Account::linked(owner, String::new(), verified, NOW, &rules()).account;
    assert_eq!(account.notice.warned_percent, 50);
    assert_eq!(account.notice.next_at, account.percent_remains_at(20));
}

#[test]
fn a_key_that_renews_itself_warns_nobody_before_it_is_late() {
    let rules = Rules { renewal: true, ..rules() };
    let account = account(Some(NOW.plus(DAY))).renewal_allowed(true, NOW, &rules);
    assert_eq!(account.notice.next_at, account.percent_remains_at(20));
    let tired = account.clone().after_time(NOW.plus(DAY * 9 / 10), &rules);
    let told: Vec<_> = tired.happened.iter().map(|told| told.detail["percent"].clone()).collect();
    assert_eq!(told, [20], "half a life is no news, but that nothing has come of it is");
    assert_eq!(tired.account.notice.next_at, account.percent_remains_at(5));
    let at = account.renewal.next_at.unwrap();
    assert!(at >= NOW.plus(DAY / 10 * 4) && at <= account.percent_remains_at(50).unwrap());
    let code = crate::model::account::RenewalProblemCode::KeyCapReached;
    let failed = account.renewal_failed(code, at, &rules).account;
    assert_eq!(failed.notice.next_at, failed.percent_remains_at(50), "reminders again");
}

#[test]
fn a_renewal_that_a_clock_ahead_has_put_off_is_planned_anew_by_a_check() {
    let rules = Rules { renewal: true, ..rules() };
    let good = || Ok(verified(Some(NOW.plus(DAY))));
    let account = account(Some(NOW.plus(DAY))).renewal_allowed(true, NOW, &rules);
    let planned = account.renewal.next_at;
    let kept = account.clone().checked(&good(), NOW.plus(DAY / 10), &rules).account;
    assert_eq!(kept.renewal.next_at, planned);

    let ahead = NOW.plus(DAY * 9 / 10);
    let postponed = account.clone().renewal_postponed(None, ahead);
    assert!(postponed.renewal.next_at > planned);
    assert_eq!(postponed.checked(&good(), NOW, &rules).account.renewal.next_at, planned);

    let mut claimed = account;
    claimed.renewal.next_at = Some(ahead);
    claimed.renewal.claim = Some("clm_of_a_hub_that_died".into());
    let given_back = claimed.clone().checked(&good(), NOW, &rules).account.renewal;
    assert_eq!((given_back.next_at, given_back.claim), (planned, None));
    let under_way = NOW.plus(DAY * 9 / 10).minus(Duration::from_mins(2));
    let kept = claimed.checked(&good(), under_way, &rules).account.renewal;
    assert!(kept.claim.is_some(), "somebody is at it");
}
