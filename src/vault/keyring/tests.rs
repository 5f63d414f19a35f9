use super::*;

fn file(active: &str, keys: &[(&str, &[u8])]) -> String {
    let keys: BTreeMap<_, _> = keys.iter().map(|(id, key)| (*id, STANDARD.encode(key))).collect();
    serde_json::json!({ "active": active, "keys": keys }).to_string()
}

fn random() -> [u8; 32] {
    **Keyring::generate().active().bytes_for_test()
}

impl RingKey {
    fn bytes_for_test(&self) -> &Zeroizing<[u8; 32]> {
        &self.bytes
    }
}

#[test]
fn a_ring_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linkhub.key");
    let ring = Keyring::generate();
    ring.create(&path).unwrap();
    let read = Keyring::read(&path).unwrap().unwrap();
    assert_eq!(read.active().bytes, ring.active().bytes);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_existing_key_file_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linkhub.key");
    Keyring::generate().create(&path).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(Keyring::generate().create(&path).is_err());
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_missing_file_is_not_an_error() {
    assert!(Keyring::read(Path::new("/nonexistent/linkhub.key")).unwrap().is_none());
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("linkhub.key");
    Keyring::generate().create(&path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Keyring::read(&path), Err(KeyringError::OpenToOthers(0o644))));
}

#[test]
fn bad_keys_are_refused() {
    let good = random();
    let counting: Vec<u8> = (0..32).collect();
    let bad = [
        ("empty", String::new()),
        ("not JSON", "k1:abc".to_owned()),
        ("no keys", file("k1", &[])),
        ("active key missing", file("k2", &[("k1", &good)])),
        ("short", file("k1", &[("k1", &good[..31])])),
        ("long", file("k1", &[("k1", &[good.as_slice(), &[1]].concat())])),
        ("zeros", file("k1", &[("k1", &[0; 32])])),
        ("one byte", file("k1", &[("k1", &[7; 32])])),
        ("counting", file("k1", &[("k1", &counting)])),
        ("not base64", r#"{"active":"k1","keys":{"k1":"***"}}"#.to_owned()),
        ("a weak key beside a good one", file("k1", &[("k1", &good), ("k2", &[0; 32])])),
    ];
    for (why, text) in bad {
        assert!(Keyring::parse(&text).is_err(), "{why}");
    }
    assert!(Keyring::parse(&file("k2", &[("k1", &good), ("k2", &random())])).is_ok());
}
