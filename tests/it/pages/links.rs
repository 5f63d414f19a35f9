use std::time::Duration;

use linkhub::model::account::{AccountKind, Owner};
use linkhub::model::connect_session::{ConnectSession, SessionState, Terms};
use linkhub::model::event::Caller;
use linkhub::model::language::Language;
use linkhub::store::SessionQuery;
use reqwest::StatusCode;

use crate::support::{Answer, TestHub};

async fn sessions(hub: &TestHub) -> Vec<ConnectSession> {
    let query = SessionQuery { limit: 100, ..SessionQuery::default() };
    hub.state.store.list_connect_sessions(&query).await.unwrap()
}

/// The token of the link that a page shows.
fn token(hub: &TestHub, page: &Answer) -> String {
    let link = page.text_of(".copy code");
    link.strip_prefix(&hub.url("/hub/")).expect("the link opens the Hub").to_owned()
}

#[tokio::test]
async fn a_link_is_shown_once_and_opens_the_session_that_was_chosen() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    assert!(admin.get("/links").await.body.contains("No link is open"));
    let form = [
        ("owner_id", " customer-1 "),
        ("owner_name", "Jane’s <Company>"),
        ("owner_username", "jane"),
        ("label", "Head office"),
        ("lifetime", "7d"),
        ("multiple", "yes"),
        ("language", "de"),
        ("success_url", "https://app.example.com/done"),
        ("note", "for Jane"),
    ];
    let page = admin.post("/links", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.has("svg.qr[role=img][aria-label]"));
    assert!(page.text_of("time[data-countdown]").contains("in 7 d"));
    let token = token(&hub, &page);
    assert!(!page.text_of("title").contains(&token));

    let session = hub.state.linking.connect_session(&token).await.unwrap().unwrap();
    let Terms { owner, label, multiple, reusable, language, success_url, note, .. } =
        &session.terms;
    let name = "Jane’s <Company>".to_owned();
    assert_eq!(owner, &Owner { id: "customer-1".to_owned(), name, username: "jane".to_owned() });
    assert_eq!((label.as_str(), note.as_str()), ("Head office", "for Jane"));
    assert_eq!((*multiple, *reusable, *language), (true, false, Some(Language::De)));
    assert_eq!(success_url.as_ref().unwrap().as_str(), "https://app.example.com/done");
    assert_eq!(session.expires_at.since(hub.clock.now()), Duration::from_hours(7 * 24));
    assert_eq!(session.made_by.name(), "admin");

    let secret = token.split_once('.').unwrap().1;
    let list = admin.get("/links").await;
    for shown in ["Jane’s &#60;Company&#62;", "customer-1", "for Jane", "admin", "not yet"] {
        assert!(list.body.contains(shown), "{shown}");
    }
    assert!(!list.body.contains(secret), "it is shown once");
    hub.state.linking.note_opened(&session, &Caller::system()).await;
    assert!(!admin.get("/links").await.body.contains("not yet"));
}

#[tokio::test]
async fn what_is_wrong_with_a_link_is_said_at_its_field() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let form = [("owner_id", " "), ("success_url", "javascript:alert(1)"), ("note", "kept")];
    let page = admin.post("/links", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(page.codes(), ["owner_missing", "success_url_malformed"]);
    assert!(page.has("input#note[value=kept]") && page.has("details[open] #success_url"));
    assert!(sessions(&hub).await.is_empty());
    assert_eq!(admin.post("/links", &[]).await.codes(), ["owner_missing"]);
}

