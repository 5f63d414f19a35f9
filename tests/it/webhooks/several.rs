use std::collections::BTreeSet;
use std::time::Duration;

use super::receiver::{Manner, Receiver};
use super::{deliver, deliveries, everything};
use crate::emulator::User;
use crate::support::{REGION, TENANT, TestHub, Visitor};
use linkhub::model::event::Caller;

const ACCOUNTS: usize = 30;

async fn link_many(hub: &TestHub, admin: &Visitor) {
    for number in 0..ACCOUNTS {
        let user = User::new(&format!("User {number}"), &format!("user{number}@example.com"));
        let user = hub.qlik.world().add_user(&hub.tenant_id, user);
        let key = hub.qlik.world().mint_key(&user, super::DAY);
        let answer = admin.connect(TENANT, REGION, &key).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

#[tokio::test]
async fn two_hubs_on_one_database_send_each_event_once() {
    let receiver = Receiver::start().await;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("--database-url={}", crate::store::new_database().await);
    let key = format!("--key-file={}", folder.path().join("key").display());
    let flags = [database.as_str(), key.as_str(), "--webhook-allow-private"];
    let first = TestHub::start_with(&flags).await;
    let second = TestHub::start_without_admin(&flags).await;
    let new = everything(&receiver.url());
    let (endpoint, _) =
        first.state.linking.create_webhook_endpoint(new, &Caller::system()).await.unwrap();
    let admin = first.signed_in().await;
    link_many(&first, &admin).await;
    tokio::join!(deliver(&first), deliver(&second), deliver(&first), deliver(&second));
    deliver(&first).await;
    let ids = receiver.ids();
    assert_eq!(ids.len(), ACCOUNTS);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ACCOUNTS, "none twice");
    let expected = deliveries(&first, &endpoint.id).await;
    assert_eq!(expected.len(), ACCOUNTS);
}

/// What is committed is sent, although the process that committed it has ended before.
#[tokio::test]
async fn nothing_is_lost_when_a_hub_ends_between_the_change_and_the_sending() {
    let receiver = Receiver::start().await;
    let folder = tempfile::tempdir().unwrap();
    let data = format!("--data-dir={}", folder.path().display());
    let flags = [data.as_str(), "--webhook-allow-private"];
    let endpoint = {
        let mut hub = TestHub::start_with(&flags).await;
        let (endpoint, _) = super::endpoint(&hub, &receiver).await;
        let admin = hub.signed_in().await;
        hub.link(&admin).await;
        hub.stop().await;
        endpoint
    };
    let hub = TestHub::start_without_admin(&flags).await;
    deliver(&hub).await;
    let [delivery] = deliveries(&hub, &endpoint.id).await.try_into().unwrap();
    assert_eq!(receiver.ids(), [delivery.event_id.as_str()]);
}

#[tokio::test]
async fn a_hub_that_works_in_the_background_sends_by_itself_and_finishes_before_it_stops() {
    let receiver = Receiver::start().await;
    receiver.always(Manner::Hang);
    let folder = tempfile::tempdir().unwrap();
    let data = format!("--data-dir={}", folder.path().display());
    let flags = [data.as_str(), "--webhook-allow-private", "--background=true"];
    let mut hub = TestHub::start_with(&flags).await;
    let (endpoint, _) = super::endpoint(&hub, &receiver).await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    receiver.arrived(1).await;
    let going_on = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        receiver.go_on();
    };
    tokio::join!(hub.stop(), going_on);
    let hub = TestHub::start_without_admin(&[data.as_str(), "--webhook-allow-private"]).await;
    let [delivery] = deliveries(&hub, &endpoint.id).await.try_into().unwrap();
    assert_eq!(delivery.attempts, 1, "what came of it was stored");
    assert_eq!(receiver.received().len(), 1);
}
