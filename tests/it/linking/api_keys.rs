use std::time::Duration;

use linkhub::linking::{ApiKeyError, NewApiKey, Unauthorized};
use linkhub::model::api_key::Scope;
use linkhub::model::event::{Actor, Caller};

use crate::support::TestHub;

async fn create(hub: &TestHub, name: &str, scopes: &[Scope]) -> Result<NewApiKey, ApiKeyError> {
    hub.state.linking.create_api_key(name, scopes, &Caller::system()).await
}

#[tokio::test]
async fn a_back_end_is_known_by_its_key_until_it_is_revoked() {
    let hub = TestHub::start().await;
    let twice = [Scope::EventsRead, Scope::SessionsWrite, Scope::EventsRead];
    let new = create(&hub, "  back end ", &twice).await.unwrap();
    assert_eq!(new.key.name, "back end");
    assert_eq!(new.key.scopes, [Scope::SessionsWrite, Scope::EventsRead]);
    let token = new.token.reveal();
    let linking = &hub.state.linking;
    let client = linking.authenticate_api_key(&token, Caller::system()).await.unwrap();
    assert_eq!(
        client.caller.actor,
        Actor::ApiKey { id: new.key.id.clone(), name: "back end".into() }
    );
    assert!(client.key.may(Scope::EventsRead) && !client.key.may(Scope::CredentialsRead));
    let used = hub.state.store.find_api_key(new.key.id.as_str()).await.unwrap().unwrap();
    assert_eq!(used.last_used_at, Some(hub.clock.now()));
    hub.clock.advance(Duration::from_secs(59));
    linking.authenticate_api_key(&token, Caller::system()).await.unwrap();
    let again = hub.state.store.find_api_key(new.key.id.as_str()).await.unwrap().unwrap();
    assert_eq!(again.last_used_at, used.last_used_at, "not with every request");

    assert!(linking.revoke_api_key(&new.key.id, &Caller::system()).await.unwrap());
    assert!(!linking.revoke_api_key(&new.key.id, &Caller::system()).await.unwrap());
    let refused = linking.authenticate_api_key(&token, Caller::system()).await;
    assert!(matches!(refused, Err(Unauthorized::Unknown)));
}

#[tokio::test]
async fn the_secret_of_another_key_opens_nothing() {
    let hub = TestHub::start().await;
    let one = create(&hub, "one", &Scope::USUAL).await.unwrap().token;
    let two = create(&hub, "two", &Scope::USUAL).await.unwrap().token.reveal();
    let mixed = format!("{}.{}", one.id(), two.split_once('.').unwrap().1);
    for wrong in ["", one.id(), &mixed] {
        let refused = hub.state.linking.authenticate_api_key(wrong, Caller::system()).await;
        assert!(matches!(refused, Err(Unauthorized::Unknown)), "{wrong}");
    }
}

#[tokio::test]
async fn a_key_needs_a_name_and_a_scope() {
    let hub = TestHub::start().await;
    for name in ["", "  ", &"x".repeat(101)] {
        let refused = create(&hub, name, &Scope::USUAL).await;
        assert!(matches!(refused, Err(ApiKeyError::Name)), "{name}");
    }
    assert!(matches!(create(&hub, "x", &[]).await, Err(ApiKeyError::NoScope)));
    assert!(hub.state.store.list_api_keys().await.unwrap().is_empty());
}
