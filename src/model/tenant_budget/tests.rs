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

proptest! {
    /// Whatever is asked when: in no minute more than the limit and the burst.
    #[test]
    fn no_minute_sees_more_than_the_limit_and_a_burst(
        limit in 1_u32..200,
        steps in prop::collection::vec((0_u64..20_000, 1_usize..40), 1..80),
    ) {
        let rules = rules(limit);
        let (mut budget, mut now) = (TenantBudget::default(), NOW);
        let mut granted: Vec<Timestamp> = Vec::new();
        for (wait, wanted) in steps {
            now = now.plus(Duration::from_millis(wait));
            let (after, share) = share(budget, wanted, now, &rules);
            prop_assert_eq!(share.granted + share.later.len(), wanted);
            prop_assert!(share.later.iter().all(|at| *at > now));
            granted.extend(std::iter::repeat_n(now, share.granted));
            budget = after;
        }
        let most = limit as usize + burst(&rules) as usize;
        for from in &granted {
            let until = from.plus(Duration::from_mins(1));
            let count = granted.iter().filter(|at| **at >= *from && **at < until).count();
            prop_assert!(count <= most, "{count} in a minute, not {most}");
        }
    }
}
