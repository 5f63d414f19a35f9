use super::*;

#[test]
fn a_class_stands_where_its_count_does() {
    for (at, class) in Health::ALL.into_iter().enumerate() {
        assert_eq!(class as usize, at, "{class:?}");
    }
}

#[test]
fn every_expiry_of_an_active_account_is_in_one_class() {
    let now = Timestamp::from_millis(1_795_430_000_000);
    let day = i64::try_from(DAY.as_millis()).unwrap();
    let expiries = [-9 * day, -1, 0, 1, day, day + 1, 7 * day, 7 * day + 1, 400 * day];
    let expiries = expiries.map(|by| Timestamp::from_millis(now.as_millis() + by));
    for at in expiries.into_iter().chain([Timestamp::from_millis(i64::MAX)]) {
        let classes = Health::ALL.into_iter().filter(|class| {
            let range = class.expires().map(|expires| expires.range(now));
            range.is_some_and(|(first, last)| first <= at && at <= last)
        });
        assert_eq!(classes.count(), 1, "{at:?}");
    }
}
