use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::qlik::client::QlikSettings;
use crate::qlik::stub::{HOST, Say, Stub};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T10:00:00Z").unwrap()
}

fn key_with(claims: &Value) -> ApiKey {
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "ES384", "typ": "JWT"}).to_string());
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    ApiKey::parse(&format!("{header}.{claims}.{}", "s".repeat(128))).unwrap()
}

fn key() -> ApiKey {
    key_with(&json!({"sub": "u1", "tenantId": "t1", "jti": "k1"}))
}

/// Qlik on a good day, one call a line.
fn good(request: &str) -> Say {
    match request {
        "GET /api/v1/users/me" => Say::redirect("/api/v1/users/u1"),
        "GET /api/v1/users/u1" => Say::json(&json!({
            "id": "u1", "tenantId": "t1", "name": "Jane Doe", "email": "jane@example.com",
            "status": "active", "assignedRoles": [{"name": "TenantAdmin"}],
        })),
        "GET /api/v1/tenants/me" => Say::redirect(&format!("https://{HOST}/api/v1/tenants/t1")),
        "GET /api/v1/tenants/t1" => Say::json(&json!({
            "id": "t1", "name": "My Company", "hostnames": ["xzoau8xi93gyfo0.us.qlikcloud.com", HOST],
        })),
        "GET /api/v1/api-keys/k1" => Say::json(&json!({
            "id": "k1", "status": "active", "created": "2026-11-23T09:00:00Z",
            "expiry": "2026-11-24T09:00:00Z",
        })),
        "DELETE /api/v1/api-keys/k1" => Say::with(204, "", ""),
        other => panic!("nobody should ask {other}"),
    }
}

/// A good day, but for the answer to one request.
fn but(request: &'static str, say: Say) -> impl Fn(&str) -> Say + Send + Sync {
    move |asked| if asked == request { say.clone() } else { good(asked) }
}

struct Outcome {
    result: Result<Verified, Failure>,
    steps: Vec<Step>,
    received: Vec<String>,
}

impl Outcome {
    fn failure(&self) -> (FailureCode, Step) {
        let failure = self.result.as_ref().unwrap_err();
        (failure.code, failure.step)
    }
}

async fn verify_at(stub: &Stub, settings: QlikSettings, host: &str, key: &ApiKey) -> Outcome {
    let qlik = Qlik::new(settings).unwrap();
    let address = qlik.address(host, "").unwrap();
    let steps = Mutex::new(Vec::new());
    let progress = |step| steps.lock().unwrap().push(step);
    let result = qlik.verify(&address, key, now(), &progress).await;
    let steps = steps.into_inner().unwrap();
    let received = stub.received();
    if let Err(failure) = &result {
        let shown = format!("{failure:?}");
        assert!(!shown.contains(key.expose()), "{shown}");
        let next = Step::ALL[steps.len()];
        assert_eq!(failure.step, next, "the step of a failure is the first that was not done");
    }
    assert!(Step::ALL.starts_with(&steps), "{steps:?}");
    for head in &received {
        let line = head.lines().next().unwrap();
        assert!(!line.contains(key.expose()), "{line}");
        assert_eq!(head.matches(key.expose()).count(), 1, "{head}");
        assert!(head.contains(&format!("authorization: Bearer {}\r\n", key.expose())), "{head}");
        assert!(head.contains(&format!("host: {host}\r\n")), "{head}");
    }
    Outcome { result, steps, received }
}

async fn verify_with(
    key: &ApiKey,
    script: impl Fn(&str) -> Say + Send + Sync + 'static,
) -> Outcome {
    let stub = Stub::start(script).await;
    verify_at(&stub, stub.settings.clone(), HOST, key).await
}

async fn verify(script: impl Fn(&str) -> Say + Send + Sync + 'static) -> Outcome {
    verify_with(&key(), script).await
}

const ALL_BUT_SAVED: [Step; 4] = [Step::Address, Step::Key, Step::User, Step::Permissions];

#[tokio::test]
async fn a_good_key_tells_whose_it_is_and_how_long_it_lives() {
    let outcome = verify(good).await;
    let expected = Verified {
        tenant: Tenant {
            id: "t1".to_owned(),
            name: "My Company".to_owned(),
            hostname: "xzoau8xi93gyfo0.us.qlikcloud.com".to_owned(),
            region: "us".to_owned(),
        },
        user: QlikUser {
            id: "u1".to_owned(),
            name: "Jane Doe".to_owned(),
            email: Some("jane@example.com".to_owned()),
            tenant_admin: true,
        },
        key: KeyRecord {
            id: Some("k1".to_owned()),
            created_at: Timestamp::parse("2026-11-23T09:00:00Z"),
            expires_at: Timestamp::parse("2026-11-24T09:00:00Z"),
        },
    };
    assert_eq!(outcome.result, Ok(expected));
    assert_eq!(outcome.steps, ALL_BUT_SAVED);
    assert_eq!(outcome.received.len(), 5);
    let agent = concat!("user-agent: linkhub/", env!("CARGO_PKG_VERSION"), "\r\n");
    for head in &outcome.received {
        assert!(head.contains(agent) && head.contains("accept-encoding: identity\r\n"), "{head}");
        assert!(!head.contains("cookie") && !head.contains("referer"), "{head}");
    }
}

