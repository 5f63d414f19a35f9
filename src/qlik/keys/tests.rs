use std::time::Duration;

use serde_json::json;

use super::*;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn the_next_page_is_of_the_same_list_at_the_same_place() {
    let first = url("https://my-company.us.qlikcloud.com/api/v1/api-keys");
    let good = "https://my-company.us.qlikcloud.com/api/v1/api-keys?page=x";
    assert_eq!(next_page(&first, &first, good).unwrap(), url(good));
    assert_eq!(next_page(&first, &first, "/api/v1/api-keys?page=x").unwrap(), url(good));
    for elsewhere in [
        "https://evil.example.com/api/v1/api-keys?page=x",
        "http://my-company.us.qlikcloud.com/api/v1/api-keys?page=x",
        "https://my-company.us.qlikcloud.com:8443/api/v1/api-keys",
        "https://jane@my-company.us.qlikcloud.com/api/v1/api-keys?page=x",
        "https://my-company.us.qlikcloud.com/api/v1/users?page=x",
        "https://my-company.us.qlikcloud.com/api/v1/api-keys",
        "//[",
    ] {
        assert!(next_page(&first, &first, elsewhere).is_err(), "{elsewhere}");
    }
}

#[test]
fn only_the_users_own_keys_are_listed_and_damage_is_passed_over() {
    let body = json!({ "data": [
        { "id": "a", "sub": "jane", "description": "mine", "status": "active" },
        { "id": "b", "sub": "john", "description": "another's" },
        { "id": "c/../d", "sub": "jane" },
        { "sub": "jane" },
        7,
        { "id": "e", "sub": "jane", "status": "expired", "description": 7 },
    ] });
    let keys = keys_of(body.as_object().unwrap(), "jane");
    let key = |id: &str, description: &str, active| ListedKey {
        id: id.to_owned(),
        description: description.to_owned(),
        active,
    };
    assert_eq!(keys, [key("a", "mine", true), key("e", "", false)]);
}

#[test]
fn durations_are_read_as_qlik_writes_them() {
    assert_eq!(parse_duration("PT24H"), Some(Duration::from_hours(24)));
    assert_eq!(parse_duration("P365D"), Some(Duration::from_hours(24 * 365)));
    assert_eq!(parse_duration("P1Y"), None);
    assert_eq!(parse_duration("a day"), None);
}

#[test]
fn what_was_made_without_a_usable_key_is_a_problem_and_a_page_is_none() {
    let reply = |body: &str| Reply::of(201, body);
    let no_key = made(reply(r#"{"id":"a"}"#)).unwrap_err();
    assert!(matches!(no_key, NoSuccessor::Unusable(_)));
    let page = made(reply("<html>")).unwrap_err();
    assert!(matches!(page, NoSuccessor::Later(_)));
    assert!(!no_key.none_was_made() && !page.none_was_made(), "nobody knows");
    assert!(NoSuccessor::from(Failure::new(FailureCode::RateLimited)).none_was_made());
    assert!(!NoSuccessor::from(Failure::new(FailureCode::QlikUnavailable)).none_was_made());
}
