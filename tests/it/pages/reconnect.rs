//! Reconnect in one paste: the Hub locked to one account, by an admin and by a link.

use std::time::Duration;

use linkhub::id::AccountId;
use linkhub::model::connect_session::Terms;
use linkhub::model::event::Caller;
use reqwest::StatusCode;

use crate::emulator::User;
use crate::support::{Answer, REGION, TENANT, TestHub, Visitor};

const DAY: Duration = Duration::from_hours(24);

/// The key of another user of the same tenant, and the user's id.
fn john(hub: &TestHub) -> (String, String) {
    let mut world = hub.qlik.world();
    let john = world.add_user(&hub.tenant_id, User::new("John Doe", "john.doe@example.com"));
    (world.mint_key(&john, DAY), john)
}

async fn press(visitor: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let form = [("tenant_name", TENANT), ("region", REGION)];
    visitor.post(path, &[&form, fields].concat()).await
}

fn reconnect(id: &AccountId) -> String {
    format!("/connect?account={id}")
}

#[tokio::test]
async fn the_locked_hub_shows_whom_and_what_it_renews_and_asks_for_the_key_only() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let page = admin.get(&reconnect(&id)).await;
    assert_eq!(page.status, StatusCode::OK);
    let shown = page.text_of(".renewed");
    for text in [id.as_str(), "My Company", "my-company.us.qlikcloud.com", "Jane Doe", "in 1 d"] {
        assert!(shown.contains(text), "{text}: {shown}");
    }
    assert!(page.has("input[name=tenant_name][readonly][value='my-company']"));
    assert!(page.has("input[name=region][readonly][value='us']"));
    assert!(!page.has("input[name=owner_id]"), "the owner stays");
    assert!(page.has("#replace[hidden]"), "nobody else is spoken of");
    let action = page.attribute_of("form#hub", "action");
    assert_eq!(action, reconnect(&id));

    let renewed = press(&admin, &action, &[("api_key", &hub.key())]).await;
    assert_eq!(renewed.text_of("dialog[open] code").trim(), id.as_str());
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn nothing_is_reconnected_that_is_not_there() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for id in [AccountId::new().as_str(), "acc_1", "", "%00"] {
        let path = format!("/connect?account={id}");
        assert_eq!(admin.get(&path).await.status, StatusCode::NOT_FOUND, "{id}");
        let answer = press(&admin, &path, &[("api_key", &hub.key())]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
    assert_eq!(hub.count_accounts().await, 0);
    let visitor = hub.visitor().get(&reconnect(&AccountId::new())).await;
    assert_eq!(visitor.status, StatusCode::SEE_OTHER, "a visitor learns nothing");
}

#[tokio::test]
async fn an_admin_and_a_holder_of_a_link_are_asked_before_another_user_takes_over() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let terms = Terms { account_id: Some(id.clone()), ..Terms::default() };
    let made = hub.state.linking.create_connect_session(terms, DAY, &Caller::system()).await;
    let token = made.unwrap().token.reveal().to_string();
    let visitor = hub.visitor();
    let (key, john) = john(&hub);

    let by_link = [("token", token.as_str()), ("api_key", &key)];
    for (who, path, fields) in
        [(&admin, reconnect(&id), &by_link[1..]), (&visitor, "/hub".to_owned(), &by_link[..])]
    {
        let asked = press(who, &path, fields).await;
        assert_eq!(asked.status, StatusCode::CONFLICT);
        assert!(asked.codes().contains(&"user_differs".to_owned()), "{:?}", asked.codes());
        let question = asked.text_of("#replace:not([hidden])");
        for text in ["Jane Doe (jane.doe@example.com)", "John Doe (john.doe@example.com)"] {
            assert!(question.contains(text), "{text}: {question}");
        }
        assert!(question.contains("Use the key of John Doe instead of the one of Jane Doe"));
        assert_eq!(asked.attribute_of("#replace_user", "value"), john);
        assert!(!asked.has("#replace_user[checked]"), "nobody has said so yet");
        assert!(!asked.body.contains(&key), "a key is never sent back");
        let account = hub.state.store.find_account(&id).await.unwrap().unwrap();
        assert_eq!(account.user.name, "Jane Doe");
    }

    let confirmed = [&by_link[..], &[("replace_user", john.as_str())]].concat();
    let renewed = press(&visitor, "/hub", &confirmed).await;
    assert_eq!(renewed.text_of("dialog[open] code").trim(), id.as_str());
    let account = hub.state.store.find_account(&id).await.unwrap().unwrap();
    assert_eq!(account.user.name, "John Doe");
    assert_eq!(hub.count_accounts().await, 1);
}
