use std::collections::BTreeSet;
use std::time::Duration;

use linkhub::linking::Edit;
use linkhub::model::connect_session::Terms;
use linkhub::model::event::{Action, Caller};
use linkhub::model::webhook::ANNOUNCED;
use secrecy::SecretString;

use super::receiver::Receiver;
use super::{deliver, endpoint, hub};
use crate::emulator::{User, UserStatus};
use crate::support::{REGION, TENANT, TestHub};

async fn press(hub: &TestHub, token: &str, key: &str) {
    let form = [("token", token), ("tenant_name", TENANT), ("region", REGION), ("api_key", key)];
    hub.visitor().post("/hub", &form).await;
}

/// Each is brought about as it comes about, and arrives: signed, and of the account that it is about.
#[tokio::test]
async fn every_event_that_can_be_asked_for_happens_and_arrives() {
    let (hub, receiver) = (hub().await, Receiver::start().await);
    let (_, secret) = endpoint(&hub, &receiver).await;
    let (linking, caller) = (&hub.state.linking, Caller::system());
    let admin = hub.signed_in().await;

    let account = hub.link(&admin).await;
    let edit = Edit { label: Some("Sales".into()), ..Edit::default() };
    linking.edit(&account, &edit, &caller).await.unwrap();
    linking.suspend(&account, &caller).await.unwrap();
    linking.resume(&account, &caller).await.unwrap();
    hub.qlik.world().disable_user(&hub.user_id);
    linking.check(&account, &caller).await.unwrap();
    hub.qlik.world().user_mut(&hub.user_id).status = UserStatus::Active;
    linking.check(&account, &caller).await.unwrap();
    let key = hub.key();
    admin.connect(TENANT, REGION, &key).await;
    for _ in 0..2 {
        hub.clock.advance(Duration::from_hours(12));
        while linking.notice_due().await.unwrap() {}
    }
    linking.unlink(account.clone(), false, caller.clone()).await.unwrap();
    deliver(&hub).await;
    let expected = [
        "account.created",
        "account.updated",
        "account.suspended",
        "account.resumed",
        "account.error",
        "account.recovered",
        "account.renewed",
        "account.expiring",
        "account.expired",
        "account.deleted",
    ];
    let mut told = receiver.types();
    told.dedup();
    assert_eq!(told, expected);
    assert!(receiver.received().iter().all(|got| got.json()["account_id"] == account.as_str()));

    let link =
        |_: &linkhub::secret::PlainToken| SecretString::from("https://link.example.com/hub/token");
    let hour = Duration::from_hours(1);
    linking.announce_connect_session(Terms::default(), hour, link, &caller).await.unwrap();
    let new = linking.create_connect_session(Terms::default(), hour, &caller).await.unwrap();
    let token = new.token.reveal().as_str().to_owned();
    let john = hub.qlik.world().add_user(&hub.tenant_id, User::new("John Doe", "john@example.com"));
    let key = hub.qlik.world().mint_key(&john, super::DAY);
    hub.qlik.world().revoke_key(&key);
    press(&hub, &token, &key).await;
    let key = hub.qlik.world().mint_key(&john, super::DAY);
    press(&hub, &token, &key).await;
    deliver(&hub).await;
    let all: BTreeSet<_> = receiver.types().into_iter().collect();
    assert_eq!(all, ANNOUNCED.map(|action| action.as_str().to_owned()).into());
    assert!(receiver.received().iter().all(|got| got.is_signed_by(&secret)));
}

/// What the document tells, what the API takes and what there is are the same.
#[tokio::test]
async fn the_events_that_are_documented_are_those_that_there_are() {
    let document = include_str!("../../../docs/webhooks.md");
    let (_, table) = document.split_once("\n## Events\n").expect("the document has that part");
    let (table, _) = table.split_once("\n## ").expect("and another one behind it");
    let first_cells = table.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
    let documented: BTreeSet<_> = first_cells
        .flat_map(|cell| cell.split(", "))
        .map(|name| name.trim_matches('`').to_owned())
        .filter(|name| name.contains('.'))
        .collect();
    let announced: BTreeSet<_> = ANNOUNCED.map(|action| action.as_str().to_owned()).into();
    let mut expected = announced.clone();
    expected.insert(Action::WebhookTested.as_str().to_owned());
    assert_eq!(documented, expected);

    let hub = TestHub::start().await;
    let api = hub.visitor().get("/api/openapi.json").await;
    let api: serde_json::Value = serde_json::from_str(&api.body).unwrap();
    let names = api["components"]["schemas"]["EventName"]["enum"].as_array().unwrap();
    let names: BTreeSet<_> = names.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let mut expected = announced;
    expected.insert("*".to_owned());
    assert_eq!(names, expected);
}
