use std::time::Duration;

use linkhub::model::event::Caller;

use super::receiver::{Manner, Receiver};
use super::{deliver, endpoint, hub, one_event};
use crate::emulator::User;
use crate::support::{REGION, TENANT};

#[tokio::test]
async fn the_events_of_an_account_arrive_in_their_order_however_often_one_fails() {
    let receiver = Receiver::start().await;
    receiver.next([Manner::Status(500), Manner::Drop]);
    let (hub, _, _, first) = one_event(&receiver).await;
    let account = linkhub::id::AccountId::try_from(first.ordering_key).unwrap();
    let (linking, caller) = (&hub.state.linking, Caller::system());
    for _ in 0..3 {
        linking.suspend(&account, &caller).await.unwrap();
        linking.resume(&account, &caller).await.unwrap();
    }
    for _ in 0..3 {
        deliver(&hub).await;
        hub.clock.advance(Duration::from_mins(6));
    }
    let (off, on) = ("account.suspended", "account.resumed");
    let made = "account.created";
    assert_eq!(receiver.types(), [made, made, made, off, on, off, on, off, on]);
}

#[tokio::test]
async fn an_account_whose_event_fails_holds_up_no_other_account() {
    let receiver = Receiver::start().await;
    receiver.next([Manner::Status(500)]);
    let (hub, admin, ..) = one_event(&receiver).await;
    deliver(&hub).await;
    let john = hub.qlik.world().add_user(&hub.tenant_id, User::new("John Doe", "john@example.com"));
    let key = hub.qlik.world().mint_key(&john, super::DAY);
    admin.connect(TENANT, REGION, &key).await;
    deliver(&hub).await;
    assert_eq!(receiver.types(), ["account.created", "account.created"]);
    let accounts: Vec<_> =
        receiver.received().iter().map(|received| received.json()["account_id"].clone()).collect();
    assert_ne!(accounts[0], accounts[1]);
}

#[tokio::test]
async fn a_receiver_that_hangs_holds_up_no_other_receiver() {
    let (hub, slow, quick) = (hub().await, Receiver::start().await, Receiver::start().await);
    slow.always(Manner::Hang);
    endpoint(&hub, &slow).await;
    endpoint(&hub, &quick).await;
    let admin = hub.signed_in().await;
    let account = hub.link(&admin).await;
    hub.state.linking.deliver_due().await.unwrap();
    slow.arrived(1).await;
    quick.arrived(1).await;
    // While the first one still hangs.
    hub.state.linking.suspend(&account, &Caller::system()).await.unwrap();
    while quick.received().len() < 2 {
        assert!(hub.state.linking.deliver_due().await.unwrap(), "something is under way");
    }
    assert_eq!(slow.received().len(), 1);
    slow.always(Manner::Status(200));
    slow.go_on();
    deliver(&hub).await;
    assert_eq!(slow.types(), quick.types());
}

#[tokio::test]
async fn no_endpoint_gets_more_than_a_few_at_once() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    receiver.always(Manner::Hang);
    endpoint(&hub, &receiver).await;
    let admin = hub.signed_in().await;
    for number in 0..10 {
        let user = User::new(&format!("User {number}"), &format!("user{number}@example.com"));
        let user = hub.qlik.world().add_user(&hub.tenant_id, user);
        let key = hub.qlik.world().mint_key(&user, super::DAY);
        admin.connect(TENANT, REGION, &key).await;
    }
    hub.state.linking.deliver_due().await.unwrap();
    receiver.arrived(8).await;
    hub.state.linking.deliver_due().await.unwrap();
    assert_eq!(receiver.received().len(), 8);
    receiver.always(Manner::Status(200));
    receiver.go_on();
    deliver(&hub).await;
    assert_eq!(receiver.received().len(), 10);
}
