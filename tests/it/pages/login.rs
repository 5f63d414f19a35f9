use std::time::Duration;

use reqwest::StatusCode;

use crate::support::{PASSWORD, TestHub};

#[tokio::test]
async fn whoever_is_not_signed_in_is_sent_to_the_login_page_and_back() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let away = visitor.get("/connect?owner_id=7").await;
    assert_eq!(away.status, StatusCode::SEE_OTHER);
    assert_eq!(away.header("location"), "/login?next=%2Fconnect%3Fowner_id%3D7");
    let form = [("password", PASSWORD), ("next", "/connect?owner_id=7")];
    assert_eq!(visitor.post("/login", &form).await.header("location"), "/connect?owner_id=7");
}

#[tokio::test]
async fn a_wrong_password_says_so_and_lets_nobody_in() {
    let hub = TestHub::start().await;
    let answer = hub.visitor().post("/login", &[("password", "wrong")]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.codes(), ["wrong_password"]);
    assert!(answer.cookie().is_none());
}

#[tokio::test]
async fn guessing_passwords_is_limited() {
    let hub = TestHub::start_with(&["--sign-in-limit=3"]).await;
    let visitor = hub.visitor();
    for _ in 0..3 {
        let answer = visitor.post("/login", &[("password", "wrong")]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let answer = visitor.post("/login", &[("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.codes(), ["too_many_attempts"]);
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_idling_and_by_age() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    assert_eq!(admin.get("/accounts").await.status, StatusCode::OK);
    admin.post("/logout", &[]).await;
    assert_eq!(admin.get("/accounts").await.status, StatusCode::SEE_OTHER);

    let idle = hub.signed_in().await;
    hub.clock.advance(Duration::from_hours(12));
    assert_eq!(idle.get("/accounts").await.status, StatusCode::SEE_OTHER);

    let busy = hub.signed_in().await;
    for _ in 0..(7 * 24 / 11) {
        assert_eq!(busy.get("/accounts").await.status, StatusCode::OK);
        hub.clock.advance(Duration::from_hours(11));
    }
    hub.clock.advance(Duration::from_hours(11));
    assert_eq!(busy.get("/accounts").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let hub = TestHub::start().await;
    let (here, there) = (hub.signed_in().await, hub.signed_in().await);
    here.post("/logout", &[("everywhere", "yes")]).await;
    assert_eq!(there.get("/accounts").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let system = linkhub::model::event::Caller::system();
    hub.state.linking.set_password("another fine password".into(), &system).await.unwrap();
    assert_eq!(admin.get("/accounts").await.status, StatusCode::SEE_OTHER);
    let old = hub.visitor().post("/login", &[("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_session_cookie_is_bound_to_the_host_over_tls() {
    let hub = TestHub::start_with(&["--public-url=https://link.example.com"]).await;
    let form = [("password", PASSWORD)];
    let answer = hub.visitor().post_from("https://link.example.com", "/login", &form).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-linkhub="), "{cookie}");
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert!(answer.header("strict-transport-security").contains("max-age=63072000"));
}

#[tokio::test]
async fn the_setup_link_makes_the_first_admin_once() {
    let hub = TestHub::start_without_admin(&[]).await;
    let (old, token) = (
        hub.state.linking.new_setup_link().await.unwrap(),
        hub.state.linking.new_setup_link().await.unwrap(),
    );
    let visitor = hub.visitor();
    let set_up = async |token: &str, password: &str| {
        visitor.post("/setup", &[("setup_token", token), ("password", password)]).await
    };
    assert!(visitor.get("/login").await.body.contains("setup link"));
    for (token, password, code) in [
        (old.reveal().as_str(), PASSWORD, "setup_link_invalid"),
        ("", PASSWORD, "setup_link_invalid"),
        (token.reveal().as_str(), "short", "password_unfit"),
        (token.reveal().as_str(), "aaaaaaaaaaaaaaaa", "password_unfit"),
    ] {
        let answer = set_up(token, password).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.codes(), [code]);
    }
    let done = set_up(token.reveal().as_str(), PASSWORD).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(done.cookie().is_some());
    let again = set_up(token.reveal().as_str(), "another fine password").await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.has("a[href='/login']"));
}

#[tokio::test]
async fn a_setup_link_expires() {
    let hub = TestHub::start_without_admin(&[]).await;
    let token = hub.state.linking.new_setup_link().await.unwrap();
    hub.clock.advance(Duration::from_hours(24));
    let form = [("setup_token", token.reveal().to_string()), ("password", PASSWORD.to_owned())];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = hub.visitor().post("/setup", &form).await;
    assert_eq!(answer.codes(), ["setup_link_invalid"]);
}
