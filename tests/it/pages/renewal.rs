//! Consent to renewal: asked for on the Hub, shown and withdrawn on the account's page.

use std::time::Duration;

use linkhub::id::AccountId;
use linkhub::model::account::Account;
use linkhub::model::connect_session::Terms;
use linkhub::model::event::{Action, Caller, Event};
use linkhub::store::EventQuery;
use reqwest::StatusCode;

use crate::support::{Answer, REGION, TENANT, TestHub, Visitor};

const BOX: &str = "input[type=checkbox][name=renewal][value=allow]";

async fn offering() -> (TestHub, Visitor) {
    let hub = TestHub::start_with(&["--renewal"]).await;
    let admin = hub.signed_in().await;
    (hub, admin)
}

async fn press(visitor: &Visitor, path: &str, key: &str, more: &[(&str, &str)]) -> Answer {
    let form = [("tenant_name", TENANT), ("region", REGION), ("api_key", key)];
    let answer = visitor.post(path, &[&form[..], more].concat()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer
}

async fn linked(hub: &TestHub, answer: &Answer) -> Account {
    let id = answer.text_of("dialog[open] code").trim().to_owned();
    let id = AccountId::try_from(id).unwrap();
    hub.state.store.find_account(&id).await.unwrap().unwrap()
}

async fn events(hub: &TestHub, id: &AccountId, action: Action) -> Vec<Event> {
    let query = EventQuery { account_id: id, before: None, limit: 100 };
    let events = hub.state.store.list_events(query).await.unwrap();
    events.into_iter().filter(|event| event.action == action).collect()
}

#[tokio::test]
async fn consent_is_asked_for_where_the_hub_renews_and_nowhere_else() {
    let (hub, admin) = offering().await;
    let (terms, life, caller) = (Terms::default(), Duration::from_hours(1), Caller::system());
    let session = hub.state.linking.create_connect_session(terms, life, &caller).await.unwrap();
    let link = format!("/hub/{}", session.token.reveal().as_str());
    for page in [admin.get("/connect").await, hub.visitor().get(&link).await] {
        assert!(page.has(BOX));
        assert!(!page.has("input[name=renewal][checked]"), "nobody is made to agree");
        assert_eq!(page.attribute_of(BOX, "aria-describedby"), "renewal-hint");
        assert!(page.text_of("#renewal-hint").contains("linkhub renewal"));
    }
    let plain = TestHub::start().await;
    let page = plain.signed_in().await.get("/connect").await;
    assert!(!page.body.contains("name=\"renewal"));
}

#[tokio::test]
async fn only_a_ticked_box_allows_renewal_and_the_history_says_whose() {
    let (hub, admin) = offering().await;
    let offered = [("renewal_offered", "yes")];
    let answer = press(&admin, "/connect", &hub.key(), &offered).await;
    let account = linked(&hub, &answer).await;
    assert_eq!(account.renewal.allowed_at, None);
    assert!(answer.text_of("dialog[open]").contains("Connect again with a new key"));

    let ticked = [("renewal_offered", "yes"), ("renewal", "allow")];
    let answer = press(&admin, "/connect", &hub.key(), &ticked).await;
    let account = linked(&hub, &answer).await;
    assert!(account.renewal.allowed_at.is_some() && account.renewal.next_at.is_some());
    assert!(answer.text_of("dialog[open]").contains("stays alive by itself"));
    assert!(!answer.text_of("dialog[open]").contains("Connect again with a new key"));
    let told = events(&hub, &account.id, Action::RenewalAllowed).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].caller.actor.name(), "admin");

    // A form that does not ask changes nothing; a box that is no longer ticked does.
    let account = linked(&hub, &press(&admin, "/connect", &hub.key(), &[]).await).await;
    assert!(account.renewal.allowed_at.is_some());
    let account = linked(&hub, &press(&admin, "/connect", &hub.key(), &offered).await).await;
    assert_eq!(account.renewal.allowed_at, None);
    assert_eq!(events(&hub, &account.id, Action::RenewalStopped).await.len(), 1);
}

