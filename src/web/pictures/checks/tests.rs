use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);

fn check(minutes_ago: u64, result: CheckResult) -> PastCheck {
    PastCheck { at: NOW.minus(Duration::from_mins(minutes_ago)), result, code: None }
}

fn drawn(checks: &[PastCheck], linked_hours_ago: u64) -> ChecksPicture {
    let linked_at = NOW.minus(Duration::from_hours(linked_hours_ago));
    ChecksPicture::new(checks, linked_at, NOW)
}

#[test]
fn a_result_stands_where_its_number_does() {
    for (at, result) in CheckResult::ALL.into_iter().enumerate() {
        assert_eq!(result as usize, at);
    }
}

#[test]
fn thousands_of_checks_fit_and_none_is_lost() {
    // One every 20 minutes for 20 days, of which each seventh has no answer and each hundredth is refused.
    let result = |n: u64| match n {
        n if n % 100 == 0 => CheckResult::Refused,
        n if n % 7 == 0 => CheckResult::Unknown,
        _ => CheckResult::Good,
    };
    let checks: Vec<PastCheck> = (0..1_440).map(|n| check(n * 20, result(n))).collect();
    let picture = drawn(&checks, 20 * 24);
    assert_eq!(picture.lanes.iter().map(|lane| lane.count).sum::<usize>(), 1_440);
    for lane in &picture.lanes {
        assert!(lane.marks.len() <= 60, "{}", lane.marks.len());
        let told = |mark: &Mark| mark.text.rsplit(' ').next().unwrap().parse::<usize>().unwrap();
        assert_eq!(lane.marks.iter().map(told).sum::<usize>(), lane.count);
        for mark in &lane.marks {
            assert!(mark.x + mark.width <= picture.width, "{mark:?}");
            assert_eq!(mark.y + mark.height, picture.height, "{mark:?}");
        }
    }
    let in_table: usize = picture.rows.iter().flat_map(|row| row.counts).sum();
    assert_eq!(in_table, 1_440);
    assert!(picture.rows.len() <= 21);
}

#[test]
fn the_span_is_the_shortest_that_holds_the_accounts_time() {
    for (hours, words) in
        [(0, "24 hours"), (24, "24 hours"), (25, "7 days"), (168, "7 days"), (9_999, "30 days")]
    {
        assert_eq!(drawn(&[], hours).summary, format!("No check in the last {words}."));
    }
}

#[test]
fn the_summary_says_what_is_drawn() {
    use CheckResult::{Good, Refused, Unknown};
    let summary = |checks: &[PastCheck]| drawn(checks, 1).summary;
    assert_eq!(summary(&[check(5, Good)]), "1 check in the last 24 hours: good.");
    let good = [check(5, Good), check(9, Good)];
    assert_eq!(summary(&good), "2 checks in the last 24 hours: all good.");
    let mixed = [check(1, Unknown), check(5, Good), check(9, Good), check(99, Refused)];
    assert_eq!(
        summary(&mixed),
        "4 checks in the last 24 hours: 2 good, 1 without an answer, 1 refused."
    );
    let lanes = drawn(&mixed, 1).lanes;
    assert_eq!(lanes[0].last, "the last 5 min ago");
    assert_eq!(lanes[1].kind, "unknown");
    let many = vec![check(5, Good); MOST];
    assert!(summary(&many).starts_with("The newest 2000 checks of the last 24 hours: all good"));
}

#[test]
fn a_check_at_either_end_is_in_the_picture() {
    let ends = [check(0, CheckResult::Good), check(24 * 60, CheckResult::Good)];
    let marks: Vec<u64> = drawn(&ends, 1).lanes[0].marks.iter().map(|mark| mark.x).collect();
    assert_eq!(marks, [1, 591]);
}

#[test]
fn nothing_is_drawn_of_nothing() {
    let picture = drawn(&[], 1);
    assert!(picture.lanes.is_empty() && picture.rows.is_empty());
}
