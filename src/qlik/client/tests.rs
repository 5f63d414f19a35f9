use rstest::rstest;

use super::*;

fn settings() -> QlikSettings {
    QlikSettings::default()
}

#[test]
fn the_defaults_work_and_base_domains_are_written_in_lower_case() {
    let domains = vec!["QlikCloud.com".to_owned(), " qlikcloudgov.com".to_owned()];
    let qlik = Qlik::new(QlikSettings { base_domains: domains, ..settings() }).unwrap();
    assert_eq!(qlik.settings().base_domains, ["qlikcloud.com", "qlikcloudgov.com"]);
    assert_eq!(qlik.address("my-company", "us").unwrap().host(), "my-company.us.qlikcloud.com");
}

#[rstest]
#[case::no_domain(QlikSettings { base_domains: vec![], ..settings() }, "no base domain")]
#[case::a_url(
    QlikSettings { base_domains: vec!["https://qlikcloud.com".to_owned()], ..settings() },
    "`https://qlikcloud.com` is no domain"
)]
#[case::nowhere_to_dial(
    QlikSettings { connect_to: Some("localhost".to_owned()), ..settings() },
    "`localhost` is no place to dial"
)]
#[case::no_certificate(
    QlikSettings { ca_pem: Some(b"not PEM".to_vec()), ..settings() },
    "holds no certificate"
)]
#[case::a_broken_certificate(
    QlikSettings {
        ca_pem: Some(b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec()),
        ..settings()
    },
    "holds no certificate"
)]
fn settings_that_cannot_work_are_refused_with_their_value(
    #[case] settings: QlikSettings,
    #[case] says: &str,
) {
    let error = Qlik::new(settings).unwrap_err().to_string();
    assert!(error.contains(says), "{error}");
}

#[test]
fn a_stored_key_with_a_line_break_becomes_no_header() {
    let failure = bearer(&ApiKey::from_stored("a\r\nhost: evil.com".to_owned())).unwrap_err();
    assert_eq!(failure.code, FailureCode::KeyMalformed);
    assert!(bearer(&ApiKey::from_stored("a".to_owned())).unwrap().is_sensitive());
}
