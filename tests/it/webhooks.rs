//! Webhooks from the change to the receiver, which fails in every way that it can.

mod deliver;
mod endpoints;
mod events;
mod links;
mod order;
mod receiver;
mod refusals;
mod several;

use std::time::Duration;

use linkhub::id::{EventId, WebhookEndpointId};
use linkhub::linking::{EndpointEdit, NewEndpoint};
use linkhub::model::event::Caller;
use linkhub::model::webhook::{Attempt, Delivery, WebhookEndpoint};
use linkhub::store::DeliveryQuery;
use secrecy::SecretString;

use crate::support::{TestHub, Visitor};
use receiver::Receiver;

/// A hub that may call the receivers of this machine.
async fn hub() -> TestHub {
    TestHub::start_with(&["--webhook-allow-private"]).await
}

fn everything(url: &str) -> NewEndpoint {
    NewEndpoint { url: url.to_owned(), description: String::new(), events: vec!["*".to_owned()] }
}

/// An endpoint for all events at this receiver.
async fn endpoint(hub: &TestHub, receiver: &Receiver) -> (WebhookEndpoint, SecretString) {
    let new = everything(&receiver.url());
    hub.state.linking.create_webhook_endpoint(new, &Caller::system()).await.unwrap()
}

/// Until there is nothing left to do at this time.
async fn deliver(hub: &TestHub) {
    while hub.state.linking.deliver_due().await.unwrap() {}
}

async fn switch(hub: &TestHub, id: &WebhookEndpointId, on: bool) -> WebhookEndpoint {
    let edit = EndpointEdit { enabled: Some(on), ..EndpointEdit::default() };
    hub.state.linking.edit_webhook_endpoint(id, edit, &Caller::system()).await.unwrap()
}

/// All deliveries of an endpoint, newest first.
async fn deliveries(hub: &TestHub, id: &WebhookEndpointId) -> Vec<Delivery> {
    let query = DeliveryQuery { endpoint_id: id.clone(), state: None, before: None, limit: 10_000 };
    hub.state.store.list_deliveries(&query).await.unwrap()
}

async fn attempts(hub: &TestHub, id: &WebhookEndpointId, event: &EventId) -> Vec<Attempt> {
    hub.state.store.list_attempts(id, event).await.unwrap()
}

async fn found(hub: &TestHub, id: &WebhookEndpointId) -> WebhookEndpoint {
    hub.state.store.find_webhook_endpoint(id).await.unwrap().expect("the endpoint is there")
}

/// A hub with one endpoint, at which one event waits.
async fn one_event(receiver: &Receiver) -> (TestHub, Visitor, WebhookEndpoint, Delivery) {
    let hub = hub().await;
    let (endpoint, _) = endpoint(&hub, receiver).await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    let [delivery] = deliveries(&hub, &endpoint.id).await.try_into().expect("one event");
    (hub, admin, endpoint, delivery)
}

const DAY: Duration = Duration::from_hours(24);