#[rstest]
#[case::not_its_owners_to_read(Say::with(403, "", ""))]
#[case::unknown(Say::with(404, "", ""))]
#[case::a_limit(Say::with(429, "", ""))]
#[case::an_outage(Say::with(500, "", ""))]
#[case::refused(Say::with(401, "", ""))]
#[case::elsewhere(Say::redirect("https://evil.com/api/v1/api-keys/k1"))]
#[case::html(Say::with(200, "", "<html>"))]
#[case::a_claim_without_success(Say::with(403, "", r#"{"id":"k1","status":"revoked"}"#))]
#[case::no_answer(Say::Close)]
#[case::too_late(Say::Hang(Vec::new()))]
#[case::another_keys(Say::json(&json!({"id": "k2", "status": "revoked"})))]
#[tokio::test]
async fn without_the_keys_record_only_its_expiry_is_unknown(#[case] say: Say) {
    let outcome = verify(but("GET /api/v1/api-keys/k1", say)).await;
    let expected = KeyRecord { id: Some("k1".to_owned()), created_at: None, expires_at: None };
    assert_eq!(outcome.result.unwrap().key, expected);
    assert_eq!(outcome.steps, ALL_BUT_SAVED);
}

#[rstest]
#[case("expired", FailureCode::KeyExpired)]
#[case("revoked", FailureCode::KeyRevoked)]
#[tokio::test]
async fn a_record_that_ends_the_key_is_believed(#[case] status: &str, #[case] code: FailureCode) {
    let say = Say::json(&json!({"id": "k1", "status": status}));
    assert_eq!(verify(but("GET /api/v1/api-keys/k1", say)).await.failure().0, code);
}

#[rstest]
#[case::forbidden(Say::with(403, "", ""))]
#[case::unknown(Say::with(404, "", ""))]
#[tokio::test]
async fn without_the_tenants_record_the_typed_host_names_it(#[case] say: Say) {
    let tenant = verify(but("GET /api/v1/tenants/me", say)).await.result.unwrap().tenant;
    assert_eq!((tenant.id.as_str(), tenant.name.as_str()), ("t1", "my-company"));
    assert_eq!(tenant.hostname, HOST);
}

#[rstest]
#[case::a_foreign_domain("evil.com")]
#[case::another_region("xzoau8xi93gyfo0.eu.qlikcloud.com")]
#[case::a_path("xzoau8xi93gyfo0.us.qlikcloud.com/x")]
#[tokio::test]
async fn a_permanent_host_name_elsewhere_is_not_believed(#[case] hostname: &str) {
    let say = Say::json(&json!({"id": "t1", "name": "x", "hostnames": [hostname]}));
    let outcome = verify(but("GET /api/v1/tenants/t1", say)).await;
    assert_eq!(outcome.result.unwrap().tenant.hostname, HOST);
}

#[rstest]
#[case::another_tenant(json!({"id": "t2"}), FailureCode::UnexpectedAnswer)]
#[case::no_id(json!({"name": "x"}), FailureCode::UnexpectedAnswer)]
#[case::closed(json!({"id": "t1", "status": "disabled"}), FailureCode::TenantDisabled)]
#[tokio::test]
async fn a_tenant_that_does_not_fit_is_no_success(#[case] body: Value, #[case] code: FailureCode) {
    let outcome = verify(but("GET /api/v1/tenants/t1", Say::json(&body))).await;
    assert_eq!(outcome.failure(), (code, Step::User));
}

#[rstest]
#[case::a_limit(429, FailureCode::RateLimited)]
#[case::an_outage(503, FailureCode::QlikUnavailable)]
#[tokio::test]
async fn a_fault_at_the_second_call_is_told_as_such(
    #[case] status: u16,
    #[case] code: FailureCode,
) {
    let say = Say::with(status, "retry-after: 13\r\n", "");
    let outcome = verify(but("GET /api/v1/tenants/me", say)).await;
    assert_eq!(outcome.failure(), (code, Step::User));
    assert_eq!(outcome.result.unwrap_err().retry_after, Some(Duration::from_secs(13)));
}

fn errors(code: &str) -> String {
    json!({"errors": [{"code": code}]}).to_string()
}

