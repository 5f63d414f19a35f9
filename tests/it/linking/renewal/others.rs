//! Keys that cannot be found or seen any more: what becomes of them is said, and never guessed.

use super::*;
use crate::emulator::{Fault, User};

/// Jane's account is taken over by John, whose key may replace hers.
async fn another_user_takes_over(scene: &Renewing, admin: bool) {
    let key = {
        let mut world = scene.hub.qlik.world();
        let mut john = User::new("John Doe", "john.doe@example.com");
        john.roles.extend(admin.then(|| "TenantAdmin".to_owned()));
        let john = world.add_user(&scene.hub.tenant_id, john);
        world.mint_key(&john, DAY)
    };
    let user = scene.hub.qlik.world().key_by_text(&key).unwrap().user_id.clone();
    let request = ConnectRequest {
        tenant_name: TENANT.to_owned(),
        region: REGION.to_owned(),
        api_key: key.as_str().into(),
        authority: Authority::Renewal(Box::new(scene.account().await)),
        caller: Caller::system(),
        replace_user: Some(user),
        renewal: None,
    };
    let attempt = scene.hub.state.linking.begin_attempt("test");
    scene.hub.state.linking.connect(request, &attempt, &|_| {}).await.unwrap();
}

#[tokio::test]
async fn a_key_that_the_new_user_may_not_see_is_not_called_deleted() {
    let scene = Renewing::start().await;
    let old = scene.account().await.key;
    scene.wait_until_due().await;
    scene.renew().await;
    another_user_takes_over(&scene, false).await;
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert!(scene.keys().iter().any(|key| Some(&key.id) == old.id.as_ref()), "it is still there");
    assert!(scene.events(Action::KeyDeleted).await.is_empty());
    let told = scene.events(Action::KeyNotDeleted).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail["code"], "key_of_another_user");
    assert_eq!(told[0].detail["key_id"].as_str(), old.id.as_deref());
    let end = old.expires_at.unwrap().to_string();
    assert_eq!(told[0].detail["expires_at"], end, "so long it works");
    assert!(scene.retired().await.is_empty());
}

#[tokio::test]
async fn a_key_that_the_new_user_may_delete_is_deleted() {
    let scene = Renewing::start().await;
    let old = scene.account().await.key.id;
    scene.wait_until_due().await;
    scene.renew().await;
    another_user_takes_over(&scene, true).await;
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert!(scene.keys().iter().all(|key| Some(&key.id) != old.as_ref()));
    assert_eq!(scene.events(Action::KeyDeleted).await.len(), 1);
    assert!(scene.events(Action::KeyNotDeleted).await.is_empty());
}

#[tokio::test]
async fn an_unlink_names_the_keys_of_the_user_before() {
    let scene = Renewing::start().await;
    let old = scene.account().await.key.id.unwrap();
    scene.wait_until_due().await;
    scene.renew().await;
    another_user_takes_over(&scene, false).await;
    let linking = &scene.hub.state.linking;
    linking.unlink(scene.id.clone(), true, Caller::system()).await.unwrap();
    let told = scene.events(Action::AccountDeleted).await;
    assert_eq!(told[0].detail["renewal_keys_left_at_qlik"], serde_json::json!([old]));
}

/// Qlik makes a key, and the hub does not hear of it.
async fn loses_a_key(scene: &Renewing) {
    scene.wait_until_due().await;
    scene.hub.qlik.world().fault("/api/v1/api-keys", Fault::Truncated).after(1).times(1);
    let (keys, posts) = (scene.keys().len(), scene.posts());
    scene.renew().await;
    assert_eq!((scene.keys().len(), scene.posts()), (keys + 1, posts + 1));
}

#[tokio::test]
async fn a_lost_key_is_found_and_deleted_although_renewal_was_stopped() {
    let scene = Renewing::start().await;
    loses_a_key(&scene).await;
    let linking = &scene.hub.state.linking;
    linking.set_renewal(&scene.id, false, &Caller::system()).await.unwrap();
    scene.renew().await;
    assert_eq!(scene.keys().len(), 2, "whoever makes it may still be at it");
    scene.hub.clock.advance(Duration::from_mins(3));
    scene.renew().await;
    scene.renew().await;
    assert_eq!(scene.keys().len(), 1);
    assert!(scene.retired().await.is_empty());
    let told = scene.events(Action::KeyDeleted).await;
    assert_eq!((told.len(), &told[0].detail["was_stored"]), (1, &false.into()));
    scene.stored_key_works().await;
}

#[tokio::test]
async fn a_lost_key_goes_when_somebody_pastes_another() {
    let scene = Renewing::start().await;
    loses_a_key(&scene).await;
    connect(&scene.hub, &scene.hub.key()).await;
    scene.hub.clock.advance(Duration::from_mins(3));
    scene.renew().await;
    scene.renew().await;
    assert!(scene.orphans().await.is_empty());
    scene.stored_key_works().await;
}

#[tokio::test]
async fn an_unlink_takes_a_lost_key_along() {
    for delete_at_qlik in [false, true] {
        let scene = Renewing::start().await;
        loses_a_key(&scene).await;
        let linking = &scene.hub.state.linking;
        linking.set_renewal(&scene.id, false, &Caller::system()).await.unwrap();
        linking.unlink(scene.id.clone(), delete_at_qlik, Caller::system()).await.unwrap();
        assert_eq!(scene.keys().len(), usize::from(!delete_at_qlik));
        let told = scene.events(Action::AccountDeleted).await;
        assert_eq!(told[0].detail.get("renewal_keys_left_at_qlik"), None);
    }
}

