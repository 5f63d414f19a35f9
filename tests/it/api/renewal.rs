use std::time::Duration;

use linkhub::id::AccountId;
use serde_json::json;

use crate::support::TestHub;

#[tokio::test]
async fn a_back_end_allows_and_stops_renewal_and_reads_its_problem() {
    let hub = TestHub::start_with(&["--renewal"]).await;
    let key = hub.back_end().await;
    let token = key.token("customer-1", json!({})).await;
    let id = hub.page(&token).link(&hub.key()).await.ok()["id"].as_str().unwrap().to_owned();
    let (path, renewal) = (format!("/api/accounts/{id}"), format!("/api/accounts/{id}/renewal"));
    let off = json!({ "allowed": false, "next_at": null, "problem": null });
    assert_eq!(key.get(&path).await.ok()["renewal"], off);

    let allowed = key.post(&renewal, &json!({ "allowed": true })).await.ok();
    assert_eq!(allowed["renewal"]["allowed"], true);
    assert!(allowed["renewal"]["next_at"].as_str().unwrap().starts_with("2026-11-2"));

    hub.qlik.world().user_mut(&hub.user_id).may_manage_keys = false;
    hub.clock.advance(Duration::from_hours(13));
    hub.state.linking.renew_due().await.unwrap();
    let problem = key.get(&path).await.ok()["renewal"]["problem"].clone();
    assert_eq!(problem, json!({ "code": "not_permitted", "since": "2026-11-23T23:00:00Z" }));

    assert_eq!(key.post(&renewal, &json!({ "allowed": false })).await.ok()["renewal"], off);
    key.post(&renewal, &json!({ "allowed": "yes" })).await.refused(422, "invalid_fields");
    let unknown = format!("/api/accounts/{}/renewal", AccountId::new());
    key.post(&unknown, &json!({ "allowed": true })).await.refused(404, "account_unknown");
}

#[tokio::test]
async fn a_hub_that_does_not_renew_says_so() {
    let hub = TestHub::start().await;
    let key = hub.back_end().await;
    let token = key.token("customer-1", json!({})).await;
    let linked = hub.page(&token).link(&hub.key()).await.ok();
    let path = format!("/api/accounts/{}/renewal", linked["id"].as_str().unwrap());
    key.post(&path, &json!({ "allowed": true })).await.refused(409, "renewal_off");
    key.post(&path, &json!({ "allowed": false })).await.ok();
}
