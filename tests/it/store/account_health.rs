use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::model::account::AccountStatus;
use linkhub::model::account::health::Health;
use rstest::rstest;

use super::{Engine, NOW, account};

#[rstest]
#[tokio::test]
async fn every_account_is_counted_once_and_those_not_checked_beside(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let empty = store.count_account_health(NOW).await.unwrap();
    assert_eq!((empty.total(), empty.unchecked), (0, 0));

    let hours = |hours: u64| Some(NOW.plus(Duration::from_hours(hours)));
    let past = Some(NOW.minus(Duration::from_millis(1)));
    let known = [None, past, Some(NOW), hours(1), hours(24), hours(25), hours(168), hours(169)];
    let mut n = 0;
    for status in AccountStatus::ALL {
        for expires_at in known {
            for unchecked in [false, true] {
                n += 1;
                let mut account = account("owner", &format!("user-{n}"));
                account.status = status;
                account.key.expires_at = expires_at;
                account.unchecked_since = unchecked.then_some(NOW);
                store.link(&account).await;
            }
        }
    }
    let counts = store.count_account_health(NOW).await.unwrap();
    for (class, found) in [
        (Health::Healthy, 4),
        (Health::ThisWeek, 4),
        (Health::Today, 6),
        (Health::Overdue, 2),
        (Health::Suspended, 16),
        (Health::Expired, 16),
        (Health::Broken, 16),
    ] {
        assert_eq!(counts.of(class), found, "{class:?}");
    }
    assert_eq!((counts.total(), counts.unchecked, counts.at), (64, 32, NOW));
    let far = store.count_account_health(Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(far.total(), 64, "whatever the clock says");
}
