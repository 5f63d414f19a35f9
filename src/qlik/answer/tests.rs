use rstest::rstest;
use serde_json::json;

use super::*;

fn user(body: &Value) -> Result<UserAnswer, FailureCode> {
    UserAnswer::read(body.to_string().as_bytes()).map_err(|failure| failure.code)
}

fn tenant(body: &Value) -> Result<TenantAnswer, FailureCode> {
    TenantAnswer::read(body.to_string().as_bytes()).map_err(|failure| failure.code)
}

fn key(body: &Value) -> Result<Option<KeyAnswer>, FailureCode> {
    KeyAnswer::read(body.to_string().as_bytes(), "k1").map_err(|failure| failure.code)
}

#[test]
fn a_user_is_read_as_documented() {
    let body = json!({
        "id": "u1", "tenantId": "t1", "subject": "s", "name": "Jane Doe", "status": "active",
        "email": "jane@example.com", "picture": null, "assignedGroups": [],
        "assignedRoles": [{"id": "r0", "name": "Developer"}, {"id": "r1", "name": "TenantAdmin"}],
        "links": {"self": {"href": "https://my-company.us.qlikcloud.com/api/v1/users/u1"}},
    });
    let expected = UserAnswer {
        id: "u1".to_owned(),
        tenant_id: "t1".to_owned(),
        name: "Jane Doe".to_owned(),
        email: Some("jane@example.com".to_owned()),
        tenant_admin: true,
    };
    assert_eq!(user(&body), Ok(expected));
}

#[test]
fn what_is_not_needed_may_be_missing_or_odd() {
    let plain = user(&json!({"id": "u1", "tenantId": "t1"})).unwrap();
    assert_eq!((plain.name.as_str(), plain.email, plain.tenant_admin), ("u1", None, false));
    let odd = json!({"id": "u1", "tenantId": "t1", "name": 7, "email": "a@example.com",
        "status": null, "assignedRoles": {"name": "TenantAdmin"}});
    let odd = user(&odd).unwrap();
    assert_eq!((odd.name.as_str(), odd.tenant_admin), ("a@example.com", false));
    let odd = json!({"id": "u1", "tenantId": "t1", "assignedRoles": ["TenantAdmin", {"name": 1}]});
    assert!(!user(&odd).unwrap().tenant_admin);
}

#[rstest]
#[case::no_id(json!({"tenantId": "t1"}))]
#[case::no_tenant(json!({"id": "u1"}))]
#[case::a_number_as_id(json!({"id": 1, "tenantId": "t1"}))]
#[case::an_empty_id(json!({"id": "", "tenantId": "t1"}))]
#[case::a_long_id(json!({"id": "u".repeat(257), "tenantId": "t1"}))]
#[case::a_control_character_in_an_id(json!({"id": "u\u{0}1", "tenantId": "t1"}))]
#[case::an_unknown_status(json!({"id": "u1", "tenantId": "t1", "status": "asleep"}))]
#[case::a_status_of_another_type(json!({"id": "u1", "tenantId": "t1", "status": true}))]
#[case::a_list(json!([{"id": "u1", "tenantId": "t1"}]))]
#[case::an_error(json!({"errors": [{"code": "LOGIN-2"}]}))]
fn an_answer_without_what_is_needed_is_unexpected(#[case] body: Value) {
    assert_eq!(user(&body), Err(FailureCode::UnexpectedAnswer));
}

#[rstest]
#[case::html("<html><title>Log in</title></html>".as_bytes())]
#[case::empty(b"")]
#[case::cut_off(br#"{"id":"u1","tenantId":"t1""#)]
#[case::no_text(b"{\"id\":\"\xff\"}")]
fn what_is_no_json_is_unexpected(#[case] body: &[u8]) {
    assert_eq!(UserAnswer::read(body).unwrap_err().code, FailureCode::UnexpectedAnswer);
    assert_eq!(TenantAnswer::read(body).unwrap_err().code, FailureCode::UnexpectedAnswer);
    assert_eq!(KeyAnswer::read(body, "k1"), Ok(None));
}

