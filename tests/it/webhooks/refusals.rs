use linkhub::id::{EventId, WebhookEndpointId};
use linkhub::linking::WebhookError;
use linkhub::model::event::Caller;

use super::receiver::Receiver;
use super::{attempts, deliver, deliveries, everything};
use crate::support::TestHub;

/// The URL was fine when the endpoint was made, and is not any more: what it leads to is looked at with
/// every attempt.
#[tokio::test]
async fn a_private_address_is_not_called_and_the_log_says_so() {
    let receiver = Receiver::start().await;
    let home = receiver.url().replace("http:", "https:");
    let by_name = home.replace("127.0.0.1", "localhost");
    let mapped = home.replace("127.0.0.1", "[::ffff:127.0.0.1]");
    let folder = tempfile::tempdir().unwrap();
    let data = format!("--data-dir={}", folder.path().display());
    let ids: Vec<WebhookEndpointId> = {
        let mut hub = TestHub::start_with(&[&data, "--webhook-allow-private"]).await;
        let mut ids = Vec::new();
        for url in [&home, &by_name, &mapped] {
            let new = everything(url);
            let made = hub.state.linking.create_webhook_endpoint(new, &Caller::system()).await;
            ids.push(made.unwrap().0.id);
        }
        hub.stop().await;
        ids
    };
    let hub = TestHub::start_without_admin(&[&data]).await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    deliver(&hub).await;
    for id in ids {
        let [delivery] = deliveries(&hub, &id).await.try_into().unwrap();
        let [attempt] = attempts(&hub, &id, &delivery.event_id).await.try_into().unwrap();
        let error = attempt.error.unwrap();
        assert!(error.contains("may not be called"), "{}: {error}", attempt.url);
        assert_eq!(attempt.status, None);
    }
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn what_was_never_delivered_cannot_be_replayed() {
    let hub = TestHub::start().await;
    let (endpoint, event) = (WebhookEndpointId::new(), EventId::new());
    let replayed = hub.state.linking.replay_delivery(&endpoint, &event, &Caller::system()).await;
    assert!(matches!(replayed, Err(WebhookError::NotFound)));
}
