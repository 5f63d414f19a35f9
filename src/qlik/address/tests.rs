use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn commercial() -> Vec<String> {
    vec!["qlikcloud.com".to_owned()]
}

fn with_government() -> Vec<String> {
    vec!["qlikcloud.com".to_owned(), "qlikcloudgov.com".to_owned()]
}

fn parse(tenant_name: &str, region: &str) -> Result<String, FailureCode> {
    TenantAddress::parse(tenant_name, region, &commercial())
        .map(|address| address.host())
        .map_err(|failure| failure.code)
}

#[rstest]
#[case::as_shown_in_the_address_bar("my-company", "us")]
#[case::any_case_and_blanks_around("  My-Company\n", " US ")]
#[case::a_pasted_address("https://my-company.us.qlikcloud.com/hub?x=1#y", "")]
#[case::a_pasted_address_and_its_region("https://my-company.us.qlikcloud.com/hub", "Us")]
#[case::without_scheme("my-company.us.qlikcloud.com/hub", "")]
#[case::without_path("MY-COMPANY.US.QLIKCLOUD.COM", "us")]
#[case::an_old_link("http://my-company.us.qlikcloud.com", "")]
#[case::a_query_at_once("https://my-company.us.qlikcloud.com?to=https://evil.com", "")]
#[case::another_address_in_the_path("my-company.us.qlikcloud.com/x?to=https://evil.com", "")]
fn what_people_type_gives_their_host(#[case] tenant_name: &str, #[case] region: &str) {
    assert_eq!(parse(tenant_name, region), Ok("my-company.us.qlikcloud.com".to_owned()));
}

#[rstest]
#[case::empty("")]
#[case::blanks(" \t ")]
#[case::another_domain("evil.com")]
#[case::another_domain_by_fragment("evil.com#.us.qlikcloud.com")]
#[case::another_domain_by_path("evil.com/my-company.us.qlikcloud.com")]
#[case::another_domain_by_suffix("my-company.us.qlikcloud.com.evil.com")]
#[case::another_domain_by_prefix("my-company.us.evilqlikcloud.com")]
#[case::a_domain_that_is_not_configured("my-company.us.qlikcloudgov.com")]
#[case::a_user_name("evil.com@my-company.us.qlikcloud.com")]
#[case::a_password("a:b@my-company.us.qlikcloud.com")]
#[case::a_port("https://my-company.us.qlikcloud.com:443/hub")]
#[case::an_escape("my-company%2eevil.us.qlikcloud.com")]
#[case::a_backslash("https://evil.com\\.us.qlikcloud.com")]
#[case::an_ip_address("127.0.0.1")]
#[case::an_ip_address_in_brackets("[::1]")]
#[case::another_scheme("ftp://my-company.us.qlikcloud.com")]
#[case::more_labels("a.my-company.us.qlikcloud.com")]
#[case::no_labels("qlikcloud.com")]
#[case::a_region_only("us.qlikcloud.com")]
#[case::an_empty_label(".us.qlikcloud.com")]
#[case::a_line_break_within("my-\ncompany")]
#[case::a_blank_within("my company")]
#[case::another_script("му-company")]
#[case::another_script_in_ascii("xn--80ak6aa92e")]
#[case::another_script_pasted("https://xn--80ak6aa92e.us.qlikcloud.com")]
#[case::a_full_width_dot("my-company。us。qlikcloud。com")]
#[case::an_underscore("my_company")]
#[case::a_hyphen_first("-my-company")]
#[case::a_hyphen_last("my-company-")]
#[case::null("my-company\0")]
fn what_is_no_tenant_name_is_refused(#[case] tenant_name: &str) {
    assert_eq!(parse(tenant_name, "us"), Err(FailureCode::TenantMalformed));
}

#[rstest]
#[case::empty("my-company", "")]
#[case::another_host("my-company", "us.evil.com")]
#[case::a_fragment("my-company", "us#")]
#[case::a_place("my-company", "N. Virginia")]
#[case::a_pasted_address_elsewhere("https://my-company.us.qlikcloud.com", "eu")]
fn what_is_no_region_is_refused(#[case] tenant_name: &str, #[case] region: &str) {
    assert_eq!(parse(tenant_name, region), Err(FailureCode::RegionMalformed));
}

#[rstest]
#[case::register("register", "eu")]
#[case::register_pasted("https://register.us.qlikcloud.com/", "")]
#[case::console("https://console.qlikcloud.com/", "")]
#[case::status("status.qlikcloud.com", "us")]
#[case::cdn("CDN", "us")]
#[case::login("login", "us")]
fn qliks_own_hosts_are_no_tenants(#[case] tenant_name: &str, #[case] region: &str) {
    assert_eq!(parse(tenant_name, region), Err(FailureCode::NotATenant));
}

