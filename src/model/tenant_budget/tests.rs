use std::collections::BTreeSet;
use std::num::NonZeroU32;

use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);

fn rules(check_limit: u32) -> Rules {
    Rules { check_limit: NonZeroU32::new(check_limit).unwrap(), ..Rules::default() }
}

fn ids(count: usize) -> Vec<AccountId> {
    (0..count).map(|_| AccountId::new()).collect()
}

fn share(
    budget: TenantBudget,
    count: usize,
    now: Timestamp,
    rules: &Rules,
) -> (TenantBudget, Share) {
    let ids = ids(count);
    budget.shared(&ids.iter().collect::<Vec<_>>(), now, rules)
}

#[test]
fn a_quiet_tenant_takes_a_small_burst_and_then_one_at_a_time() {
    let rules = rules(30);
    let (budget, first) = share(TenantBudget::default(), 5, NOW, &rules);
    assert_eq!(first.granted, 3);
    let two = Duration::from_secs(2);
    assert_eq!(first.later, [NOW.plus(two), NOW.plus(two * 2)]);
    let (budget, second) = share(budget, 2, NOW.plus(two), &rules);
    assert_eq!((second.granted, second.later), (1, vec![NOW.plus(two * 3)]));
    assert_eq!(share(budget, 9, NOW.plus(Duration::from_hours(1)), &rules).1.granted, 3);
}

#[test]
fn those_put_off_stand_in_one_queue_that_is_no_longer_than_the_interval() {
    let rules = rules(30);
    let (budget, share_of) = share(TenantBudget::default(), 20_000, NOW, &rules);
    let horizon = NOW.plus(rules.check_interval);
    assert!(share_of.later.iter().all(|at| *at > NOW && *at <= horizon));
    let in_queue: BTreeSet<_> = share_of.later.iter().take(10_000).collect();
    assert_eq!(in_queue.len(), 10_000, "each has a time of its own");
    assert!(budget.put_off_to <= horizon.plus(Duration::from_secs(2)));
}

#[test]
fn a_pause_holds_everybody_and_the_longest_counts() {
    let rules = rules(30);
    let hour = Duration::from_hours(1);
    let paused = TenantBudget::default().paused(Some(hour / 2), NOW).paused(None, NOW);
    let (_, held) = share(paused, 2, NOW.plus(PAUSE), &rules);
    assert_eq!(held.granted, 0);
    assert!(held.later.iter().all(|at| *at >= NOW.plus(hour / 2)));
    assert_eq!(paused.pause_left(NOW), Some(hour / 2));
    assert_eq!(share(paused, 2, NOW.plus(hour / 2), &rules).1.granted, 2);
    assert_eq!(TenantBudget::default().paused(Some(hour * 9), NOW).pause_left(NOW), Some(hour));
}

#[test]
fn an_outage_holds_others_for_a_minute() {
    let down = TenantBudget::default().unanswered(NOW);
    assert_eq!(share(down, 1, NOW.plus(PAUSE / 2), &rules(30)).1.granted, 0);
    assert_eq!(share(down, 1, NOW.plus(PAUSE), &rules(30)).1.granted, 1);
    assert_eq!(down.pause_left(NOW), None, "whoever waits for a check gets it");
}

#[test]
fn a_clock_that_is_set_back_stops_nobody() {
    let later = NOW.plus(Duration::from_hours(3));
    let (budget, _) = share(TenantBudget::default(), 3, later, &rules(30));
    let budget = budget.paused(Some(Duration::from_mins(5)), later);
    assert_eq!(budget.pause_left(NOW), None);
    assert_eq!(share(budget, 1, NOW, &rules(30)).1.granted, 1);
}

#[test]
fn a_queue_that_was_made_by_a_clock_ahead_is_left() {
    let rules = rules(30);
    let ahead = NOW.plus(rules.check_interval * 2);
    let (budget, _) = share(TenantBudget::default(), 20, ahead, &rules);
    let (budget, share_of) = share(budget, 20, NOW, &rules);
    let two = Duration::from_secs(2);
    assert_eq!(share_of.later.first(), Some(&NOW.plus(two)));
    assert_eq!(budget.put_off_to, NOW.plus(two * 20), "one was granted");
}

/// What is left after so many of these, all at the same moment; how many of them there were.
fn as_many_as_go(mut budget: TenantBudget, errand: Errand, rules: &Rules) -> (TenantBudget, u32) {
    let mut count = 0;
    while let Ok(left) = budget.spent(errand, NOW, rules) {
        (budget, count) = (left, count + 1);
    }
    (budget, count)
}

