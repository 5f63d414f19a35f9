use std::time::Duration;

use linkhub::linking::{AnnounceError, NewEndpoint, WebhookError};
use linkhub::model::connect_session::Terms;
use linkhub::model::event::Caller;
use linkhub::secret::PlainToken;
use secrecy::SecretString;

use super::receiver::{Manner, Receiver};
use super::{deliver, deliveries, endpoint, hub};
use crate::support::TestHub;

fn link(token: &PlainToken) -> SecretString {
    SecretString::from(format!("https://link.example.com/hub/{}", token.reveal().as_str()))
}

async fn announce(hub: &TestHub) -> Result<usize, AnnounceError> {
    let (terms, hour) = (Terms::default(), Duration::from_hours(1));
    let announced =
        hub.state.linking.announce_connect_session(terms, hour, link, &Caller::system()).await?;
    Ok(announced.endpoints)
}

#[tokio::test]
async fn an_announced_link_opens_the_hub_and_stands_in_clear_nowhere_but_at_its_receiver() {
    let (hub, receiver, others) = (hub().await, Receiver::start().await, Receiver::start().await);
    let (made, _) = endpoint(&hub, &receiver).await;
    let some = NewEndpoint {
        url: others.url(),
        description: String::new(),
        events: vec!["account.created".into()],
    };
    hub.state.linking.create_webhook_endpoint(some, &Caller::system()).await.unwrap();
    receiver.next([Manner::Status(500)]);
    assert_eq!(announce(&hub).await.unwrap(), 1, "only to those who ask for it");
    deliver(&hub).await;
    let [waiting] = deliveries(&hub, &made.id).await.try_into().unwrap();
    assert!(waiting.sealed.is_some(), "it is needed again");
    assert!(!waiting.payload.contains("auth_link_url"));
    hub.clock.advance(Duration::from_secs(6));
    deliver(&hub).await;

    let got = receiver.received();
    let told = got[1].json();
    assert_eq!(told["type"], "connect_session.created");
    let url = told["data"]["auth_link_url"].as_str().unwrap();
    let (_, token) = url.rsplit_once('/').unwrap();
    let session = hub.state.linking.connect_session(token).await.unwrap().expect("it opens");
    assert_eq!(told["data"]["connect_session_id"], session.id.as_str());
    assert_eq!(told["data"]["expires_at"], session.expires_at.to_string());
    assert_eq!(got[0].body, got[1].body);
    assert!(others.received().is_empty());

    let [delivered] = deliveries(&hub, &made.id).await.try_into().unwrap();
    assert_eq!(delivered.sealed, None, "it is wiped");
    let replay =
        hub.state.linking.replay_delivery(&made.id, &delivered.event_id, &Caller::system()).await;
    assert!(matches!(replay, Err(WebhookError::LinkWiped)), "{replay:?}");
}

#[tokio::test]
async fn a_link_that_nobody_would_get_is_not_made() {
    let hub = hub().await;
    assert!(matches!(announce(&hub).await, Err(AnnounceError::NobodyListens)));
    let query = linkhub::store::SessionQuery { limit: 10, ..Default::default() };
    assert!(hub.state.store.list_connect_sessions(&query).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_that_nobody_announces_is_told_to_nobody() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    endpoint(&hub, &receiver).await;
    let hour = Duration::from_hours(1);
    let linking = &hub.state.linking;
    linking.create_connect_session(Terms::default(), hour, &Caller::system()).await.unwrap();
    deliver(&hub).await;
    assert!(receiver.received().is_empty());
}
