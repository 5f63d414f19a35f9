use std::time::Duration;

use reqwest::StatusCode;
use rstest::rstest;

use crate::emulator::{
    Fault, InactiveUser, RedirectStyle, Refused, TenantStatus, UnauthorizedBody, User, UserStatus,
};
use crate::support::{REGION, TENANT, TestHub};

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn a_good_key_is_linked_confirmed_and_stored() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let page = admin.get("/connect").await;
    for field in ["tenant_name", "region", "api_key"] {
        assert!(page.has(&format!("form[method=post] [name={field}]")), "{field}");
    }
    let key = hub.key();
    let answer = admin.connect(TENANT, REGION, &key).await;
    assert_eq!(answer.status, StatusCode::OK);
    let popup = answer.text_of("dialog[open]");
    for words in
        ["Jane Doe", "jane.doe@example.com", "My Company", "my-company.us.qlikcloud.com", "in 1 d"]
    {
        assert!(popup.contains(words), "{words}: {popup}");
    }
    assert!(!answer.body.contains(&key), "the key is never shown again");
    assert_eq!(hub.count_accounts().await, 1);
    for request in hub.qlik.requests() {
        assert!(request.tls && request.host.starts_with("my-company.us.qlikcloud.com"));
        assert!(!request.path.contains(&key), "no key in a URL");
        assert_eq!(request.sni.as_deref(), Some("my-company.us.qlikcloud.com"));
    }
}

#[tokio::test]
async fn a_tenant_admins_key_is_warned_of() {
    let hub = TestHub::start().await;
    let key = {
        let mut world = hub.qlik.world();
        let john = User::new("John Roe", "john.roe@example.com");
        let john = User { roles: vec!["TenantAdmin".to_owned()], ..john };
        let john = world.add_user(&hub.tenant_id, john);
        world.mint_key(&john, DAY)
    };
    let answer = hub.signed_in().await.connect(TENANT, REGION, &key).await;
    assert!(answer.text_of("dialog[open]").contains("Tenant Admin"));
}

#[rstest]
#[case::pasted_address("https://my-company.us.qlikcloud.com/hub?a=b", "")]
#[case::without_scheme("My-Company.US.qlikcloud.com", "us")]
#[case::blanks("  my-company ", " us ")]
#[tokio::test]
async fn what_is_pasted_is_understood(#[case] tenant_name: &str, #[case] region: &str) {
    let hub = TestHub::start().await;
    let key = format!(" \"Bearer {}\"\n", hub.key());
    let answer = hub.signed_in().await.connect(tenant_name, region, &key).await;
    assert!(answer.has("dialog[open]"), "{:?}", answer.codes());
}

#[rstest]
#[case("", "us", "tenant_malformed")]
#[case("my company", "us", "tenant_malformed")]
#[case("my-company.us.example.com", "", "tenant_malformed")]
#[case("evil.com#", "us", "tenant_malformed")]
#[case("user@my-company", "us", "tenant_malformed")]
#[case("my-company", "", "region_malformed")]
#[case("my-company", "u/s", "region_malformed")]
#[case("my-company.eu.qlikcloud.com", "us", "region_malformed")]
#[case("register", "us", "not_a_tenant")]
#[case("https://console.qlikcloud.com", "us", "not_a_tenant")]
#[tokio::test]
async fn an_address_that_cannot_be_one_is_refused_before_anything_is_sent(
    #[case] tenant_name: &str,
    #[case] region: &str,
    #[case] code: &str,
) {
    let hub = TestHub::start().await;
    let answer = hub.signed_in().await.connect(tenant_name, region, &hub.key()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.codes().contains(&code.to_owned()), "{:?}", answer.codes());
    assert!(hub.qlik.requests().is_empty());
    assert_eq!(hub.count_accounts().await, 0);
}

