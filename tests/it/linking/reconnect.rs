//! A new key for an account that is there: whose it may be, and who has to be asked first.

use std::time::Duration;

use linkhub::linking::{Authority, ConnectRequest, Edit, Linked};
use linkhub::model::account::{Account, Owner};
use linkhub::model::event::{Action, Caller};
use linkhub::model::failure::{Failure, FailureCode};
use linkhub::store::EventQuery;
use serde_json::json;

use crate::emulator::{Tenant, User};
use crate::support::{REGION, TENANT, TestHub};

const DAY: Duration = Duration::from_hours(24);

struct Press<'a> {
    tenant: &'a str,
    key: String,
    authority: Authority,
    replace_user: Option<&'a str>,
}

async fn press(hub: &TestHub, press: Press<'_>) -> Result<Linked, Failure> {
    let request = ConnectRequest {
        tenant_name: press.tenant.into(),
        region: REGION.into(),
        api_key: press.key.into(),
        replace_user: press.replace_user.map(str::to_owned),
        renewal: None,
        authority: press.authority,
        caller: Caller::system(),
    };
    let attempt = hub.state.linking.begin_attempt("test");
    hub.state.linking.connect(request, &attempt, &|_| {}).await
}

fn owner() -> Owner {
    Owner { id: "c-1".into(), name: "Customer".into(), username: String::new() }
}

async fn link(hub: &TestHub, user_id: &str) -> Account {
    let key = hub.qlik.world().mint_key(user_id, DAY);
    let authority = Authority::Admin(owner());
    let linked = press(hub, Press { tenant: TENANT, key, authority, replace_user: None }).await;
    linked.unwrap().account
}

async fn renew(
    hub: &TestHub,
    account: &Account,
    user_id: &str,
    replace_user: Option<&str>,
) -> Result<Linked, Failure> {
    let key = hub.qlik.world().mint_key(user_id, DAY);
    let authority = Authority::Renewal(Box::new(account.clone()));
    press(hub, Press { tenant: TENANT, key, authority, replace_user }).await
}

fn user(hub: &TestHub, name: &str) -> String {
    let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
    hub.qlik.world().add_user(&hub.tenant_id, User::new(name, &email))
}

async fn stored(hub: &TestHub, account: &Account) -> Account {
    hub.state.store.find_account(&account.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn another_user_of_the_same_tenant_takes_over_only_after_somebody_said_so() {
    let hub = TestHub::start().await;
    let jane = link(&hub, &hub.user_id).await;
    let (john, erika) = (user(&hub, "John Doe"), user(&hub, "Erika Doe"));

    for confirmed in [None, Some(erika.as_str()), Some(hub.user_id.as_str())] {
        let failure = renew(&hub, &jane, &john, confirmed).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::UserDiffers, "{confirmed:?}");
        let users = failure.users.expect("it says who is who");
        assert_eq!((users.linked.id.as_str(), &users.offered.id), (hub.user_id.as_str(), &john));
        assert_eq!(stored(&hub, &jane).await, jane, "nothing has changed");
    }

    hub.clock.advance(Duration::from_mins(1));
    let renewed = renew(&hub, &jane, &john, Some(&john)).await.unwrap();
    assert!(renewed.renewed);
    let account = stored(&hub, &jane).await;
    assert_eq!((&account.id, &account.user.id), (&jane.id, &john), "the account's id stays");
    assert_eq!(account.user.name, "John Doe");
    assert_eq!(hub.count_accounts().await, 1);
    // What is sealed opens at its place, and is John's key.
    assert!(hub.state.linking.check(&jane.id, &Caller::system()).await.unwrap().failure.is_none());

    let query = EventQuery { account_id: &jane.id, before: None, limit: 10 };
    let events = hub.state.store.list_events(query).await.unwrap();
    let renewed = events.iter().find(|event| event.action == Action::AccountRenewed).unwrap();
    assert_eq!(
        renewed.detail["user"],
        json!([
            { "id": hub.user_id, "name": "Jane Doe", "email": "jane.doe@example.com" },
            { "id": john, "name": "John Doe", "email": "john.doe@example.com" },
        ])
    );
}

#[tokio::test]
async fn a_key_of_the_same_user_asks_nobody_and_says_nothing_of_users() {
    let hub = TestHub::start().await;
    let jane = link(&hub, &hub.user_id).await;
    let renewed = renew(&hub, &jane, &hub.user_id, None).await.unwrap();
    assert_eq!(renewed.account.id, jane.id);
    assert_ne!(renewed.account.key.id, jane.key.id);
    let query = EventQuery { account_id: &jane.id, before: None, limit: 1 };
    let events = hub.state.store.list_events(query).await.unwrap();
    assert_eq!(events[0].action, Action::AccountRenewed);
    assert_eq!(events[0].detail.get("user"), None);
}

#[tokio::test]
async fn a_user_whom_the_owner_has_linked_already_cannot_take_over_a_second_account() {
    let hub = TestHub::start().await;
    let jane = link(&hub, &hub.user_id).await;
    let john = user(&hub, "John Doe");
    let johns = link(&hub, &john).await;
    for confirmed in [None, Some(john.as_str())] {
        let failure = renew(&hub, &jane, &john, confirmed).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::AccountMismatch);
    }
    assert_eq!(stored(&hub, &jane).await, jane);
    assert_eq!(stored(&hub, &johns).await, johns);
}