#[tokio::test]
async fn whoever_opens_a_link_may_allow_renewal_and_finds_the_choice_again() {
    let (hub, admin) = offering().await;
    let terms = Terms { multiple: true, reusable: true, ..Terms::default() };
    let life = Duration::from_hours(1);
    let linking = &hub.state.linking;
    let session = linking.create_connect_session(terms, life, &Caller::system()).await.unwrap();
    let token = session.token.reveal();
    let form = [("token", token.as_str()), ("renewal_offered", "yes"), ("renewal", "allow")];
    let account = linked(&hub, &press(&hub.visitor(), "/hub", &hub.key(), &form).await).await;
    assert!(account.renewal.allowed_at.is_some());
    let told = events(&hub, &account.id, Action::RenewalAllowed).await;
    assert_eq!(told[0].caller.actor.kind(), "visitor");

    let again = admin.get(&format!("/connect?account={}", account.id)).await;
    assert!(again.has("input[name=renewal][checked]"));
    let bad =
        [("tenant_name", TENANT), ("region", REGION), ("api_key", ""), ("renewal_offered", "yes")];
    let failed = admin.post(&format!("/connect?account={}", account.id), &bad).await;
    assert_eq!(failed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(failed.has(BOX) && !failed.has("input[name=renewal][checked]"), "as it was left");
}

#[tokio::test]
async fn another_users_key_does_not_inherit_the_consent() {
    let (hub, admin) = offering().await;
    let ticked = [("renewal_offered", "yes"), ("renewal", "allow")];
    let account = linked(&hub, &press(&admin, "/connect", &hub.key(), &ticked).await).await;
    let (john, key) = {
        let mut world = hub.qlik.world();
        let john = crate::emulator::User::new("John Roe", "john.roe@example.com");
        let john = world.add_user(&hub.tenant_id, john);
        let key = world.mint_key(&john, Duration::from_hours(24));
        (john, key)
    };
    let path = format!("/connect?account={}", account.id);
    assert!(admin.get(&path).await.has("input[name=renewal][checked]"));
    // Sent as it was found, the form is asked about, and says no more what Jane has said.
    let sent = [("tenant_name", TENANT), ("region", REGION), ("api_key", &key)];
    let asked = admin.post(&path, &[&sent[..], &ticked].concat()).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.has(BOX) && !asked.has("input[name=renewal][checked]"));
    let offered = asked.attribute_of("input[name=renewal_offered]", "value");
    let answer = press(&admin, &path, &hub.key(), &[("renewal_offered", &offered)]).await;
    let still = linked(&hub, &answer).await;
    assert!(still.renewal.allowed_at.is_some(), "Jane's own key leaves it as it was");
    let more = [("renewal_offered", offered.as_str()), ("replace_user", john.as_str())];
    let account = linked(&hub, &press(&admin, &path, &key, &more).await).await;
    assert_eq!((account.user.id, account.renewal.allowed_at), (john, None));
    assert_eq!(events(&hub, &account.id, Action::RenewalStopped).await.len(), 1);

    // Taken away before the question, it stays so.
    admin.post(&format!("/accounts/{}/renewal", account.id), &[("allowed", "yes")]).await;
    let sent = [("tenant_name", TENANT), ("region", REGION), ("api_key", &hub.key())];
    let asked = admin.post(&path, &[&sent[..], &[("renewal_offered", "yes")]].concat()).await;
    assert_eq!(asked.attribute_of("input[name=renewal_offered]", "value"), "yes");
}

#[tokio::test]
async fn the_page_of_an_account_allows_stops_and_tells() {
    let (hub, admin) = offering().await;
    let id = hub.link(&admin).await;
    let (page, action) = (format!("/accounts/{id}"), format!("/accounts/{id}/renewal"));
    let shown = admin.get(&page).await;
    assert!(shown.text_of(".renewal").contains("Allow renewal"));
    let answer = admin.post(&action, &[("allowed", "yes")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let shown = admin.get(answer.header("location")).await;
    let panel = shown.text_of(".renewal");
    assert!(panel.contains("by admin") && panel.contains("Next renewal"), "{panel}");
    assert!(shown.text_of(".alert.good").contains("Renewal is allowed"));

    hub.qlik.world().user_mut(&hub.user_id).may_manage_keys = false;
    hub.clock.advance(Duration::from_hours(13));
    hub.state.linking.renew_due().await.unwrap();
    let admin = hub.signed_in().await;
    let shown = admin.get(&page).await;
    assert_eq!(shown.attribute_of(".renewal [data-code]", "data-code"), "not_permitted");
    assert!(shown.text_of(".renewal").contains("Manage API keys"));
    hub.qlik.world().user_mut(&hub.user_id).may_manage_keys = true;
    admin.post(&action, &[("allowed", "again")]).await;
    assert!(admin.get(&page).await.text_of(".renewal").contains("due now"));
    hub.state.linking.renew_due().await.unwrap();
    assert!(!admin.get(&page).await.has(".renewal [data-code]"));

    admin.post(&action, &[("allowed", "no")]).await;
    assert!(admin.get(&page).await.text_of(".renewal").contains("Allow renewal"));
    assert_eq!(
        admin.post(&format!("/accounts/{}/renewal", AccountId::new()), &[]).await.status,
        404
    );

    let plain = TestHub::start().await;
    let admin = plain.signed_in().await;
    let id = plain.link(&admin).await;
    assert!(!admin.get(&format!("/accounts/{id}")).await.has(".renewal"));
    let refused = admin.post(&format!("/accounts/{id}/renewal"), &[("allowed", "yes")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
}