#[rstest]
#[case::missing(|_: &str| String::new(), "key_missing")]
#[case::junk(|_: &str| "hunter2".to_owned(), "key_malformed")]
#[case::cut_off(|key: &str| key[..key.len() / 2].to_owned(), "key_malformed")]
#[case::client_secret(|_: &str| "a".repeat(64), "key_malformed")]
#[tokio::test]
async fn a_text_that_is_no_key_is_refused_before_anything_is_sent(
    #[case] spoil: fn(&str) -> String,
    #[case] code: &str,
) {
    let hub = TestHub::start().await;
    let answer = hub.signed_in().await.connect(TENANT, REGION, &spoil(&hub.key())).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.codes().contains(&code.to_owned()), "{:?}", answer.codes());
    assert!(hub.qlik.requests().is_empty());
}

/// Prepares the emulator and answers the key to try.
type Situation = fn(&TestHub) -> String;

fn expired(hub: &TestHub) -> String {
    let ago = hub.clock.now().minus(Duration::from_hours(1));
    hub.qlik.world().mint_key_until(&hub.user_id, ago)
}

fn revoked(hub: &TestHub) -> String {
    let key = hub.key();
    hub.qlik.world().revoke_key(&key);
    key
}

fn fault(hub: &TestHub, fault: Fault) -> String {
    hub.qlik.world().fault("*", fault);
    hub.key()
}

#[rstest]
#[case::scim(|hub: &TestHub| hub.qlik.world().mint_scim_key(&hub.user_id, DAY), "key_wrong_kind", 422)]
#[case::expired(expired, "key_rejected", 422)]
#[case::expired_with_html(|hub: &TestHub| {
    hub.qlik.world().knobs.unauthorized_body = UnauthorizedBody::NginxHtml;
    expired(hub)
}, "key_rejected", 422)]
#[case::expired_and_empty(|hub: &TestHub| {
    hub.qlik.world().knobs.unauthorized_body = UnauthorizedBody::Empty;
    expired(hub)
}, "key_rejected", 422)]
#[case::expired_by_its_claim(|hub: &TestHub| {
    hub.qlik.world().knobs.keys_carry_exp = true;
    expired(hub)
}, "key_expired", 422)]
#[case::revoked(revoked, "key_rejected", 422)]
#[case::disabled_user(|hub: &TestHub| {
    let key = hub.key();
    hub.qlik.world().disable_user(&hub.user_id);
    key
}, "user_inactive", 422)]
#[case::disabled_user_shown(|hub: &TestHub| {
    let key = hub.key();
    hub.qlik.world().knobs.inactive_user = InactiveUser::Shown;
    hub.qlik.world().user_mut(&hub.user_id).status = UserStatus::Disabled;
    key
}, "user_inactive", 422)]
#[case::disabled_tenant(|hub: &TestHub| {
    let key = hub.key();
    hub.qlik.world().tenant_mut(&hub.tenant_id).status = TenantStatus::Disabled;
    key
}, "tenant_disabled", 422)]
#[case::forbidden(|hub: &TestHub| fault(hub, Fault::Forbidden), "forbidden", 422)]
#[case::rate_limited(|hub: &TestHub| fault(hub, Fault::TooManyRequests(13)), "rate_limited", 429)]
#[case::server_error(|hub: &TestHub| fault(hub, Fault::ServerError), "qlik_unavailable", 502)]
#[case::maintenance(|hub: &TestHub| fault(hub, Fault::Maintenance), "qlik_unavailable", 502)]
#[case::html(|hub: &TestHub| fault(hub, Fault::HtmlPage), "unexpected_answer", 502)]
#[case::login(|hub: &TestHub| fault(hub, Fault::RedirectToLogin), "unexpected_answer", 502)]
#[case::loop_(|hub: &TestHub| fault(hub, Fault::RedirectLoop), "unexpected_answer", 502)]
#[case::plain(|hub: &TestHub| fault(hub, Fault::RedirectToHttp), "unexpected_answer", 502)]
#[case::elsewhere(|hub: &TestHub| fault(hub, Fault::RedirectTo("https://example-europe.eu.qlikcloud.com/api/v1/users/1".to_owned())), "unexpected_answer", 502)]
#[case::huge(|hub: &TestHub| fault(hub, Fault::Huge(2 << 20)), "unexpected_answer", 502)]
#[case::bomb(|hub: &TestHub| fault(hub, Fault::GzipBomb(4 << 20)), "unexpected_answer", 502)]
#[case::truncated(|hub: &TestHub| fault(hub, Fault::Truncated), "unexpected_answer", 502)]
#[case::not_a_user(|hub: &TestHub| fault(hub, Fault::Body("[]".to_owned())), "unexpected_answer", 502)]
#[case::reset(|hub: &TestHub| fault(hub, Fault::Reset), "unreachable", 502)]
#[case::silent(|hub: &TestHub| fault(hub, Fault::Slow(Duration::from_mins(1))), "unreachable", 502)]
#[case::dripping(|hub: &TestHub| fault(hub, Fault::Drip(Duration::from_secs(1))), "unreachable", 502)]
#[tokio::test]
async fn what_qlik_answers_becomes_a_code_and_nothing_is_stored(
    #[case] situation: Situation,
    #[case] code: &str,
    #[case] status: u16,
) {
    let hub = TestHub::start().await;
    let key = situation(&hub);
    let answer = hub.signed_in().await.connect(TENANT, REGION, &key).await;
    let codes = answer.codes();
    assert!(codes.contains(&code.to_owned()), "{codes:?}");
    let (server, wanted) = (answer.status.is_server_error(), status >= 500);
    assert_eq!(server, wanted, "{}", answer.status);
    assert!(!answer.body.contains(&key));
    assert!(answer.body.contains("value=\"my-company\""), "what was typed is kept");
    assert_eq!(hub.count_accounts().await, 0);
    for request in hub.qlik.requests() {
        assert!(request.host.starts_with("my-company.us.qlikcloud.com"), "{}", request.host);
    }
}