#[test]
fn a_label_has_at_most_63_characters() {
    assert!(parse(&"a".repeat(63), "us").is_ok());
    assert_eq!(parse(&"a".repeat(64), "us"), Err(FailureCode::TenantMalformed));
    let long = format!("https://my-company.us.qlikcloud.com/{}", "a".repeat(LONGEST_ADDRESS));
    assert_eq!(parse(&long, ""), Err(FailureCode::TenantMalformed));
}

#[test]
fn a_government_tenant_is_found_by_its_whole_address_once_configured() {
    let pasted = "https://my-company.us.qlikcloudgov.com/hub";
    let address = TenantAddress::parse(pasted, "", &with_government()).unwrap();
    assert_eq!(address.host(), "my-company.us.qlikcloudgov.com");
    let address = TenantAddress::parse("my-company", "us", &with_government()).unwrap();
    assert_eq!(address.host(), "my-company.us.qlikcloud.com");
}

#[test]
fn a_bare_name_is_no_pasted_address() {
    assert!(pasted("my-company", &commercial()).is_none());
    let address = pasted(" https://my-company.eu.qlikcloud.com/hub ", &commercial());
    assert_eq!(address.unwrap().unwrap().region(), "eu");
    assert!(pasted("https://example.com", &commercial()).unwrap().is_err());
}

#[test]
fn a_stored_host_name_passes_the_same_checks() {
    let of = |hostname| TenantAddress::of_hostname(hostname, &commercial());
    assert_eq!(of("XZOAU8XI93GYFO0.us.qlikcloud.com").unwrap().tenant(), "xzoau8xi93gyfo0");
    for wrong in ["", "evil.com", "a.b.c.qlikcloud.com", "https://a.us.qlikcloud.com", "a.us."] {
        assert!(of(wrong).is_err(), "{wrong}");
    }
}

#[rstest]
#[case::as_documented("QlikCloud.com ", Some("qlikcloud.com"))]
#[case::one_label("com", None)]
#[case::a_port("qlikcloud.com:443", None)]
#[case::an_address("https://qlikcloud.com", None)]
#[case::numbers("127.0.0.1", None)]
fn a_base_domain_is_a_domain(#[case] text: &str, #[case] domain: Option<&str>) {
    assert_eq!(base_domain(text).as_deref(), domain);
}

#[test]
fn documented_regions_are_valid_and_known() {
    for (code, place) in REGIONS {
        let address = TenantAddress::parse("my-company", code, &commercial()).unwrap();
        assert!(address.region_is_known() && !place.is_empty(), "{code}");
    }
    let address = TenantAddress::parse("my-company", "zz", &commercial()).unwrap();
    assert!(!address.region_is_known());
}

/// What the host must be, said in another way than the code does.
fn assert_host_is_a_tenants(address: &TenantAddress, base_domains: &[String]) {
    let host = address.host();
    let labels: Vec<&str> = host.split('.').collect();
    assert_eq!(labels.len(), 4, "{host}");
    assert!(base_domains.contains(&labels[2..].join(".")), "{host}");
    for label in &labels[..2] {
        assert!((1..=63).contains(&label.len()), "{host}");
        assert!(label.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{host}");
    }
    let url = url::Url::parse(&format!("https://{host}/")).unwrap();
    assert_eq!(url.host_str(), Some(host.as_str()));
    assert_eq!((url.username(), url.port()), ("", None));
}

/// Text made of what breaks URL parsers, and whole addresses with such text in them.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9.@:/\\\\#?%\\[\\] \t\r\n-]{0,12}",
        Just("qlikcloud.com".to_owned()),
        Just(".us.qlikcloud.com".to_owned()),
        Just("https://".to_owned()),
        Just("evil.com".to_owned()),
        Just("%2e".to_owned()),
        Just("xn--".to_owned()),
        Just("127.0.0.1".to_owned()),
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn no_input_leads_elsewhere(tenant_name in hostile(), region in hostile()) {
        for base_domains in [commercial(), with_government()] {
            if let Ok(address) = TenantAddress::parse(&tenant_name, &region, &base_domains) {
                assert_host_is_a_tenants(&address, &base_domains);
            }
            if let Ok(address) = TenantAddress::parse(&tenant_name, "", &base_domains) {
                assert_host_is_a_tenants(&address, &base_domains);
            }
            if let Ok(address) = TenantAddress::of_hostname(&tenant_name, &base_domains) {
                assert_host_is_a_tenants(&address, &base_domains);
            }
        }
    }

    #[test]
    fn a_valid_name_and_region_are_kept(
        tenant_name in "[a-z0-9]([a-z0-9]{0,20}[a-z0-9])?",
        region in "[a-z]{2}",
    ) {
        prop_assume!(!NOT_TENANTS.contains(&tenant_name.as_str()));
        let host = format!("{tenant_name}.{region}.qlikcloud.com");
        prop_assert_eq!(parse(&tenant_name, &region), Ok(host.clone()));
        prop_assert_eq!(parse(&format!("https://{host}/hub"), ""), Ok(host));
    }
}
