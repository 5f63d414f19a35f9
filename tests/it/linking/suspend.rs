use std::time::Duration;

use linkhub::linking::SuspendError;
use linkhub::model::account::{Account, AccountStatus};
use linkhub::model::event::{Action, Caller};
use linkhub::store::EventQuery;

use crate::support::TestHub;

async fn status(hub: &TestHub, id: &linkhub::id::AccountId) -> AccountStatus {
    hub.state.store.find_account(id).await.unwrap().unwrap().status
}

#[tokio::test]
async fn a_suspended_account_keeps_its_key_and_resumes_as_its_key_is() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let key = hub.key();
    let answer = admin.connect("my-company", "us", &key).await;
    let id = answer.text_of("dialog[open] code").trim().to_owned();
    let id = linkhub::id::AccountId::try_from(id).unwrap();
    let (linking, caller) = (&hub.state.linking, Caller::system());

    let suspended: Account = linking.suspend(&id, &caller).await.unwrap();
    assert_eq!(suspended.status, AccountStatus::Suspended);
    assert_eq!(linking.suspend(&id, &caller).await.unwrap().version, suspended.version + 1);
    let checked = linking.check(&id, &caller).await.unwrap();
    assert!(checked.failure.is_none(), "the key is kept and checked on");
    assert_eq!(status(&hub, &id).await, AccountStatus::Suspended);
    assert_eq!(linking.resume(&id, &caller).await.unwrap().status, AccountStatus::Active);
    linking.resume(&id, &caller).await.unwrap();

    linking.suspend(&id, &caller).await.unwrap();
    hub.qlik.world().revoke_key(&key);
    linking.check(&id, &caller).await.unwrap();
    assert_eq!(status(&hub, &id).await, AccountStatus::Suspended);
    assert_eq!(linking.resume(&id, &caller).await.unwrap().status, AccountStatus::Error);

    linking.suspend(&id, &caller).await.unwrap();
    hub.clock.advance(Duration::from_hours(25));
    linking.notice_due().await.unwrap();
    assert_eq!(status(&hub, &id).await, AccountStatus::Suspended);
    assert_eq!(linking.resume(&id, &caller).await.unwrap().status, AccountStatus::Expired);

    let query = EventQuery { account_id: &id, before: None, limit: 100 };
    let events = hub.state.store.list_events(query).await.unwrap();
    let count = |action| events.iter().filter(|event| event.action == action).count();
    assert_eq!(count(Action::AccountSuspended), 3, "what changes nothing is no history");
    assert_eq!(count(Action::AccountResumed), 3);
}

#[tokio::test]
async fn what_is_not_there_is_not_suspended() {
    let hub = TestHub::start().await;
    let unknown = linkhub::id::AccountId::new();
    let outcome = hub.state.linking.suspend(&unknown, &Caller::system()).await;
    assert!(matches!(outcome, Err(SuspendError::NotFound)));
}
