use super::*;

/// What must never be called, in every form in which it can be written.
const REFUSED: &[&str] = &[
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "0x0",
    "%31%32%37.0.0.1",
    "１２７.0.0.1",
    "127。0。0。1",
    "10.0.0.1",
    "0xa000001",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "0xa9fea9fe",
    "2852039166",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "3232235521",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "4294967295",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::8.8.8.8]",
    "[::ffff:127.0.0.1]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:10.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::8.8.8.8]",
    "[100::1]",
    "[2001::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:2::1]",
    "[2001:10::1]",
    "[2001:20::1]",
    "[2001:1ff::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[2002:c0a8:1::1]",
    "[2002:a9fe:a9fe::1]",
    "[2606:4700::5efe:10.0.0.1]",
    "[2606:4700::200:5efe:127.0.0.1]",
    "[3fff:fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "localhost",
    "LOCALHOST.",
    "hub.localhost",
    "printer.local",
    "metadata.google.internal",
    "router.home.arpa.",
];

const ALLOWED: &[&str] = &[
    "example.com",
    "example.com.",
    "hooks.example.com:8443",
    "notlocalhost",
    "8.8.8.8",
    "134744072",
    "1.1.1.1",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "[2606:4700:4700::1111]",
    "[2001:4860:4860::8888]",
    "[2001:200::1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::8.8.8.8]",
    "[2002:808:808::1]",
    "[2606:4700::5efe:8.8.8.8]",
];

#[test]
fn no_form_of_a_private_own_or_reserved_address_is_taken() {
    for host in REFUSED {
        let text = format!("https://{host}/hook");
        let parsed = parse_url(&text, false);
        assert!(
            matches!(parsed, Err(UrlError::Address | UrlError::Malformed)),
            "{text} became {parsed:?}"
        );
    }
}

#[test]
fn public_addresses_and_names_are_taken() {
    for host in ALLOWED {
        let text = format!("https://{host}/hook");
        assert!(parse_url(&text, false).is_ok(), "{text}: {:?}", parse_url(&text, false));
    }
}

#[test]
fn allowing_private_addresses_allows_http_but_not_to_many_or_nobody() {
    for fine in
        ["http://127.0.0.1:9/x", "http://localhost/", "https://10.0.0.1/", "http://[fd00::1]/"]
    {
        assert!(parse_url(fine, true).is_ok(), "{fine}");
    }
    for bad in ["http://0.0.0.0/", "https://[::]/", "http://224.0.0.1/", "http://255.255.255.255/"]
    {
        assert_eq!(parse_url(bad, true), Err(UrlError::Address), "{bad}");
    }
}

#[test]
fn a_url_says_no_more_than_where_to_send() {
    let cases = [
        ("", UrlError::Malformed),
        ("example.com/hook", UrlError::Malformed),
        ("https://", UrlError::Malformed),
        ("http://example.com/", UrlError::NotHttps),
        ("ftp://example.com/", UrlError::NotHttps),
        ("file:///etc/passwd", UrlError::NotHttps),
        ("javascript:alert(1)", UrlError::NotHttps),
        ("https://jane@example.com/", UrlError::UserInfo),
        ("https://jane:pw@example.com/", UrlError::UserInfo),
        ("https://@example.com/", UrlError::UserInfo),
        ("https:\\\\@example.com/", UrlError::UserInfo),
        ("https://example.com/#here", UrlError::Fragment),
        ("https://example.com/#", UrlError::Fragment),
    ];
    for (text, error) in cases {
        assert_eq!(parse_url(text, false), Err(error), "{text}");
    }
    let long = format!("https://example.com/{}", "x".repeat(LONGEST_URL));
    assert_eq!(parse_url(&long, false), Err(UrlError::TooLong));
    assert!(parse_url("https://example.com/a@b?c=@", false).is_ok());
}
