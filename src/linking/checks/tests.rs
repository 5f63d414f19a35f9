use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);

#[test]
fn no_check_begins_that_could_outlast_its_claim() {
    let term = Term::new(NOW);
    let last = NOW.plus(CLAIM.checked_sub(LONGEST).unwrap());
    assert!(term.suffices(NOW) && term.suffices(last));
    assert!(!term.suffices(last.plus(Duration::from_millis(1))));
    let hour = Duration::from_hours(1);
    assert!(!term.suffices(NOW.plus(hour)), "the clock was set ahead");
    let begun = Term { since: term.since.checked_sub(LONGEST * 2).unwrap(), ..term };
    assert!(!begun.suffices(NOW.minus(hour)), "a clock that was set back prolongs no claim");
}