#[tokio::test]
async fn an_unknown_tenant_is_not_found() {
    let hub = TestHub::start().await;
    let answer = hub.signed_in().await.connect("nobody", REGION, &hub.key()).await;
    assert!(answer.codes().contains(&"tenant_not_found".to_owned()), "{:?}", answer.codes());
}

#[rstest]
#[case(Refused::Unauthorized)]
#[case(Refused::Forbidden)]
#[tokio::test]
async fn a_key_of_another_tenant_is_refused(#[case] refused: Refused) {
    let hub = TestHub::start().await;
    let key = {
        let mut world = hub.qlik.world();
        world.knobs.foreign_key = refused;
        let other = world.add_tenant(crate::emulator::Tenant::new("other", "eu", "Other"));
        let user = world.add_user(&other, User::new("Erika Mustermann", "erika@example.com"));
        world.mint_key(&user, DAY)
    };
    let answer = hub.signed_in().await.connect(TENANT, REGION, &key).await;
    let codes = answer.codes();
    let bad = ["key_wrong_tenant", "key_rejected", "forbidden"];
    assert!(codes.iter().any(|code| bad.contains(&code.as_str())), "{codes:?}");
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn a_wait_that_qlik_asks_for_is_passed_on() {
    let hub = TestHub::start().await;
    let key = fault(&hub, Fault::TooManyRequests(13));
    let answer = hub.signed_in().await.connect(TENANT, REGION, &key).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.header("retry-after"), "13");
    assert!(answer.body.contains("13 seconds"));
}

#[rstest]
#[case(RedirectStyle::Absolute)]
#[case(RedirectStyle::Direct)]
#[tokio::test]
async fn every_way_that_qlik_may_answer_is_understood(#[case] style: RedirectStyle) {
    let hub = TestHub::start().await;
    hub.qlik.world().knobs.me = style;
    assert!(hub.signed_in().await.connect(TENANT, REGION, &hub.key()).await.has("dialog[open]"));
}

