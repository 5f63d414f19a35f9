use linkhub::model::api_key::Scope;
use linkhub::model::event::Caller;
use reqwest::StatusCode;

use crate::support::TestHub;

#[tokio::test]
async fn a_key_is_shown_once_and_opens_what_was_ticked() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let empty = admin.get("/api-keys").await;
    assert!(empty.body.contains("There is no API key yet"));
    assert!(empty.has("input[value='sessions:write'][checked]"));
    assert!(!empty.has("input[value='credentials:read'][checked]"), "only if asked for");

    let form = [("name", " back end "), ("scope", "accounts:read"), ("scope", "events:read")];
    let page = admin.post("/api-keys", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let token = page.text_of(".copy code");
    assert!(page.text_of(".snippet code").starts_with(&format!("curl -u '{token}:' http")));
    let linking = &hub.state.linking;
    let client = linking.authenticate_api_key(&token, Caller::system()).await.unwrap();
    assert_eq!(client.key.name, "back end");
    assert_eq!(client.key.scopes, [Scope::AccountsRead, Scope::EventsRead]);
    assert_eq!(client.key.made_by.name(), "admin");

    let list = admin.get("/api-keys").await;
    assert!(list.body.contains("back end") && list.body.contains(client.key.id.as_str()));
    assert!(!list.body.contains(token.split_once('.').unwrap().1), "it is shown once");
    assert!(!list.body.contains(">never<"), "its use is shown");
}

#[tokio::test]
async fn a_key_needs_a_name_and_something_to_do() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let nameless = admin.post("/api-keys", &[("name", ""), ("scope", "events:read")]).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(nameless.codes(), ["name_missing"]);
    assert!(nameless.has("input[value='events:read'][checked]"), "what was ticked stays");
    assert!(!nameless.has("input[value='accounts:read'][checked]"));
    let idle = admin.post("/api-keys", &[("name", "x"), ("scope", "everything")]).await;
    assert_eq!(idle.codes(), ["scope_missing"]);
    assert!(idle.has("input#name[value=x]"));
    assert!(hub.state.store.list_api_keys().await.unwrap().is_empty());
}

#[tokio::test]
async fn revoking_asks_first_and_then_takes_effect_at_once() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let form = [("name", "back end"), ("scope", "credentials:read")];
    let page = admin.post("/api-keys", &form).await;
    let token = page.text_of(".copy code");
    let list = admin.get("/api-keys").await;
    assert!(list.body.contains("Reads stored keys"));
    let revoke = list.attribute_of("td.actions a", "href");
    let question = admin.get(&revoke).await;
    assert!(question.text_of("h1").contains("back end") && question.body.contains("never used"));
    let linking = &hub.state.linking;
    assert!(linking.authenticate_api_key(&token, Caller::system()).await.is_ok());
    for _ in 0..2 {
        let done = admin.post(&revoke, &[]).await;
        assert_eq!(done.header("location"), "/api-keys?revoked=yes");
    }
    assert!(linking.authenticate_api_key(&token, Caller::system()).await.is_err());
    let list = admin.get("/api-keys?revoked=yes").await;
    assert!(list.body.contains("The key is revoked") && list.body.contains("Revoked keys"));
    assert!(!list.has("td.actions"));
    assert_eq!(admin.get(&revoke).await.header("location"), "/api-keys");
    let unknown = linkhub::id::ApiKeyId::new();
    for id in [unknown.as_str(), "nonsense"] {
        let path = format!("/api-keys/{id}/revoke");
        assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(admin.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "{id}");
    }
}