/// The one line that says that a key may be there of which nobody knows the id.
async fn said(scene: &Renewing, code: &str) {
    let told = scene.events(Action::KeyNotDeleted).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let detail = &told[0].detail;
    assert_eq!((&detail["code"], &detail["key_id"]), (&code.into(), &serde_json::Value::Null));
    let description = detail["description"].as_str().unwrap();
    let lost = scene.keys().into_iter().filter(|key| key.description == description);
    let end = Timestamp::parse(detail["expires_at"].as_str().unwrap()).unwrap();
    let mut ends = lost.map(|key| key.expiry);
    assert!(ends.any(|expiry| expiry <= end.plus(Duration::from_secs(1))), "{detail}");
}

#[tokio::test]
async fn where_qlik_shows_no_list_a_lost_key_is_said_by_the_next_run() {
    for list in [KeyList::Forbidden, KeyList::Missing] {
        let scene = Renewing::start().await;
        scene.hub.qlik.world().knobs.key_list = list;
        loses_a_key(&scene).await;
        assert!(scene.events(Action::KeyNotDeleted).await.is_empty());
        scene.wait_until_due().await;
        scene.renew().await;
        said(&scene, "key_id_unknown").await;
        assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "and it goes on");
        scene.hub.clock.advance(LATER);
        scene.renew().await;
        said(&scene, "key_id_unknown").await;
        assert!(scene.retired().await.is_empty());
        scene.stored_key_works().await;
    }
}

#[tokio::test]
async fn where_qlik_shows_no_list_a_lost_key_is_said_without_a_next_run_and_at_an_unlink() {
    for unlinked in [false, true] {
        let scene = Renewing::start().await;
        scene.hub.qlik.world().knobs.key_list = KeyList::Forbidden;
        loses_a_key(&scene).await;
        let linking = &scene.hub.state.linking;
        linking.set_renewal(&scene.id, false, &Caller::system()).await.unwrap();
        if unlinked {
            linking.unlink(scene.id.clone(), true, Caller::system()).await.unwrap();
            let told = scene.events(Action::AccountDeleted).await;
            let left = &told[0].detail["renewal_keys_left_at_qlik"];
            assert!(left[0].as_str().unwrap().contains(scene.id.as_str()), "{left}");
        } else {
            scene.hub.clock.advance(LATER);
            scene.renew().await;
            said(&scene, "key_id_unknown").await;
        }
    }
}

#[tokio::test]
async fn a_lost_key_of_the_user_before_is_said() {
    let scene = Renewing::start().await;
    loses_a_key(&scene).await;
    another_user_takes_over(&scene, false).await;
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    said(&scene, "key_of_another_user").await;
    assert!(scene.retired().await.is_empty());
}

#[tokio::test]
async fn what_was_certainly_not_made_is_not_looked_for() {
    let faults = [Fault::Forbidden, Fault::TooManyRequests(60)];
    for fault in faults {
        let scene = Renewing::start().await;
        scene.hub.qlik.world().knobs.key_list = KeyList::Missing;
        scene.wait_until_due().await;
        scene.hub.qlik.world().fault("/api/v1/api-keys", fault.clone()).after(1).times(1);
        scene.renew().await;
        assert_eq!(scene.retired().await, [], "{fault:?}");
        scene.hub.clock.advance(2 * HOUR);
        scene.renew().await;
        assert!(scene.events(Action::KeyNotDeleted).await.is_empty(), "{fault:?}");
        assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_without_a_usable_key_leaves_none_behind() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    let id = scene.account().await.key.id.unwrap();
    let stored = format!(r#"{{"id":"{id}","token":"not a key"}}"#);
    scene.hub.qlik.world().fault("/api/v1/api-keys", Fault::Body(stored)).after(1).times(1);
    scene.renew().await;
    assert_eq!(scene.problem().await, Some(RenewalProblemCode::Refused));
    assert_eq!(scene.keys().len(), 1);
    scene.stored_key_works().await;
}

#[tokio::test]
async fn a_qlik_that_gives_the_stored_key_once_more_does_not_have_it_deleted() {
    let scene = Renewing::start().await;
    scene.wait_until_due().await;
    let text = scene.hub.state.linking.read_credential(&scene.id, &Caller::system()).await;
    let text = secrecy::ExposeSecret::expose_secret(&text.unwrap().api_key).to_owned();
    let id = scene.account().await.key.id.unwrap();
    let again = serde_json::json!({ "id": id, "token": text }).to_string();
    scene.hub.qlik.world().fault("/api/v1/api-keys", Fault::Body(again)).after(1).times(1);
    scene.renew().await;
    assert!(scene.problem().await.is_some());
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    scene.stored_key_works().await;
    assert_eq!(scene.account().await.key.id, Some(id));
}

#[tokio::test]
async fn a_tenant_admins_own_keys_are_found_among_thousands() {
    let scene = Renewing::start().await;
    {
        let mut world = scene.hub.qlik.world();
        world.user_mut(&scene.hub.user_id).roles.push("TenantAdmin".to_owned());
        world.knobs.key_list = KeyList::Paged(2);
        for number in 0..150 {
            let user = User::new(&format!("User {number}"), "user@example.com");
            let user = world.add_user(&scene.hub.tenant_id, user);
            world.mint_key(&user, DAY);
        }
    }
    loses_a_key(&scene).await;
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert!(scene.orphans().await.is_empty());
    assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1);
}
