//! The Hub opened by the token of a connect session.

use std::time::Duration;

use linkhub::linking::NewSession;
use linkhub::model::account::Owner;
use linkhub::model::connect_session::Terms;
use linkhub::model::event::{Action, Caller};
use linkhub::model::language::Language;
use linkhub::store::EventQuery;
use reqwest::{Method, StatusCode};

use crate::emulator::{Tenant, User};
use crate::support::{Answer, REGION, TENANT, TestHub, Visitor};

const HALF_AN_HOUR: Duration = Duration::from_mins(30);
const APP: &str = "https://app.example.com";

fn acme() -> Terms {
    let owner = Owner { id: "acme".into(), name: "Acme".into(), ..Owner::default() };
    Terms { owner, ..Terms::default() }
}

async fn session(hub: &TestHub, terms: Terms) -> (NewSession, String) {
    let caller = Caller::system();
    let made = hub.state.linking.create_connect_session(terms, HALF_AN_HOUR, &caller).await;
    let made = made.unwrap();
    let token = made.token.reveal().to_string();
    (made, token)
}

async fn press(visitor: &Visitor, token: &str, tenant: &str, key: &str) -> Answer {
    let form = [("token", token), ("tenant_name", tenant), ("region", REGION), ("api_key", key)];
    visitor.post("/hub", &form).await
}

