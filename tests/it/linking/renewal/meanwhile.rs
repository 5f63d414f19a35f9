//! Others change the account while its successor is made.

use std::sync::Arc;

use linkhub::linking::Linking;

use super::*;
use crate::emulator::Fault;

const ROUTE_OF_MAKING: &str = "/api/v1/api-keys";
/// Long enough to change something meanwhile.
const PAUSE: Duration = Duration::from_secs(2);

/// Runs a renewal that pauses at the proof of the successor, and does something in the pause.
async fn while_proving<T>(scene: &Renewing, act: impl AsyncFnOnce(Arc<Linking>) -> T) -> T {
    scene.wait_until_due().await;
    scene.hub.qlik.world().fault("/api/v1/users/me", Fault::Slow(PAUSE)).times(1);
    let linking = scene.hub.state.linking.clone();
    let before = scene.posts();
    let round = tokio::spawn(async move { linking.renew_due().await });
    while scene.posts() == before || !scene.is_noted().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let acted = act(scene.hub.state.linking.clone()).await;
    round.await.unwrap().unwrap();
    acted
}

#[tokio::test]
async fn a_person_who_reconnects_meanwhile_keeps_their_key() {
    let scene = Renewing::start().await;
    let pasted = scene.hub.key();
    let id = scene.hub.qlik.world().key_by_text(&pasted).unwrap().id.clone();
    while_proving(&scene, async |_| {
        scene.hub.qlik.world().clear_faults();
        connect(&scene.hub, &pasted).await
    })
    .await;
    assert_eq!(scene.account().await.key.id, Some(id));
    assert!(scene.orphans().await.is_empty(), "the successor is deleted");
    assert!(scene.retired().await.is_empty());
    assert!(scene.account().await.renewal.next_at.is_some());
    scene.stored_key_works().await;
}

#[tokio::test]
async fn a_stop_meanwhile_stops() {
    let scene = Renewing::start().await;
    let old = scene.account().await.key.id;
    while_proving(&scene, async |linking| {
        linking.set_renewal(&scene.id, false, &Caller::system()).await.unwrap();
    })
    .await;
    assert_eq!(scene.account().await.key.id, old);
    assert!(scene.account().await.renewal.next_at.is_none());
    assert!(scene.orphans().await.is_empty());
    scene.stored_key_works().await;
}

#[tokio::test]
async fn an_unlink_meanwhile_leaves_no_key_of_ours() {
    for delete_at_qlik in [false, true] {
        let scene = Renewing::start().await;
        let id = scene.id.clone();
        while_proving(&scene, async |linking| {
            linking.unlink(id, delete_at_qlik, Caller::system()).await.unwrap();
        })
        .await;
        let ours = scene.keys().into_iter().filter(|k| k.description.contains(scene.id.as_str()));
        assert_eq!(ours.count(), 0);
        assert_eq!(scene.keys().len(), usize::from(!delete_at_qlik));
    }
}

#[tokio::test]
async fn a_check_and_an_edit_meanwhile_do_not_stop_it() {
    let scene = Renewing::start().await;
    let old = scene.account().await.key.id;
    while_proving(&scene, async |linking| {
        scene.hub.qlik.world().clear_faults();
        linking.check(&scene.id, &Caller::system()).await.unwrap();
        linking.suspend(&scene.id, &Caller::system()).await.unwrap();
    })
    .await;
    let account = scene.account().await;
    assert_ne!(account.key.id, old);
    assert_eq!(account.status, AccountStatus::Suspended);
    assert!(scene.orphans().await.is_empty());
}

#[tokio::test]
async fn a_retired_key_that_is_pasted_again_is_kept() {
    let scene = Renewing::start().await;
    let text = scene.hub.state.linking.read_credential(&scene.id, &Caller::system()).await;
    let text = text.unwrap().api_key;
    scene.wait_until_due().await;
    scene.renew().await;
    connect(&scene.hub, secrecy::ExposeSecret::expose_secret(&text)).await;
    let linking = &scene.hub.state.linking;
    linking.set_renewal(&scene.id, false, &Caller::system()).await.unwrap();
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    scene.stored_key_works().await;
    assert!(scene.retired().await.is_empty());

    linking.set_renewal(&scene.id, true, &Caller::system()).await.unwrap();
    scene.renew().await;
    assert!(scene.orphans().await.is_empty(), "the successor that it took the place of is gone");
    scene.stored_key_works().await;
}

#[tokio::test]
async fn a_hub_that_was_stopped_too_long_stores_nothing() {
    let scene = Renewing::start().await;
    while_proving(&scene, async |linking| {
        scene.hub.qlik.world().clear_faults();
        scene.hub.clock.advance(Duration::from_mins(3));
        linking.renew_due().await.unwrap();
    })
    .await;
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "each renewal once");
    assert!(scene.orphans().await.is_empty());
    scene.stored_key_works().await;
    let made = scene.hub.qlik.requests();
    let made = made.iter().filter(|r| r.method == "POST" && r.path == ROUTE_OF_MAKING);
    assert_eq!(made.count(), 2);
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert_eq!(scene.keys().len(), 1);
}

#[tokio::test]
async fn an_unlink_with_deletion_takes_what_renewal_has_left() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    scene.renew().await;
    scene.hub.qlik.world().mint_described(
        &scene.hub.user_id,
        DAY,
        &format!("linkhub renewal for My Company ({})", scene.id),
    );
    assert_eq!(scene.keys().len(), 3);
    scene.hub.state.linking.unlink(scene.id.clone(), true, Caller::system()).await.unwrap();
    assert_eq!(scene.keys().len(), 0);
}

#[tokio::test]
async fn a_hub_that_stops_does_not_wait_for_qlik_and_leaves_what_a_next_one_mends() {
    let mut scene = Renewing::start_of(&["--qlik-timeout=60"], DAY).await;
    scene.wait_until_due().await;
    let old = scene.account().await.key.id;
    scene.hub.qlik.world().fault("/api/v1/users/me", Fault::Slow(Duration::from_secs(30))).times(1);
    let linking = scene.hub.state.linking.clone();
    let round = tokio::spawn(async move { linking.renew_due().await });
    while !scene.is_noted().await {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let started = std::time::Instant::now();
    scene.hub.state.linking.wind_down();
    round.await.unwrap().unwrap();
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(scene.account().await.key.id, old);

    let next = scene.hub.another().await;
    scene.hub.clock.advance(Duration::from_mins(3));
    while next.linking.renew_due().await.unwrap() {}
    scene.hub.state = next;
    assert_ne!(scene.account().await.key.id, old);
    assert!(scene.orphans().await.is_empty());
    scene.stored_key_works().await;
}
