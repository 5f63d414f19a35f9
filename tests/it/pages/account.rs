use std::time::Duration;

use reqwest::StatusCode;

use crate::emulator::Fault;
use crate::support::TestHub;

#[tokio::test]
async fn testing_an_account_tells_how_its_key_is() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let key = hub.key();
    let id = {
        let answer = admin.connect("my-company", "us", &key).await;
        answer.text_of("dialog[open] code").trim().to_owned()
    };
    let check = async || {
        let to =
            admin.post(&format!("/accounts/{id}/check"), &[]).await.header("location").to_owned();
        admin.get(&to).await
    };
    assert!(check().await.body.contains("The key works"));

    hub.qlik.world().fault("*", Fault::Maintenance);
    let outage = check().await;
    assert!(outage.codes().contains(&"qlik_unavailable".to_owned()), "{:?}", outage.codes());
    assert!(outage.has(".badge.active"), "an outage says nothing about the key");
    hub.qlik.world().clear_faults();

    hub.qlik.world().revoke_key(&key);
    let refused = check().await;
    assert!(refused.has(".badge.error"), "{}", refused.body);
    assert!(refused.codes().iter().any(|code| code.starts_with("key_re")), "{:?}", refused.codes());

    hub.clock.advance(Duration::from_hours(11));
    let key = hub.key();
    assert!(admin.connect("my-company", "us", &key).await.has("dialog[open]"));
    let mended = admin.get(&format!("/accounts/{id}")).await;
    assert!(mended.has(".badge.active") && mended.body.contains("Linked again"));
}

#[tokio::test]
async fn a_key_that_has_died_makes_its_account_expired() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    hub.state.linking.notice_due().await.unwrap();
    assert!(admin.get(&format!("/accounts/{id}")).await.has(".badge.active"));
    hub.clock.advance(Duration::from_hours(24));
    let admin = hub.signed_in().await;
    assert!(admin.get(&format!("/accounts/{id}")).await.has(".badge.expired"), "shown at once");
    hub.state.linking.notice_due().await.unwrap();
    let page = admin.get("/accounts?status=expired").await;
    assert!(page.body.contains("My Company"));
    let page = admin.get(&format!("/accounts/{id}")).await;
    assert_eq!(page.codes(), ["key_expired"]);
    assert_eq!(page.body.matches("The key expired").count(), 1);
    hub.state.linking.notice_due().await.unwrap();
    let again = admin.get(&format!("/accounts/{id}")).await;
    assert_eq!(again.body.matches("The key expired").count(), 1, "said once");
}

#[tokio::test]
async fn an_alias_that_changed_hands_is_noticed() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let other = {
        let mut world = hub.qlik.world();
        let other = world.add_tenant(crate::emulator::Tenant::new("other", "us", "Somebody Else"));
        world.give_alias(&hub.tenant_id, &other, "renamed");
        other
    };
    assert_ne!(other, hub.tenant_id);
    let to = admin.post(&format!("/accounts/{id}/check"), &[]).await.header("location").to_owned();
    assert!(to.ends_with("checked=good"), "the permanent host name is asked, not the alias: {to}");
    let hosts: Vec<_> = hub.qlik.requests().into_iter().map(|request| request.host).collect();
    assert!(hosts.last().unwrap().contains("us.qlikcloud.com"));
    assert!(!hosts.last().unwrap().starts_with("my-company."), "{hosts:?}");
}

#[tokio::test]
async fn label_and_owner_can_be_changed_and_the_key_still_opens() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let form =
        [("label", "Head office\u{7}"), ("owner_id", "customer-9"), ("owner_name", "Jane’s")];
    let saved = admin.post(&format!("/accounts/{id}/edit"), &form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let page = admin.get(&format!("/accounts/{id}")).await;
    assert_eq!(page.text_of("h1"), "Head office");
    assert!(page.body.contains("owner id: none → customer-9"));
    let to = admin.post(&format!("/accounts/{id}/check"), &[]).await.header("location").to_owned();
    assert!(to.ends_with("checked=good"), "{to}");

    let second = hub.link(&admin).await;
    assert_ne!(second, id);
    let taken = admin.post(&format!("/accounts/{second}/edit"), &form).await;
    assert_eq!(taken.status, StatusCode::CONFLICT);
    assert_eq!(taken.codes(), ["owner_taken"]);
    assert!(taken.body.contains("customer-9"), "what was typed is kept");
}

#[tokio::test]
async fn unlinking_destroys_the_key_and_keeps_the_history() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let key = hub.key();
    let answer = admin.connect("my-company", "us", &key).await;
    let id = answer.text_of("dialog[open] code").trim().to_owned();
    let unlink = format!("/accounts/{id}/unlink");
    assert!(admin.get(&unlink).await.has("input[name=delete_at_qlik]"));
    let done = admin.post(&unlink, &[("delete_at_qlik", "yes")]).await;
    assert_eq!(done.header("location"), "/accounts?unlinked=deleted");
    assert_eq!(hub.count_accounts().await, 0);
    assert!(hub.qlik.world().key_by_text(&key).is_none(), "the key is gone at Qlik too");
    let page = admin.get(&format!("/accounts/{id}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Unlinked") && page.body.contains("Linked"));
    assert_eq!(admin.post(&unlink, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn unlinking_says_when_qlik_did_not_delete_the_key() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    hub.qlik.world().fault("*", Fault::Maintenance);
    let form = [("delete_at_qlik", "yes")];
    let done = admin.post(&format!("/accounts/{id}/unlink"), &form).await;
    assert_eq!(done.header("location"), "/accounts?unlinked=not_deleted");
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_not_found() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let unknown = linkhub::id::AccountId::new();
    for id in [unknown.as_str(), "nonsense", "%00", "acc_", "../../etc/passwd"] {
        let answer = admin.get(&format!("/accounts/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answer.codes(), ["not_found"], "{id}");
    }
}
