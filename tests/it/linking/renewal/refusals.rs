//! Qlik refuses, or does not answer.

use super::*;
use crate::emulator::{CapRefusal, Fault};

/// The problem is told once, people are reminded, and a later try ends it.
async fn told_and_mended(scene: &Renewing, code: RenewalProblemCode) {
    assert_eq!(scene.problem().await, Some(code));
    let failed = scene.events(Action::RenewalFailed).await;
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].detail["code"], code.as_str());
    assert!(scene.events(Action::AccountRenewed).await.is_empty());
    assert!(scene.orphans().await.is_empty());
    scene.stored_key_works().await;
}

async fn mend(scene: &Renewing) {
    scene.wait_until_due().await;
    scene.renew().await;
    assert_eq!(scene.problem().await, None);
    assert_eq!(scene.events(Action::RenewalFailed).await.len(), 1);
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1);
    scene.stored_key_works().await;
}

#[tokio::test]
async fn a_reached_cap_is_said_and_people_are_reminded_until_it_is_mended() {
    for refusal in [CapRefusal::Forbidden, CapRefusal::BadRequest, CapRefusal::Conflict] {
        let scene = Renewing::start().await;
        scene.hub.qlik.world().knobs.cap_refusal = refusal;
        let others: Vec<_> =
            (0..4).map(|_| scene.hub.qlik.world().mint_key(&scene.hub.user_id, DAY)).collect();
        scene.wait_until_due().await;
        scene.renew().await;
        told_and_mended(&scene, RenewalProblemCode::KeyCapReached).await;
        assert_eq!(scene.keys().len(), 5, "{refusal:?}");
        // Reminded as if nobody had allowed renewal.
        scene.hub.clock.advance(4 * HOUR);
        scene.renew().await;
        scene.hub.state.linking.notice_due().await.unwrap();
        assert_eq!(scene.events(Action::AccountExpiring).await.len(), 1);
        assert_eq!(scene.events(Action::RenewalFailed).await.len(), 1, "said once");
        scene.hub.qlik.world().delete_key(&others[0]);
        mend(&scene).await;
        assert!(scene.keys().len() <= 5);
    }
}

#[tokio::test]
async fn a_permission_that_is_gone_is_said() {
    for knob in [KeyList::Open, KeyList::Missing] {
        let scene = Renewing::start().await;
        scene.hub.qlik.world().knobs.key_list = knob;
        scene.hub.qlik.world().user_mut(&scene.hub.user_id).may_manage_keys = false;
        scene.wait_until_due().await;
        scene.renew().await;
        told_and_mended(&scene, RenewalProblemCode::NotPermitted).await;
        scene.hub.qlik.world().user_mut(&scene.hub.user_id).may_manage_keys = true;
        mend(&scene).await;
    }
}

#[tokio::test]
async fn a_maximum_that_is_too_low_is_said_and_a_lower_one_is_taken() {
    let scene = Renewing::start().await;
    scene.hub.qlik.world().tenant_mut(&scene.hub.tenant_id).max_key_life = HOUR / 4;
    scene.wait_until_due().await;
    scene.renew().await;
    told_and_mended(&scene, RenewalProblemCode::LifeTooShort).await;
    assert_eq!(scene.keys().len(), 1, "none is made that would be of no use");
    scene.hub.qlik.world().tenant_mut(&scene.hub.tenant_id).max_key_life = 16 * HOUR;
    mend(&scene).await;
    let life = scene.account().await.key_life();
    assert_eq!(life, Some(16 * HOUR));
}

#[tokio::test]
async fn where_the_maximum_is_not_told_what_was_made_decides() {
    let scene = Renewing::start().await;
    {
        let mut world = scene.hub.qlik.world();
        world.tenant_mut(&scene.hub.tenant_id).max_key_life = HOUR;
        world.fault("/api/v1/api-keys/configs/{tenant_id}", Fault::Forbidden);
    }
    scene.wait_until_due().await;
    scene.renew().await;
    told_and_mended(&scene, RenewalProblemCode::LifeTooShort).await;
    assert_eq!(scene.keys().len(), 1, "what was made in vain is gone");
}

#[tokio::test]
async fn a_successor_that_does_not_work_is_deleted_and_said() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    // Two proofs, each of which begins with this.
    scene
        .hub
        .qlik
        .world()
        .fault("/api/v1/users/me", Fault::Body(r#"{"id":"x","tenantId":"y"}"#.into()));
    scene.renew().await;
    scene.hub.qlik.world().clear_faults();
    let problem = scene.problem().await;
    assert_eq!(problem, Some(RenewalProblemCode::Refused));
    assert_eq!(scene.keys().len(), 1);
    assert!(scene.retired().await.is_empty());
    scene.stored_key_works().await;
}

#[tokio::test]
async fn an_outage_a_limit_and_a_lost_answer_are_no_problem_but_tried_again() {
    let faults = [
        Fault::Maintenance,
        Fault::TooManyRequests(120),
        Fault::Reset,
        Fault::Truncated,
        Fault::HtmlPage,
    ];
    for fault in faults {
        // At the list, at the making, at the proof.
        for skip in 0..3 {
            let scene = Renewing::start().await;
            scene.wait_until_due().await;
            scene.hub.qlik.world().fault("*", fault.clone()).after(skip);
            scene.renew().await;
            let again = scene.account().await.renewal.next_at.unwrap();
            let wait = again.since(scene.hub.clock.now());
            assert!(wait >= Duration::from_secs(48), "{fault:?} {skip}: {wait:?}");
            if let Fault::TooManyRequests(seconds) = fault {
                assert!(wait >= Duration::from_secs(seconds));
            }
            assert!(scene.orphans().await.len() <= 1, "{fault:?} {skip}");
            assert_eq!(scene.problem().await, None);
            assert!(scene.events(Action::RenewalFailed).await.is_empty());
            scene.hub.qlik.world().clear_faults();

            scene.wait_until_due().await;
            scene.stored_key_works().await;
            scene.renew().await;
            assert!(scene.orphans().await.is_empty(), "{fault:?} {skip}");
            assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "{fault:?} {skip}");
            scene.stored_key_works().await;
        }
    }
}

#[tokio::test]
async fn an_old_key_that_cannot_be_deleted_is_tried_for_long_and_then_given_up() {
    let scene = Renewing::start_with(30 * DAY).await;
    scene.hub.qlik.world().tenant_mut(&scene.hub.tenant_id).max_key_life = 30 * DAY;
    scene.wait_until_due().await;
    scene.renew().await;
    scene.hub.qlik.world().fault("/api/v1/api-keys/{id}", Fault::Forbidden);
    let mut tries = 0;
    while let Some(retired) = scene.retired().await.first() {
        scene.hub.clock.advance(retired.delete_at.since(scene.hub.clock.now()));
        scene.hub.state.linking.renew_due().await.unwrap();
        tries += 1;
        assert!(tries < 30);
    }
    assert!(tries >= 10, "{tries}");
    let told = scene.events(Action::KeyNotDeleted).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail["code"], "forbidden");
}

#[tokio::test]
async fn the_old_key_stays_while_the_stored_one_does_not_work() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    scene.renew().await;
    scene.hub.qlik.world().fault("/api/v1/users/me", Fault::Forbidden).times(1);
    let checked = scene.hub.state.linking.check(&scene.id, &Caller::system()).await.unwrap();
    assert_eq!(checked.account.status, AccountStatus::Error);
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert_eq!(scene.keys().len(), 2, "not deleted while the new one is in doubt");
    scene.stored_key_works().await;
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert_eq!(scene.keys().len(), 1);
}
