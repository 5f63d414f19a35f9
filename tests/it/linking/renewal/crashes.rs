//! A hub that dies in the middle, at every point at which it can.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use super::*;
use crate::emulator::Fault;

const MOST_KEYS: usize = 5;

/// What is true after a crash, and after the next run.
async fn a_next_run_mends(scene: &Renewing, when: &str) {
    assert!(scene.orphans().await.len() <= 1, "{when}: {:?}", scene.orphans().await);
    assert!(scene.keys().len() <= MOST_KEYS, "{when}");
    scene.hub.qlik.world().clear_faults();
    scene.stored_key_works().await;

    scene.hub.clock.advance(Duration::from_mins(3));
    scene.renew().await;
    assert!(scene.orphans().await.is_empty(), "{when}: {:?}", scene.orphans().await);
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "{when}");
    assert_eq!(scene.problem().await, None, "{when}");
    scene.stored_key_works().await;

    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert_eq!(scene.keys().len(), 1, "{when}");
    assert!(scene.retired().await.is_empty(), "{when}");
    scene.stored_key_works().await;
}

/// As [`a_next_run_mends`], where Qlik shows no list.
async fn a_next_run_says_what_is_left(scene: &Renewing, when: &str) {
    scene.stored_key_works().await;
    for _ in 0..3 {
        scene.hub.clock.advance(Duration::from_mins(11));
        scene.renew().await;
    }
    scene.stored_key_works().await;
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "{when}");
    assert!(scene.retired().await.is_empty(), "{when}");
    let (left, said) = (scene.orphans().await.len(), scene.events(Action::KeyNotDeleted).await);
    assert!(left <= said.len() && said.len() <= 1, "{when}: {left} left, {said:?}");
    assert!(said.iter().all(|said| said.detail["code"] == "key_id_unknown"), "{when}: {said:?}");
}

/// Polls the future until it has waited so often, then drops it. Answers whether it came to its end.
async fn dies_after<F: Future>(waits: usize, future: F) -> bool {
    let mut future = pin!(future);
    let mut left = waits;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(true),
        Poll::Pending if left == 0 => Poll::Ready(false),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hub_that_dies_at_any_wait_leaves_a_working_key() {
    for list in [KeyList::Open, KeyList::Missing] {
        let mut waits = 0;
        loop {
            let scene = Renewing::start().await;
            scene.hub.qlik.world().knobs.key_list = list;
            scene.wait_until_due().await;
            let finished = dies_after(waits, scene.hub.state.linking.renew_due()).await;
            // What was on its way to Qlik arrives.
            tokio::time::sleep(Duration::from_millis(20)).await;
            if list == KeyList::Open {
                a_next_run_mends(&scene, &format!("after {waits} waits")).await;
            } else {
                a_next_run_says_what_is_left(&scene, &format!("after {waits} waits")).await;
            }
            if finished {
                break;
            }
            waits += 1;
        }
        assert!(waits > 8, "{waits}: a renewal waits for the database and for Qlik many times");
    }
}

#[tokio::test]
async fn a_hub_that_dies_after_any_request_was_carried_out_leaves_a_working_key() {
    let mut after = 0;
    loop {
        let scene = Renewing::start().await;
        scene.wait_until_due().await;
        scene.hub.qlik.clear_requests();
        scene.hub.qlik.world().fault("*", Fault::Unheard).after(after).times(1);
        let linking = scene.hub.state.linking.clone();
        let round = tokio::spawn(async move { linking.renew_due().await });
        while !round.is_finished() && scene.hub.qlik.requests().len() <= after as usize {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let finished = scene.hub.qlik.requests().len() <= after as usize;
        tokio::time::sleep(Duration::from_millis(30)).await;
        round.abort();
        let _ = round.await;
        a_next_run_mends(&scene, &format!("after {after} requests")).await;
        if finished {
            break;
        }
        after += 1;
    }
    assert!(after >= 5, "{after}: list, making, and the proof's own");
}

#[tokio::test]
async fn a_hub_that_dies_while_deleting_the_old_key_deletes_it_later() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    scene.renew().await;
    let mut waits = 0;
    while !scene.retired().await.is_empty() {
        scene.hub.clock.advance(LATER);
        dies_after(waits, scene.hub.state.linking.renew_due()).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        waits += 1;
        scene.stored_key_works().await;
        assert!(waits < 30);
    }
    assert_eq!(scene.keys().len(), 1);
}

#[tokio::test]
async fn ten_crashes_in_a_row_at_the_worst_moment_leave_one_orphan() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    for _ in 0..10 {
        scene.hub.qlik.world().fault("/api/v1/api-keys", Fault::Unheard).after(1).times(1);
        let posts = scene.posts();
        let linking = scene.hub.state.linking.clone();
        let round = tokio::spawn(async move { linking.renew_due().await });
        while scene.posts() == posts {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
        round.abort();
        let _ = round.await;
        assert_eq!(scene.orphans().await.len(), 1);
        assert_eq!(scene.keys().len(), 2);
        scene.hub.qlik.world().clear_faults();
        scene.hub.clock.advance(Duration::from_mins(3));
    }
    scene.renew().await;
    assert!(scene.orphans().await.is_empty());
    scene.stored_key_works().await;
}