#[tokio::test]
async fn a_link_is_revoked_at_once_and_listed_as_ended() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let token = token(&hub, &admin.post("/links", &[("owner_id", "c-1")]).await);
    let list = admin.get("/links").await;
    let revoke = list.attribute_of("td.actions form", "action");
    let done = admin.post(&revoke, &[]).await;
    assert_eq!(done.header("location"), "/links?revoked=yes");
    let session = hub.state.linking.connect_session(&token).await.unwrap().unwrap();
    assert_eq!(session.state(hub.clock.now()), SessionState::Revoked);
    let list = admin.get("/links?revoked=yes").await;
    assert!(list.body.contains("No link is open") && list.body.contains("Revoked"));
    assert!(list.body.contains("The link is revoked"));
    assert_eq!(admin.post(&revoke, &[]).await.header("location"), "/links?revoked=late");
    let unknown = linkhub::id::ConnectSessionId::new();
    for id in [unknown.as_str(), "nonsense", "acc_1"] {
        let answer = admin.post(&format!("/links/{id}/revoke"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn many_links_are_shown_page_by_page() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for n in 0..30 {
        hub.clock.advance(Duration::from_secs(1));
        let owner = Owner { id: format!("customer-{n}."), ..Owner::default() };
        let terms = Terms { owner, ..Terms::default() };
        let lifetime = Duration::from_hours(1);
        hub.state.linking.create_connect_session(terms, lifetime, &Caller::system()).await.unwrap();
    }
    let first = admin.get("/links").await;
    assert!(first.body.contains("customer-29.") && first.body.contains("customer-5."));
    assert!(!first.body.contains("customer-4.") && !first.has("a[rel=prev]"));
    let second = admin.get(&first.attribute_of("a[rel=next]", "href")).await;
    assert!(second.body.contains("customer-4.") && second.body.contains("customer-0."));
    assert!(!second.body.contains("customer-5.") && !second.has("a[rel=next]"));
    assert_eq!(second.attribute_of("a[rel=prev]", "href"), "/links");
    assert_eq!(admin.get("/links?before=nonsense").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_reconnect_link_renews_the_account_and_no_other() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let page = admin.post(&format!("/accounts/{id}/link"), &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.has(&format!("a[href='/accounts/{id}']")));
    let token = token(&hub, &page);
    let session = hub.state.linking.connect_session(&token).await.unwrap().unwrap();
    assert_eq!(session.terms.account_id, Some(id.clone()));
    let account = admin.get(&format!("/accounts/{id}")).await;
    assert!(account.body.contains("A link was made"));
    let unknown = linkhub::id::AccountId::new();
    let answer = admin.post(&format!("/accounts/{unknown}/link"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_account_is_suspended_and_resumed_by_its_buttons() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    for (button, badge, says) in
        [("suspend", ".badge.suspended", "Suspended"), ("resume", ".badge.active", "Resumed")]
    {
        let page = admin.get(&format!("/accounts/{id}")).await;
        let action = format!("/accounts/{id}/{button}");
        assert!(page.has(&format!("form[action='{action}']")), "{button}");
        let to = admin.post(&action, &[]).await.header("location").to_owned();
        let page = admin.get(&to).await;
        assert!(page.has(badge), "{}", page.body);
        assert_eq!(page.text_of("[role=status] .title"), says);
    }
    let unknown = linkhub::id::AccountId::new();
    let answer = admin.post(&format!("/accounts/{unknown}/suspend"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_account_shows_what_a_back_end_keeps_with_it() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let plain = admin.get(&format!("/accounts/{id}")).await;
    assert!(!plain.body.contains("Metadata") && !plain.body.contains("User at the owner"));
    let metadata = serde_json::json!({ "plan": "<gold>" }).as_object().unwrap().clone();
    let edit = linkhub::linking::Edit {
        owner_username: Some("jane.d".to_owned()),
        metadata: Some(metadata),
        kind: Some(AccountKind::Test),
        ..Default::default()
    };
    hub.state.linking.edit(&id, &edit, &Caller::system()).await.unwrap();
    let page = admin.get(&format!("/accounts/{id}")).await;
    for shown in ["jane.d", ">Test<", "Metadata", "&#60;gold&#62;"] {
        assert!(page.body.contains(shown), "{shown}");
    }
}