#[test]
fn nesting_without_end_is_unexpected() {
    let body = format!("{{\"id\":{}", "[".repeat(100_000));
    let failure = UserAnswer::read(body.as_bytes()).unwrap_err();
    assert_eq!(failure.code, FailureCode::UnexpectedAnswer);
}

#[rstest]
#[case("active", None)]
#[case("Active", None)]
#[case("disabled", Some(FailureCode::UserInactive))]
#[case("deleted", Some(FailureCode::UserInactive))]
#[case("invited", Some(FailureCode::UserInactive))]
#[case("provisioned", Some(FailureCode::UserInactive))]
fn only_an_active_user_may_link(#[case] status: &str, #[case] expected: Option<FailureCode>) {
    let body = json!({"id": "u1", "tenantId": "t1", "status": status});
    assert_eq!(user(&body).err(), expected);
}

#[test]
fn text_for_people_is_bounded_and_has_no_control_characters() {
    let body = json!({"id": "u1", "tenantId": "t1", "email": "\u{0}\n ",
        "name": format!(" \u{1b}[31m<script>é\r\n{}", "x".repeat(2 * LONGEST_TEXT))});
    let user = user(&body).unwrap();
    assert!(user.name.starts_with("[31m<script>éx"), "{}", user.name);
    assert!(user.name.chars().count() <= LONGEST_TEXT);
    assert_eq!(user.email, None);
}

#[test]
fn a_tenant_is_read_as_documented() {
    let body = json!({"id": "t1", "name": "My Company", "status": "active", "region": "us",
        "hostnames": ["xzoau8xi93gyfo0.us.qlikcloud.com", "my-company.us.qlikcloud.com"]});
    let expected = TenantAnswer {
        id: "t1".to_owned(),
        name: Some("My Company".to_owned()),
        hostname: Some("xzoau8xi93gyfo0.us.qlikcloud.com".to_owned()),
    };
    assert_eq!(tenant(&body), Ok(expected));
    let plain = tenant(&json!({"id": "t1", "hostnames": [null]})).unwrap();
    assert_eq!((plain.name, plain.hostname), (None, None));
    assert_eq!(tenant(&json!({"name": "x"})), Err(FailureCode::UnexpectedAnswer));
}

#[rstest]
#[case("disabled", FailureCode::TenantDisabled)]
#[case("deleted", FailureCode::TenantDisabled)]
#[case("user-access-disabled", FailureCode::TenantDisabled)]
#[case("asleep", FailureCode::UnexpectedAnswer)]
fn a_tenant_that_is_closed_is_no_success(#[case] status: &str, #[case] expected: FailureCode) {
    assert_eq!(tenant(&json!({"id": "t1", "status": status})), Err(expected));
}

#[test]
fn a_keys_record_tells_its_life() {
    let body = json!({"id": "k1", "status": "active", "created": "2026-11-23T10:00:00Z",
        "expiry": "2026-11-24T10:00:00.000Z"});
    let expected = KeyAnswer {
        created_at: Timestamp::parse("2026-11-23T10:00:00Z"),
        expires_at: Timestamp::parse("2026-11-24T10:00:00Z"),
    };
    assert_eq!(key(&body), Ok(Some(expected)));
    let never = KeyAnswer { created_at: None, expires_at: None };
    assert_eq!(key(&json!({"id": "k1", "expiry": 7})), Ok(Some(never)));
    assert_eq!(key(&json!({"id": "another", "status": "revoked"})), Ok(None));
    assert_eq!(key(&json!({"id": "k1", "status": "expired"})), Err(FailureCode::KeyExpired));
    assert_eq!(key(&json!({"id": "k1", "status": "revoked"})), Err(FailureCode::KeyRevoked));
}
