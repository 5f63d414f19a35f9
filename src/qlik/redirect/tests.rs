use rstest::rstest;

use super::*;

fn users(location: &str) -> Result<String, &'static str> {
    let from = Url::parse("https://my-company.us.qlikcloud.com/api/v1/users/me").unwrap();
    next(&from, location, Resource::Users).map(|url| url.to_string())
}

#[rstest]
#[case::relative("/api/v1/users/64f0-A_b")]
#[case::beside("64f0-A_b")]
#[case::absolute("https://my-company.us.qlikcloud.com/api/v1/users/64f0-A_b")]
#[case::with_the_usual_port("https://My-Company.us.qlikcloud.com:443/api/v1/users/64f0-A_b")]
#[case::by_a_detour("/api/v1/spaces/../users/64f0-A_b")]
fn qliks_own_redirect_is_followed(#[case] location: &str) {
    let to = "https://my-company.us.qlikcloud.com/api/v1/users/64f0-A_b";
    assert_eq!(users(location), Ok(to.to_owned()));
}

#[rstest]
#[case::nowhere("")]
#[case::another_host("https://evil.com/api/v1/users/1")]
#[case::another_host_without_scheme("//evil.com/api/v1/users/1")]
#[case::another_host_by_backslash("\\\\evil.com/api/v1/users/1")]
#[case::another_tenant("https://other.us.qlikcloud.com/api/v1/users/1")]
#[case::another_port("https://my-company.us.qlikcloud.com:8443/api/v1/users/1")]
#[case::without_tls("http://my-company.us.qlikcloud.com/api/v1/users/1")]
#[case::a_user_name("https://a@my-company.us.qlikcloud.com/api/v1/users/1")]
#[case::login("/login?returnto=x")]
#[case::another_resource("/api/v1/tenants/1")]
#[case::further_down("/api/v1/users/1/2")]
#[case::the_collection("/api/v1/users/")]
#[case::up_by_escape("/api/v1/users/%2e%2e")]
#[case::a_query("/api/v1/users/1?x=1")]
#[case::a_fragment("/api/v1/users/1#x")]
#[case::another_scheme("javascript:alert(1)")]
fn no_other_redirect_is_followed(#[case] location: &str) {
    assert!(users(location).is_err(), "{:?}", users(location));
}