#[test]
fn checks_hold_up_no_renewal_and_renewals_no_late_one() {
    for limit in [1, 2, 19, 30, 100, 1000] {
        let rules = rules(limit);
        let (busy, checks) = as_many_as_go(TenantBudget::default(), Errand::Check, &rules);
        assert_eq!(checks, burst(&rules), "{limit}");
        for errand in [Errand::CheckByHand, Errand::Deletion, Errand::Renewal] {
            assert!(busy.spent(errand, NOW, &rules).is_ok(), "{limit}: {errand:?} behind checks");
            let (busy, others) = as_many_as_go(busy, errand, &rules);
            assert!(others <= burst(&rules) + 1, "{limit}: {errand:?}");
            let (_, late) = as_many_as_go(busy, Errand::LateRenewal, &rules);
            assert!((1..=2).contains(&late), "{limit}: {late} late renewals behind {errand:?}");
        }
    }
}

#[test]
fn what_was_taken_beforehand_is_paid_off_before_anybody_is_checked() {
    let rules = rules(30);
    let second = Duration::from_secs(1);
    let (busy, renewals) = as_many_as_go(TenantBudget::default(), Errand::Renewal, &rules);
    assert_eq!(renewals, 3, "a burst, and as much on credit");
    let again = busy.spent(Errand::Renewal, NOW, &rules).unwrap_err();
    assert!(again > NOW && again <= NOW.plus(2 * second), "{again}");
    assert!(busy.spent(Errand::Renewal, again, &rules).is_ok());
    let from = busy.spent(Errand::Check, NOW, &rules).unwrap_err();
    assert_eq!(from, NOW.plus(8 * second));
    assert_eq!(share(busy, 1, from, &rules).1.granted, 1);
}

#[test]
fn whoever_is_in_need_waits_for_qlik_all_the_same() {
    let rules = rules(30);
    let minutes = Duration::from_mins;
    let paused = TenantBudget::default().paused(Some(minutes(20)), NOW);
    let until = NOW.plus(minutes(20));
    assert_eq!(paused.spent(Errand::LateRenewal, NOW, &rules), Err(until));
    assert!(paused.spent(Errand::LateRenewal, until, &rules).is_ok());
    let down = TenantBudget::default().unanswered(NOW);
    let again = down.spent(Errand::LateRenewal, NOW, &rules).unwrap_err();
    assert!(again >= NOW.plus(PAUSE * 3 / 4), "an outage is not found out by everybody: {again}");
}

#[test]
fn no_debt_is_taken_for_a_clock_that_was_set_back() {
    let rules = rules(1);
    let (busy, _) = as_many_as_go(TenantBudget::default(), Errand::Renewal, &rules);
    let (busy, _) = as_many_as_go(busy, Errand::LateRenewal, &rules);
    assert!(busy.spent(Errand::Check, NOW, &rules).is_err());
    assert!(busy.spent(Errand::LateRenewal, NOW, &rules).is_err());
}

proptest! {
    /// Whatever is asked when: in no minute more than the limit and the burst; with renewals, more by what one may
    /// take beforehand and costs, and never more in the long run.
    #[test]
    fn no_minute_sees_more_than_the_limit_and_a_burst(
        limit in 1_u32..200,
        steps in prop::collection::vec((0_u64..20_000, 1_usize..40, 0_u32..3), 1..80),
        renews in any::<bool>(),
    ) {
        let rules = rules(limit);
        let (mut budget, mut now) = (TenantBudget::default(), NOW);
        let mut granted: Vec<Timestamp> = Vec::new();
        for (wait, wanted, renewals) in steps {
            now = now.plus(Duration::from_millis(wait));
            let (after, share) = share(budget, wanted, now, &rules);
            prop_assert_eq!(share.granted + share.later.len(), wanted);
            prop_assert!(share.later.iter().all(|at| *at > now));
            granted.extend(std::iter::repeat_n(now, share.granted));
            budget = after;
            for _ in 0..if renews { renewals } else { 0 } {
                match budget.spent(Errand::LateRenewal, now, &rules) {
                    Ok(after) => budget = after,
                    Err(at) => { prop_assert!(at > now); continue }
                }
                granted.extend([now, now]);
            }
        }
        let beforehand = if renews { burst(&rules) + 3 } else { 0 };
        let most = (limit + burst(&rules) + beforehand) as usize;
        for from in &granted {
            let until = from.plus(Duration::from_mins(1));
            let count = granted.iter().filter(|at| **at >= *from && **at < until).count();
            prop_assert!(count <= most, "{count} in a minute, not {most}");
        }
        // A hundredth for what is lost in rounding to milliseconds.
        let earned = u128::from(limit) * now.since(NOW).as_millis() * 101 / 6_000_000;
        let in_all = earned + u128::from(burst(&rules) + beforehand);
        prop_assert!(granted.len() as u128 <= in_all, "{} in all, not {in_all}", granted.len());
    }
}