#[tokio::test]
async fn whoever_holds_the_link_links_for_its_owner() {
    let hub = TestHub::start().await;
    let mut terms = acme();
    terms.label = "Head office".into();
    terms.metadata.insert("plan".into(), "gold".into());
    let (made, token) = session(&hub, terms).await;
    let visitor = hub.visitor();

    let page = visitor.get(&format!("/hub/{token}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("input[name=tenant_name]") && page.has("input[type=password]"));
    assert!(
        !page.has("input[name=owner_id]")
            && !page.has("nav.nav")
            && !page.has("[href='/accounts']")
    );
    assert!(!page.text_of("title").contains(&token[..10]));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
    assert!(page.body.contains("noindex"));

    // What names an owner is never taken from the browser.
    let key = hub.key();
    let form = [
        ("token", token.as_str()),
        ("tenant_name", TENANT),
        ("region", REGION),
        ("api_key", &key),
        ("owner_id", "evil"),
        ("owner_name", "Evil"),
    ];
    let answer = visitor.post("/hub", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(answer.has("dialog[open]") && !answer.has("[href^='/accounts']"));
    let account = hub.state.store.find_newest_account_of("acme").await.unwrap().unwrap();
    assert_eq!(account.owner.name, "Acme");
    assert_eq!(account.label, "Head office");
    assert_eq!(account.metadata["plan"], "gold");
    assert!(hub.state.store.find_newest_account_of("evil").await.unwrap().is_none());

    let session = hub.state.store.find_connect_session(made.session.id.as_str()).await;
    let session = session.unwrap().unwrap();
    assert_eq!(session.linked_account_id, Some(account.id));
    assert!(session.opened_at.is_some() && session.completed_at.is_some());
}

#[tokio::test]
async fn a_used_link_only_shows_what_it_linked() {
    let hub = TestHub::start().await;
    let (_, token) = session(&hub, acme()).await;
    let visitor = hub.visitor();
    assert_eq!(press(&visitor, &token, TENANT, &hub.key()).await.status, StatusCode::OK);

    let page = visitor.get(&format!("/hub/{token}")).await;
    assert_eq!(page.status, StatusCode::GONE);
    assert_eq!(page.codes(), ["session_used"]);
    assert!(page.text_of("dl").contains("Jane Doe") && page.text_of("dl").contains("My Company"));
    assert!(!page.has("form"));
    let again = press(&visitor, &token, TENANT, &hub.key()).await;
    assert_eq!(again.status, StatusCode::GONE);
    assert!(again.codes().contains(&"session_used".to_owned()));
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn ended_and_unknown_links_have_pages_of_their_own() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let (revoked, revoked_token) = session(&hub, acme()).await;
    hub.state.linking.revoke_connect_session(&revoked.session.id, &Caller::system()).await.unwrap();
    let (_, expired_token) = session(&hub, acme()).await;
    let guessed = format!("{}.{}", revoked.session.id, "A".repeat(43));
    let swapped = format!("{}.{}", revoked.session.id, expired_token.split_once('.').unwrap().1);
    hub.clock.advance(HALF_AN_HOUR);
    for (token, code, status) in [
        (revoked_token.as_str(), "session_revoked", StatusCode::GONE),
        (&expired_token, "session_expired", StatusCode::GONE),
        (&guessed, "session_unknown", StatusCode::NOT_FOUND),
        (&swapped, "session_unknown", StatusCode::NOT_FOUND),
        ("lhc_0.x", "session_unknown", StatusCode::NOT_FOUND),
        ("%00", "session_unknown", StatusCode::NOT_FOUND),
    ] {
        let page = visitor.get(&format!("/hub/{token}")).await;
        assert_eq!((page.status, page.codes()), (status, vec![code.to_owned()]), "{token}");
        assert!(!page.has("form") && page.has("h1"));
        let before = hub.qlik.requests().len();
        let answer = press(&visitor, token, TENANT, &hub.key()).await;
        assert!(answer.status.is_client_error() && answer.codes().contains(&code.to_owned()));
        assert_eq!(hub.qlik.requests().len(), before, "nothing was sent to Qlik for {token}");
    }
    assert_eq!(hub.count_accounts().await, 0);
    let reloaded = visitor.get("/hub").await;
    assert_eq!((reloaded.status, reloaded.codes()), (StatusCode::OK, Vec::new()));
    assert!(reloaded.body.contains("Open your link again"));
    assert_eq!(visitor.get("/hub/done").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_link_that_was_tried_too_often_is_closed() {
    let hub = TestHub::start().await;
    let (made, token) = session(&hub, acme()).await;
    let visitor = hub.visitor();
    let key = hub.key();
    hub.qlik.world().revoke_key(&key);
    for _ in 0..linkhub::model::connect_session::REFUSALS_MAX {
        assert!(
            press(&visitor, &token, TENANT, &key).await.codes().contains(&"key_rejected".into())
        );
    }
    let asked = hub.qlik.requests().len();
    let answer = press(&visitor, &token, TENANT, &hub.key()).await;
    assert!(answer.codes().contains(&"session_blocked".into()), "{:?}", answer.codes());
    assert_eq!(hub.qlik.requests().len(), asked);
    let page = visitor.get(&format!("/hub/{token}")).await;
    assert_eq!(page.codes(), ["session_blocked"]);
    let session = hub.state.store.find_connect_session(made.session.id.as_str()).await;
    assert!(session.unwrap().unwrap().completed_at.is_none());
}

#[tokio::test]
async fn the_link_of_a_known_owner_renews_and_refuses_others() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let (_, first) = session(&hub, acme()).await;
    press(&visitor, &first, TENANT, &hub.key()).await;
    let account = hub.state.store.find_newest_account_of("acme").await.unwrap().unwrap();

    let (_, token) = session(&hub, acme()).await;
    let page = visitor.get(&format!("/hub/{token}")).await;
    assert!(page.has("input[name=tenant_name][readonly][value='my-company']"));
    assert!(page.has("input[name=region][readonly][value='us']"));
    assert!(page.text_of(".renews").contains("Jane Doe"));

    let other = {
        let mut world = hub.qlik.world();
        let tenant = world.add_tenant(Tenant::new("other", REGION, "Other"));
        let user = world.add_user(&tenant, User::new("Erika", "erika@example.com"));
        world.mint_key(&user, Duration::from_hours(24))
    };
    let refused = press(&visitor, &token, "other", &other).await;
    assert!(refused.codes().contains(&"account_mismatch".into()), "{:?}", refused.codes());
    let unchanged = hub.state.store.find_account(&account.id).await.unwrap().unwrap();
    assert_eq!(unchanged.version, account.version);

    let renewed = press(&visitor, &token, TENANT, &hub.key()).await;
    assert_eq!(renewed.text_of("dialog[open] code").trim(), account.id.as_str());
    assert_eq!(hub.count_accounts().await, 1);

    let (_, more) = session(&hub, Terms { multiple: true, ..acme() }).await;
    assert_eq!(press(&visitor, &more, "other", &other).await.status, StatusCode::OK);
    assert_eq!(hub.count_accounts().await, 2);
}

#[tokio::test]
async fn only_pages_of_allowed_origins_may_frame_the_hub() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let allowed_origins = vec![APP.parse().unwrap(), "http://localhost:3000".parse().unwrap()];
    let (_, token) = session(&hub, Terms { allowed_origins, ..acme() }).await;

    let framed = visitor.get(&format!("/hub/{token}?origin=https%3A%2F%2Fapp.example.com")).await;
    let policy = framed.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors https://app.example.com http://localhost:3000"));
    assert!(policy.contains("default-src 'none'") && policy.contains("require-trusted-types-for"));
    assert_eq!(framed.header("x-frame-options"), "");
    assert!(framed.has("body[data-parent-origin='https://app.example.com']"));
    assert!(!framed.has("header.topbar") && !framed.has("footer"));

    for origin in [
        "",
        "https%3A%2F%2Fevil.example",
        "null",
        "*",
        "https%3A%2F%2Fapp.example.com.evil.example",
    ] {
        let page = visitor.get(&format!("/hub/{token}?origin={origin}")).await;
        assert!(
            page.header("content-security-policy").ends_with("frame-ancestors 'none'"),
            "{origin}"
        );
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert!(!page.has("body[data-parent-origin]"));
    }

    // The confirmation of a page without scripts stays in its frame.
    let key = hub.key();
    let form = [
        ("token", token.as_str()),
        ("origin", APP),
        ("tenant_name", TENANT),
        ("region", REGION),
        ("api_key", &key),
    ];
    let answer = visitor.post("/hub", &form).await;
    assert!(answer.has("dialog[open]") && answer.has("body[data-parent-origin]"));
    assert!(answer.header("content-security-policy").contains(APP));
}

#[tokio::test]
async fn a_session_without_origins_is_framed_by_those_of_the_settings() {
    let hub = TestHub::start_with(&["--allowed-origins=https://app.example.com"]).await;
    let (_, token) = session(&hub, acme()).await;
    let page = hub.visitor().get(&format!("/hub/{token}?origin={APP}")).await;
    assert!(
        page.header("content-security-policy").ends_with("frame-ancestors https://app.example.com")
    );
}

#[tokio::test]
async fn done_leads_where_the_session_says() {
    let hub = TestHub::start().await;
    let success_url = Some("https://app.example.com/linked?step=2".parse().unwrap());
    let (_, token) = session(&hub, Terms { success_url, ..acme() }).await;
    let answer = press(&hub.visitor(), &token, TENANT, &hub.key()).await;
    let account = hub.state.store.find_newest_account_of("acme").await.unwrap().unwrap();
    let done =
        format!("https://app.example.com/linked?step=2&account_id={}&provider=qlik", account.id);
    assert!(answer.has(&format!("a[href='{done}']")), "{}", answer.body);
}

#[tokio::test]
async fn the_session_chooses_the_language_before_the_browser() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let (_, german) = session(&hub, Terms { language: Some(Language::De), ..acme() }).await;
    let (_, free) = session(&hub, acme()).await;
    let page = visitor.get(&format!("/hub/{german}?lang=fr")).await;
    assert!(page.has("html[lang=de]"));
    let french = [("accept-language", "fr-CH, en;q=0.5")];
    let page = visitor.send(Method::GET, &format!("/hub/{free}"), &french, None).await;
    assert!(page.has("html[lang=fr]") && page.has("form[action='/hub?lang=fr']"));
    let page = visitor.send(Method::GET, &format!("/hub/{free}?lang=ja"), &french, None).await;
    assert!(page.has("html[lang=ja]"));
}

#[tokio::test]
async fn a_link_needs_no_origin_and_no_cookie_and_gives_none() {
    let hub = TestHub::start().await;
    let (_, token) = session(&hub, acme()).await;
    let key = hub.key();
    let form =
        [("token", token.as_str()), ("tenant_name", TENANT), ("region", REGION), ("api_key", &key)];
    // As a form of a page without a referrer sends it over plain http.
    let answer = hub.visitor().post_from("null", "/hub", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn what_happens_to_a_link_is_in_the_history_without_its_token() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let (_, first) = session(&hub, acme()).await;
    press(&visitor, &first, TENANT, &hub.key()).await;
    let account = hub.state.store.find_newest_account_of("acme").await.unwrap().unwrap();
    let (made, token) = session(&hub, acme()).await;
    visitor.get(&format!("/hub/{token}")).await;
    visitor.get(&format!("/hub/{token}")).await;
    hub.state.linking.revoke_connect_session(&made.session.id, &Caller::system()).await.unwrap();
    let query = EventQuery { account_id: &account.id, before: None, limit: 50 };
    let events = hub.state.store.list_events(query).await.unwrap();
    let count = |action| events.iter().filter(|event| event.action == action).count();
    assert_eq!(count(Action::SessionCreated), 1);
    assert_eq!(count(Action::SessionOpened), 1);
    assert_eq!(count(Action::SessionRevoked), 1);
    let secret = token.split_once('.').unwrap().1;
    assert!(events.iter().all(|event| !event.detail.to_string().contains(secret)));
}