#[tokio::test]
async fn another_tenant_is_refused_whatever_is_confirmed() {
    let hub = TestHub::start().await;
    let jane = link(&hub, &hub.user_id).await;
    let (key, erika) = {
        let mut world = hub.qlik.world();
        let tenant = world.add_tenant(Tenant::new("other", REGION, "Other"));
        let erika = world.add_user(&tenant, User::new("Erika", "erika@example.com"));
        (world.mint_key(&erika, DAY), erika)
    };
    let asked = hub.qlik.requests().len();
    for tenant in ["other", TENANT] {
        let authority = Authority::Renewal(Box::new(jane.clone()));
        let attempt = Press { tenant, key: key.clone(), authority, replace_user: Some(&erika) };
        let failure = press(&hub, attempt).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::AccountMismatch, "{tenant}");
    }
    assert_eq!(stored(&hub, &jane).await, jane);
    assert_eq!(hub.qlik.requests().len(), asked, "the key is sent to nobody");
}

#[tokio::test]
async fn what_the_user_before_allowed_the_next_one_has_not() {
    let hub = TestHub::start_with(&["--renewal"]).await;
    let jane = link(&hub, &hub.user_id).await;
    let now = hub.clock.now();
    let allowed = jane.clone().renewal_allowed(true, now, hub.state.linking.rules());
    assert!(allowed.renewal.allowed_at.is_some());
    assert!(hub.state.store.update_account(&allowed, None, &[]).await.unwrap().is_yes());
    renew(&hub, &jane, &hub.user_id, None).await.unwrap();
    assert!(stored(&hub, &jane).await.renewal.allowed_at.is_some(), "the same user has");
    let john = user(&hub, "John Doe");
    renew(&hub, &jane, &john, Some(&john)).await.unwrap();
    let account = stored(&hub, &jane).await;
    assert_eq!((account.renewal.allowed_at, account.renewal.next_at), (None, None));
}

#[tokio::test]
async fn an_admin_renews_the_account_of_the_owner_that_it_has_now() {
    let hub = TestHub::start().await;
    let jane = link(&hub, &hub.user_id).await;
    let edit = Edit { owner_id: Some("c-2".into()), ..Edit::default() };
    hub.state.linking.edit(&jane.id, &edit, &Caller::system()).await.unwrap();
    let renewed = renew(&hub, &jane, &hub.user_id, None).await.unwrap();
    assert_eq!((renewed.account.id, renewed.account.owner.id.as_str()), (jane.id, "c-2"));
    assert_eq!(hub.count_accounts().await, 1);
}