#[rstest]
#[case::no_such_tenant(401, errors("LOGIN-2"), FailureCode::TenantNotFound, Step::Address)]
#[case::deactivated(401, errors("TENANT_DISABLED"), FailureCode::TenantDisabled, Step::Address)]
#[case::refused(401, errors("APIKEYS-18"), FailureCode::KeyRejected, Step::Key)]
#[case::refused_in_html(401, "<html>".to_owned(), FailureCode::KeyRejected, Step::Key)]
#[case::refused_without_a_word(401, String::new(), FailureCode::KeyRejected, Step::Key)]
#[case::no_member(403, errors("AUTH-5"), FailureCode::UserInactive, Step::User)]
#[case::forbidden(403, String::new(), FailureCode::Forbidden, Step::User)]
#[case::not_found(404, String::new(), FailureCode::UnexpectedAnswer, Step::Key)]
#[case::limited(429, String::new(), FailureCode::RateLimited, Step::Key)]
#[case::an_outage(502, "<html>".to_owned(), FailureCode::QlikUnavailable, Step::Key)]
#[case::a_login_page(200, "<html>".to_owned(), FailureCode::UnexpectedAnswer, Step::Key)]
#[tokio::test]
async fn the_first_answer_decides(
    #[case] status: u16,
    #[case] body: String,
    #[case] code: FailureCode,
    #[case] step: Step,
) {
    let say = Say::with(status, "x-b3-traceid: 0af7651916cd43dd\r\n", &body);
    let outcome = verify(but("GET /api/v1/users/me", say)).await;
    assert_eq!(outcome.failure(), (code, step));
    assert_eq!(outcome.received.len(), 1, "one refusal is enough");
    let trace_id = outcome.result.unwrap_err().trace_id;
    assert_eq!(trace_id.as_deref(), Some("0af7651916cd43dd"));
}

#[rstest]
#[case::another_host("https://evil.com/api/v1/users/u1")]
#[case::another_tenant("https://other.us.qlikcloud.com/api/v1/users/u1")]
#[case::without_tls("http://my-company.us.qlikcloud.com/api/v1/users/u1")]
#[case::login("/login?returnto=x")]
#[case::a_tenant("/api/v1/tenants/t1")]
#[tokio::test]
async fn a_foreign_redirect_ends_it(#[case] location: &str) {
    let outcome = verify(but("GET /api/v1/users/me", Say::redirect(location))).await;
    assert_eq!(outcome.failure(), (FailureCode::UnexpectedAnswer, Step::Key));
    assert_eq!(outcome.received.len(), 1);
}

#[tokio::test]
async fn redirects_without_end_are_followed_three_times() {
    let outcome = verify(|_: &str| Say::redirect("/api/v1/users/u1")).await;
    assert_eq!(outcome.failure().0, FailureCode::UnexpectedAnswer);
    assert_eq!(outcome.received.len(), 4);
}

const OK: &str = "HTTP/1.1 200 OK\r\n";
const USER: &str = r#"{"id":"u1","tenantId":"t1"}"#;

#[rstest]
#[case::no_http("SSH-2.0-x\r\n\r\n".to_owned())]
#[case::cut_off(format!("{OK}content-length: 999\r\n\r\n{USER}"))]
#[case::cut_off_without_length(format!("{OK}\r\n{}", &USER[..9]))]
#[case::compressed(format!("{OK}content-encoding: gzip\r\ncontent-length: 27\r\n\r\n{USER}"))]
#[tokio::test]
async fn an_answer_that_makes_no_sense_is_unexpected(#[case] bytes: String) {
    let say = Say::Bytes(bytes.into_bytes());
    let outcome = verify(but("GET /api/v1/users/me", say)).await;
    assert_eq!(outcome.failure(), (FailureCode::UnexpectedAnswer, Step::Key));
}

