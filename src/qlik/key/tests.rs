use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

use super::*;

fn encoded(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn token_with(payload: &Value) -> String {
    let header = json!({"alg": "ES384", "kid": "7d3b…", "typ": "JWT"});
    format!("{}.{}.{}", encoded(&header), encoded(payload), "s".repeat(ES384_SIGNATURE))
}

fn payload() -> Value {
    json!({
        "subType": "user", "tenantId": "tenant-1", "jti": "0c1a6f0e-1111-4c1d-9e2e-0123456789ab",
        "aud": "qlik.api", "iss": "qlik.api/api-keys", "sub": "user-1",
    })
}

fn token() -> String {
    token_with(&payload())
}

fn refused(pasted: &str) -> FailureCode {
    ApiKey::parse(pasted).map(|_| ()).unwrap_err().code
}

#[test]
fn a_key_hints_at_its_tenant_and_user() {
    let key = ApiKey::parse(&token()).unwrap();
    assert_eq!(key.expose(), token());
    let claims = key.claims().unwrap();
    assert_eq!(claims.key_id.as_deref(), Some("0c1a6f0e-1111-4c1d-9e2e-0123456789ab"));
    assert_eq!(claims.tenant_id.as_deref(), Some("tenant-1"));
    assert_eq!(claims.user_id.as_deref(), Some("user-1"));
    assert_eq!(claims.expires_at, None);
    assert!(!key.looks_cut_off());
}

#[rstest]
#[case::blanks("  {}\r\n")]
#[case::quotes("\"{}\"")]
#[case::single_quotes("'{}' ")]
#[case::curly_quotes("\u{201c}{}\u{201d}")]
#[case::backticks("```\n{}\n```")]
#[case::scheme("Bearer {}")]
#[case::scheme_in_lower_case("bearer   {}")]
#[case::header("Authorization: Bearer {}")]
#[case::quoted_header("\"authorization:Bearer '{}'\"")]
#[case::invisible("\u{feff}\u{200b}{}\u{a0}")]
fn pasting_leaves_no_trace(#[case] around: &str) {
    let key = ApiKey::parse(&around.replace("{}", &token())).unwrap();
    assert_eq!(key.expose(), token());
}

#[test]
fn a_key_wrapped_over_lines_is_joined() {
    let mut wrapped = String::new();
    for line in token().as_bytes().chunks(76) {
        wrapped.push_str(std::str::from_utf8(line).unwrap());
        wrapped.push_str("\r\n  ");
    }
    assert_eq!(ApiKey::parse(&wrapped).unwrap().expose(), token());
}

#[rstest]
#[case::nothing("")]
#[case::blanks(" \n\t")]
#[case::quotes("\"\"")]
#[case::the_scheme_alone("Authorization: Bearer ")]
fn nothing_is_a_missing_key(#[case] pasted: &str) {
    assert_eq!(refused(pasted), FailureCode::KeyMissing);
}

#[rstest]
#[case::an_opaque_access_token("8d1f0b3a5c7e9f2a4b6d8e0f1a3c5e7f")]
#[case::words("my key")]
#[case::an_address("https://my-company.us.qlikcloud.com")]
#[case::three_words("a.b.c")]
#[case::no_header("e30x.e30.c2ln")]
#[case::a_number_as_header("MTI.e30.c2ln")]
#[case::four_parts("e30.e30.c2ln.c2ln")]
#[case::an_empty_signature("e30.e30.")]
#[case::a_control_character_within("e30.e30.c2\u{1}ln")]
#[case::another_alphabet("e30.e30.c2+n")]
fn what_is_no_key_is_malformed(#[case] pasted: &str) {
    assert_eq!(refused(pasted), FailureCode::KeyMalformed);
}

#[test]
fn a_key_cut_off_before_its_signature_is_malformed() {
    let token = token();
    let signature = token.rfind('.').unwrap() + 1;
    for length in 1..=signature {
        assert_eq!(refused(&token[..length]), FailureCode::KeyMalformed, "{length}");
    }
}

#[test]
fn a_key_cut_off_within_its_signature_is_for_qlik_to_refuse() {
    let token = token();
    assert!(ApiKey::parse(&token[..token.len() - 1]).unwrap().looks_cut_off());
}

#[test]
fn too_much_for_a_key_is_malformed() {
    assert_eq!(refused(&"a".repeat(LONGEST_KEY + 1)), FailureCode::KeyMalformed);
}

#[rstest]
#[case::scim(json!({"subType": "externalClient", "iss": "qlik.api/api-keys"}))]
#[case::another_issuer(json!({"iss": "https://example.com"}))]
#[case::a_signed_in_session(json!({"iss": "qlik.api/jwt", "subType": "user"}))]
fn another_kind_of_token_is_named_as_such(#[case] payload: Value) {
    assert_eq!(refused(&token_with(&payload)), FailureCode::KeyWrongKind);
}

#[test]
fn claims_of_other_types_are_no_claims() {
    let odd = json!({
        "tenantId": 7, "jti": "../users/x", "sub": "a".repeat(LONGEST_CLAIM + 1), "exp": 1_800_000_000,
    });
    let key = ApiKey::parse(&token_with(&odd)).unwrap();
    let expected =
        KeyClaims { expires_at: Timestamp::parse("2027-01-15T08:00:00Z"), ..KeyClaims::default() };
    assert_eq!(key.claims(), Some(&expected));
}

#[test]
fn a_stored_key_is_taken_as_it_is() {
    assert_eq!(ApiKey::from_stored(token()).claims(), ApiKey::parse(&token()).unwrap().claims());
    let other = ApiKey::from_stored("of a form to come".to_owned());
    assert_eq!(other.expose(), "of a form to come");
    assert!(other.claims().is_none() && !other.looks_cut_off());
}

#[test]
fn a_key_prints_nothing_of_itself() {
    let key = ApiKey::parse(&token()).unwrap();
    assert_eq!(format!("{key:?}"), "ApiKey(…)");
    let failure = ApiKey::parse(&token()[..200]).unwrap_err();
    assert!(!format!("{failure:?} {failure}").contains(&token()[..8]));
}

proptest! {
    #[test]
    fn whatever_is_pasted_is_refused_or_fits_in_a_header(pasted in "\\PC{0,40}") {
        for pasted in [pasted.clone(), format!("{}{pasted}", token()), format!("{pasted}{}", token())] {
            if let Ok(key) = ApiKey::parse(&pasted) {
                let key = key.expose();
                let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
                prop_assert!(key.bytes().all(fits), "{}", key);
            }
        }
    }
}