#[tokio::test]
async fn an_expiry_that_may_not_be_read_never_blocks_a_link() {
    let hub = TestHub::start().await;
    hub.qlik.world().user_mut(&hub.user_id).may_manage_keys = false;
    let answer = hub.signed_in().await.connect(TENANT, REGION, &hub.key()).await;
    assert!(answer.text_of("dialog[open]").contains("nknown"), "{}", answer.body);
}

#[tokio::test]
async fn the_steps_are_told_while_they_happen() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let stream = admin.connect_streaming(TENANT, REGION, &hub.key()).await;
    assert!(stream.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let text = stream.text().await.unwrap();
    let places: Vec<_> = [
        "attempt",
        "\"address\"",
        "\"key\"",
        "\"user\"",
        "\"permissions\"",
        "\"saved\"",
        "event: linked",
    ]
    .iter()
    .map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")))
    .collect();
    assert!(places.is_sorted(), "{text}");
}

#[tokio::test]
async fn a_cancelled_attempt_stores_nothing() {
    let hub = TestHub::start_with(&["--qlik-timeout=30"]).await;
    let (admin, other) = (hub.signed_in().await, hub.signed_in().await);
    hub.qlik.world().fault("*", Fault::Slow(Duration::from_secs(20)));
    let mut stream = admin.connect_streaming(TENANT, REGION, &hub.key()).await;
    let first = stream.chunk().await.unwrap().unwrap();
    let first = String::from_utf8_lossy(&first).into_owned();
    let id = first.split('"').find(|part| part.starts_with("att_")).unwrap().to_owned();

    let foreign = other.post(&format!("/connect/attempts/{id}/cancel"), &[]).await;
    assert!(foreign.body.contains("unknown"), "nobody cancels another's attempt");
    let answer = admin.post(&format!("/connect/attempts/{id}/cancel"), &[]).await;
    assert!(answer.body.contains("cancelled"), "{}", answer.body);
    let rest = stream.text().await.unwrap();
    assert!(rest.contains("event: failure") && rest.contains("\"cancelled\""), "{rest}");
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn whoever_leaves_before_saving_stores_nothing() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    hub.qlik.world().fault("*", Fault::Slow(Duration::from_secs(1)));
    let mut stream = admin.connect_streaming(TENANT, REGION, &hub.key()).await;
    stream.chunk().await.unwrap();
    drop(stream);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn requests_in_flight_finish_when_the_hub_stops() {
    let mut hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    hub.qlik.world().fault("/api/v1/users/me", Fault::Slow(Duration::from_secs(1)));
    let key = hub.key();
    let connecting = tokio::spawn(async move { admin.connect(TENANT, REGION, &key).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    hub.stop().await;
    assert!(connecting.await.unwrap().has("dialog[open]"));
}

#[tokio::test]
async fn a_hundred_connects_at_once_make_one_account() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let key = hub.key();
    let connects = (0..100).map(|_| admin.connect(TENANT, REGION, &key));
    let answers = futures_util::future::join_all(connects).await;
    let linked = answers.iter().filter(|answer| answer.has("dialog[open]")).count();
    assert!(linked > 0);
    for answer in &answers {
        assert!(answer.has("dialog[open]") || answer.codes().contains(&"not_saved".to_owned()));
    }
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn connects_that_reach_qlik_are_limited() {
    let hub = TestHub::start_with(&["--connect-limit=3"]).await;
    let admin = hub.signed_in().await;
    for _ in 0..3 {
        assert!(admin.connect(TENANT, REGION, &hub.key()).await.has("dialog[open]"));
    }
    let answer = admin.connect(TENANT, REGION, &hub.key()).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.codes().contains(&"rate_limited".to_owned()));
}