#[rstest]
#[case::no_word(Say::Close)]
#[case::too_late(Say::Hang(Vec::new()))]
#[case::half_a_head(Say::Hang(OK.as_bytes().to_vec()))]
#[case::half_a_body(Say::Hang(format!("{OK}content-length: 99\r\n\r\n{{").into_bytes()))]
#[tokio::test]
async fn no_whole_answer_is_none(#[case] say: Say) {
    let started = Instant::now();
    let outcome = verify(but("GET /api/v1/users/me", say)).await;
    assert_eq!(outcome.failure(), (FailureCode::Unreachable, Step::Address));
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[rstest]
#[case::as_long_as_allowed(10_000, None)]
#[case::longer(10_001, Some(FailureCode::UnexpectedAnswer))]
#[tokio::test]
async fn what_is_read_is_bounded(#[case] length: usize, #[case] code: Option<FailureCode>) {
    let body = format!("{USER}{}", " ".repeat(length - USER.len()));
    let chunked =
        format!("{OK}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
    let until_close = format!("{OK}\r\n{body}");
    for bytes in [chunked, until_close] {
        let outcome = verify(but("GET /api/v1/users/u1", Say::Bytes(bytes.into_bytes()))).await;
        assert_eq!(outcome.result.err().map(|failure| failure.code), code);
    }
    let outcome = verify(but("GET /api/v1/users/u1", Say::with(200, "", &body))).await;
    assert_eq!(outcome.result.err().map(|failure| failure.code), code);
}

#[tokio::test]
async fn a_refusal_whose_body_never_ends_is_a_refusal() {
    let head = "HTTP/1.1 401 X\r\ncontent-length: 99\r\n\r\n";
    let outcome = verify(but("GET /api/v1/users/me", Say::Hang(head.as_bytes().to_vec()))).await;
    assert_eq!(outcome.failure(), (FailureCode::KeyRejected, Step::Key));
}

#[tokio::test]
async fn silence_after_the_redirect_stands_at_the_key() {
    let outcome = verify(but("GET /api/v1/users/u1", Say::Hang(Vec::new()))).await;
    assert_eq!(outcome.failure(), (FailureCode::Unreachable, Step::Key));
}

#[rstest]
#[case::another_tenant(json!({"sub": "u1", "tenantId": "t2"}), FailureCode::KeyWrongTenant)]
#[case::another_user(json!({"sub": "u2", "tenantId": "t1"}), FailureCode::UnexpectedAnswer)]
#[tokio::test]
async fn an_answer_about_another_than_the_keys_is_no_success(
    #[case] claims: Value,
    #[case] code: FailureCode,
) {
    let outcome = verify_with(&key_with(&claims), good).await;
    assert_eq!(outcome.failure(), (code, Step::User));
}

#[tokio::test]
async fn a_refused_key_is_told_why_where_it_says_so_itself() {
    let refused = || but("GET /api/v1/users/me", Say::with(401, "", ""));
    let expired = key_with(&json!({"exp": now().as_millis() / 1000 - 1}));
    assert_eq!(verify_with(&expired, refused()).await.failure().0, FailureCode::KeyExpired);
    let alive = key_with(&json!({"exp": now().as_millis() / 1000 + 1}));
    assert_eq!(verify_with(&alive, refused()).await.failure().0, FailureCode::KeyRejected);
    let whole = key();
    let cut_off = ApiKey::parse(&whole.expose()[..whole.expose().len() - 5]).unwrap();
    assert_eq!(verify_with(&cut_off, refused()).await.failure().0, FailureCode::KeyMalformed);
}

#[tokio::test]
async fn a_key_goes_to_no_host_that_cannot_prove_its_name() {
    let stub = Stub::start(good).await;
    let elsewhere = "my-company.eu.qlikcloud.com";
    let outcome = verify_at(&stub, stub.settings.clone(), elsewhere, &key()).await;
    assert_eq!(outcome.failure(), (FailureCode::Unreachable, Step::Address));
    assert!(outcome.received.is_empty());

    let other = Stub::start(good).await;
    let settings = QlikSettings { ca_pem: other.settings.ca_pem, ..stub.settings.clone() };
    let outcome = verify_at(&stub, settings, HOST, &key()).await;
    assert_eq!(outcome.failure(), (FailureCode::Unreachable, Step::Address));
    assert!(outcome.received.is_empty());
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let stub = Stub::start(good).await;
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = QlikSettings { connect_to: Some(free.to_string()), ..stub.settings.clone() };
    let outcome = verify_at(&stub, settings, HOST, &key()).await;
    assert_eq!(outcome.failure(), (FailureCode::Unreachable, Step::Address));
}

#[rstest]
#[case::deleted(204, Ok(Deleted::Now))]
#[case::gone_already(404, Ok(Deleted::NotThere))]
#[case::not_allowed(403, Err(FailureCode::Forbidden))]
#[case::refused(401, Err(FailureCode::KeyRejected))]
#[case::an_outage(500, Err(FailureCode::QlikUnavailable))]
#[case::elsewhere(302, Err(FailureCode::UnexpectedAnswer))]
#[tokio::test]
async fn a_key_can_be_deleted_at_qlik(
    #[case] status: u16,
    #[case] expected: Result<Deleted, FailureCode>,
) {
    let say = Say::with(status, "location: https://evil.com/\r\n", "");
    let stub = Stub::start(but("DELETE /api/v1/api-keys/k1", say)).await;
    let qlik = Qlik::new(stub.settings.clone()).unwrap();
    let address = qlik.address(HOST, "").unwrap();
    let outcome = qlik.delete_key(&address, &key(), "k1").await;
    assert_eq!(outcome.map_err(|failure| failure.code), expected);
    assert_eq!(stub.received().len(), 1);
    assert!(qlik.delete_key(&address, &key(), "../users/u1").await.is_err());
    assert_eq!(stub.received().len(), 1);
}
