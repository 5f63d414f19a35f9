use rstest::rstest;
use serde_json::json;

use super::*;

const NGINX: &str = "<html><head><title>401 Authorization Required</title></head></html>";

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T10:00:00Z").unwrap()
}

fn answer(status: u16, body: &str) -> Answer<'_> {
    Answer { status, retry_after: None, trace_id: None, body: body.as_bytes() }
}

fn code(status: u16, body: &str, refused: Refused) -> FailureCode {
    failure(answer(status, body), refused, Some(now())).code
}

#[rstest]
#[case::no_such_host(401, r#"{"errors":[{"title":"No authentication configured for this hostname","code":"LOGIN-2","status":"401"}]}"#, FailureCode::TenantNotFound)]
#[case::deactivated(
    401,
    r#"{"errors":[{"code":"TENANT_DISABLED","status":401}]}"#,
    FailureCode::TenantDisabled
)]
#[case::expired_or_revoked(
    401,
    r#"{"errors":[{"code":"APIKEYS-18","title":"either expired or revoked"}]}"#,
    FailureCode::KeyRejected
)]
#[case::a_proxys_page(401, NGINX, FailureCode::KeyRejected)]
#[case::empty(401, "", FailureCode::KeyRejected)]
#[case::no_list(401, r#"{"errors":"no"}"#, FailureCode::KeyRejected)]
#[case::one_error_without_a_list(
    401,
    r#"{"errors":{"code":"LOGIN-2"}}"#,
    FailureCode::TenantNotFound
)]
#[case::the_second_error(401, r#"{"errors":[7,{"code":"login-2"}]}"#, FailureCode::TenantNotFound)]
#[case::a_number_as_code(401, r#"{"errors":[{"code":2}]}"#, FailureCode::KeyRejected)]
#[case::no_member(
    403,
    r#"{"errors":[{"code":"AUTH-5","title":"User is not a member of tenant"}]}"#,
    FailureCode::UserInactive
)]
#[case::a_service_of_its_own(403, r#"{"errors":[{"code":"RELOADS-003"}]}"#, FailureCode::Forbidden)]
#[case::forbidden_by_a_proxy(403, "<html>", FailureCode::Forbidden)]
#[case::not_found(404, r#"{"errors":[{"code":"USERS-7"}]}"#, FailureCode::UnexpectedAnswer)]
#[case::too_many(429, r#"{"errors":[{"code":"HTTP-429"}]}"#, FailureCode::RateLimited)]
#[case::fault(500, r#"{"errors":[{"code":"LOGIN-2"}]}"#, FailureCode::QlikUnavailable)]
#[case::maintenance(503, "<html>", FailureCode::QlikUnavailable)]
#[case::gateway(504, "", FailureCode::QlikUnavailable)]
#[case::no_content(204, "", FailureCode::UnexpectedAnswer)]
#[case::teapot(418, "", FailureCode::UnexpectedAnswer)]
#[case::a_redirect_left_over(304, "", FailureCode::UnexpectedAnswer)]
fn status_first_then_body(#[case] status: u16, #[case] body: &str, #[case] expected: FailureCode) {
    assert_eq!(code(status, body, Refused::default()), expected);
}

#[test]
fn what_is_known_of_a_refused_key_is_said() {
    let expired = Refused { expired: true, cut_off: false };
    let cut_off = Refused { expired: false, cut_off: true };
    assert_eq!(code(401, NGINX, expired), FailureCode::KeyExpired);
    assert_eq!(code(401, NGINX, cut_off), FailureCode::KeyMalformed);
    for status in [403, 429, 500] {
        assert_eq!(code(status, "", expired), code(status, "", Refused::default()));
        assert_eq!(code(status, "", cut_off), code(status, "", Refused::default()));
    }
    let no_tenant = r#"{"errors":[{"code":"LOGIN-2"}]}"#;
    assert_eq!(code(401, no_tenant, cut_off), FailureCode::TenantNotFound);
}

#[test]
fn only_a_refusal_is_definite() {
    use crate::model::failure::Certainty;
    for status in (100..=599).filter(|status| !matches!(status, 401 | 403)) {
        let code = code(status, r#"{"errors":[{"code":"APIKEYS-18"}]}"#, Refused::default());
        assert_ne!(code.certainty(), Certainty::Definite, "{status}");
    }
}

#[rstest]
#[case::seconds("13", Some(13))]
#[case::zero("0", Some(0))]
#[case::a_day("86400", Some(3600))]
#[case::more_than_fits("99999999999999999999999", Some(3600))]
#[case::a_date("Mon, 23 Nov 2026 10:00:30 GMT", Some(30))]
#[case::a_date_that_has_passed("Mon, 23 Nov 2026 09:00:00 GMT", Some(0))]
#[case::a_date_far_away("Tue, 23 Nov 2027 10:00:00 GMT", Some(3600))]
#[case::negative("-1", None)]
#[case::empty(" ", None)]
#[case::words("soon", None)]
fn a_wait_is_seconds_or_a_date_and_bounded(#[case] text: &str, #[case] seconds: Option<u64>) {
    for (status, expected) in [(429, seconds), (503, seconds), (500, None), (401, None)] {
        let answer = Answer { retry_after: Some(text), ..answer(status, "") };
        let failure = failure(answer, Refused::default(), Some(now()));
        assert_eq!(failure.retry_after, expected.map(Duration::from_secs), "{status}");
    }
}

#[rstest]
#[case::header(Some("0af7651916cd43dd"), r#"{"traceId":"other"}"#, Some("0af7651916cd43dd"))]
#[case::body(None, r#"{"traceId":"0af7651916cd43dd"}"#, Some("0af7651916cd43dd"))]
#[case::neither(None, "", None)]
#[case::markup(Some("<b>"), "", None)]
#[case::empty(Some(""), "", None)]
fn qliks_trace_id_is_kept(
    #[case] header: Option<&str>,
    #[case] body: &str,
    #[case] expected: Option<&str>,
) {
    let answer = Answer { trace_id: header, ..answer(500, body) };
    assert_eq!(failure(answer, Refused::default(), None).trace_id.as_deref(), expected);
    assert_eq!(trace_id(Some(&"a".repeat(LONGEST_TRACE_ID + 1))), None);
}

#[test]
fn the_cause_repeats_no_text_of_the_answer() {
    let body = json!({"errors": [
        {"code": "eyJhbGciOiJFUzM4NCJ9.e30.c2ln", "title": "secret", "detail": "secret"},
        {"code": "APIKEYS-18\n"}, {"code": "APIKEYS-18"},
    ]})
    .to_string();
    let failure = failure(answer(401, &body), Refused::default(), None);
    assert_eq!(failure.cause.as_deref(), Some("Qlik answered 401 APIKEYS-18"));
}

#[rstest]
#[case::nothing_yet(None, Step::Address)]
#[case::the_address(Some(Step::Address), Step::Key)]
#[case::the_key(Some(Step::Key), Step::User)]
#[case::the_user(Some(Step::User), Step::Permissions)]
fn a_failure_stands_at_the_first_step_not_done(
    #[case] reached: Option<Step>,
    #[case] expected: Step,
) {
    assert_eq!(where_it_stood(unreachable("x"), reached).step, expected);
}
