//! A clock that was ahead, and is right again: what was said by it does not stay for as long as it was wrong.

use std::time::Duration;

use linkhub::clock::{Clock, Timestamp};
use linkhub::id::ClaimId;
use linkhub::model::account::{Account, AccountStatus};
use linkhub::model::event::Action;

use super::{MINUTE, count, link_key, stored};
use crate::support::TestHub;

const START: Timestamp = Timestamp::from_millis(1_795_428_000_000);
const HOUR: Duration = Duration::from_hours(1);

/// A hub whose clock is set apart from Qlik's, with an account whose key lives two hours.
struct Ahead {
    hub: TestHub,
    qlik_clock: Clock,
    account: Account,
}

impl Ahead {
    async fn start() -> Self {
        let (clock, qlik_clock) = (Clock::fixed(START), Clock::fixed(START));
        let hub = TestHub::start_with_clocks(&[], clock, qlik_clock.clone()).await;
        let key = hub.qlik.world().mint_key(&hub.user_id, HOUR * 2);
        let account = link_key(&hub, key).await;
        Self { hub, qlik_clock, account }
    }

    /// So long after the start it is at Qlik, and by the hub's clock.
    fn set(&self, qlik: Duration, hub: Duration) {
        for (clock, after) in [(&self.qlik_clock, qlik), (&self.hub.clock, hub)] {
            let Clock::Fixed(millis) = clock else { panic!("nobody sets the system's clock") };
            millis.store(START.plus(after).as_millis(), std::sync::atomic::Ordering::SeqCst);
        }
    }

    async fn rounds(&self) -> Account {
        self.hub.state.linking.notice_due().await.unwrap();
        while self.hub.state.linking.check_due().await.unwrap() {}
        stored(&self.hub, &self.account.id).await
    }
}

#[tokio::test]
async fn an_end_that_was_told_by_a_clock_ahead_is_taken_back_at_once() {
    let test = Ahead::start().await;
    test.set(MINUTE * 90, MINUTE * 90);
    test.rounds().await;
    test.set(MINUTE * 91, MINUTE * 151);
    assert_eq!(test.rounds().await.status, AccountStatus::Expired);
    test.set(MINUTE * 92, MINUTE * 92);
    let now = test.rounds().await;
    assert_eq!(now.status, AccountStatus::Active);
    assert_eq!(now.last_checked_at, START.plus(MINUTE * 92));
    test.set(HOUR * 2, HOUR * 2);
    assert_eq!(test.rounds().await.status, AccountStatus::Expired);
    assert_eq!(count(&test.hub, &test.account.id, Action::AccountExpired).await, 2);
    assert_eq!(count(&test.hub, &test.account.id, Action::AccountRecovered).await, 1);
}

#[tokio::test]
async fn a_key_that_was_good_after_its_end_by_a_clock_ahead_ends_at_its_end() {
    let test = Ahead::start().await;
    test.set(MINUTE * 70, MINUTE * 130);
    test.rounds().await;
    test.set(MINUTE * 90, MINUTE * 150);
    let outlived = test.rounds().await;
    assert_eq!((outlived.status, outlived.outlived()), (AccountStatus::Active, true));
    test.set(MINUTE * 91, MINUTE * 91);
    let now = test.rounds().await;
    assert_eq!((now.status, now.outlived()), (AccountStatus::Active, false));
    test.set(HOUR * 2, HOUR * 2);
    assert_eq!(test.rounds().await.status, AccountStatus::Expired);
}

#[tokio::test]
async fn what_a_dead_hub_took_on_in_a_year_to_come_is_done_by_the_next() {
    let test = Ahead::start().await;
    let ahead = START.plus(HOUR * 24 * 365);
    let (dead, store) = (ClaimId::new(), &test.hub.state.store);
    let claimed = store.claim_checks(&dead, ahead, ahead.plus(MINUTE), 9).await.unwrap();
    assert_eq!(claimed.len(), 1);
    test.set(MINUTE * 10, MINUTE * 10);
    let next = test.hub.another().await;
    while next.linking.check_due().await.unwrap() {}
    let now = stored(&test.hub, &test.account.id).await;
    assert_eq!((now.last_checked_at, now.check.claim), (START.plus(MINUTE * 10), None));
}
