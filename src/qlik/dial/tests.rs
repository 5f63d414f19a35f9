use std::str::FromStr as _;

use rstest::rstest;

use super::*;

#[rstest]
#[case::address("127.0.0.1:8443", Some(("127.0.0.1", 8443)))]
#[case::name(" localhost:443 ", Some(("localhost", 443)))]
#[case::ipv6("[::1]:8443", Some(("::1", 8443)))]
#[case::no_port("localhost", None)]
#[case::no_host(":443", None)]
#[case::port_0("localhost:0", None)]
#[case::a_url("https://localhost:443", None)]
#[case::too_large_a_port("localhost:65536", None)]
fn a_place_to_dial_is_host_and_port(#[case] text: &str, #[case] expected: Option<(&str, u16)>) {
    let found = match Dialer::instead(text) {
        Some(Dialer::Instead { host, port }) => Some((host, port)),
        _ => None,
    };
    assert_eq!(found, expected.map(|(host, port)| (host.to_owned(), port)));
}

#[tokio::test]
async fn every_name_leads_to_the_place_to_dial() {
    let dialer = Dialer::instead("127.0.0.1:8443").unwrap();
    let name = Name::from_str("my-company.us.qlikcloud.com").unwrap();
    let found: Vec<SocketAddr> = dialer.resolve(name).await.unwrap().collect();
    assert_eq!(found, vec![SocketAddr::from(([127, 0, 0, 1], 8443))]);
}

#[rstest]
#[case::glibc("failed to lookup address information: Name or service not known", true)]
#[case::musl("failed to lookup address information: Name does not resolve", true)]
#[case::no_name_server(
    "failed to lookup address information: Temporary failure in name resolution",
    false
)]
#[case::musl_again("failed to lookup address information: Try again", false)]
#[case::anything("Too many open files", false)]
fn only_a_definite_answer_says_that_a_name_is_unknown(#[case] text: &str, #[case] unknown: bool) {
    assert_eq!(says_unknown(&io::Error::other(text)), unknown);
}
