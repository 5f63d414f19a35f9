use proptest::prelude::*;

use super::*;

fn place<'a>(row: &'a str, owner: &'a str, tenant: &'a str) -> Place<'a> {
    Place { table: "credentials", column: "ciphertext", row, owner, tenant }
}

type Part = fn(&mut Sealed) -> &mut Vec<u8>;

fn vault() -> Vault {
    Vault::new(Keyring::generate())
}

#[test]
fn what_was_sealed_opens_in_its_place() {
    let vault = vault();
    let here = place("acc_1", "owner", "tenant");
    let sealed = vault.seal(&here, &SecretString::from("a key"));
    assert_eq!(vault.open(&here, &sealed).unwrap().expose_secret(), "a key");
}

#[test]
fn the_same_secret_never_looks_the_same() {
    let vault = vault();
    let here = place("acc_1", "owner", "tenant");
    let (one, two) = (vault.seal(&here, &"a key".into()), vault.seal(&here, &"a key".into()));
    assert_ne!(one.wrapped_key, two.wrapped_key);
    assert_ne!(one.ciphertext, two.ciphertext);
}

#[test]
fn a_secret_moved_elsewhere_does_not_open() {
    let vault = vault();
    let sealed = vault.seal(&place("acc_1", "owner", "tenant"), &"a key".into());
    let elsewhere = [
        place("acc_2", "owner", "tenant"),
        place("acc_1", "other", "tenant"),
        place("acc_1", "owner", "other"),
        place("acc_1", "ownert", "enant"),
        Place { table: "vault_keys", ..place("acc_1", "owner", "tenant") },
        Place { column: "wrapped_key", ..place("acc_1", "owner", "tenant") },
    ];
    for other in elsewhere {
        assert_eq!(vault.open(&other, &sealed).unwrap_err(), OpenError::Damaged, "{other:?}");
    }
}

#[test]
fn parts_of_two_secrets_do_not_mix() {
    let vault = vault();
    let here = place("acc_1", "owner", "tenant");
    let (one, two) = (vault.seal(&here, &"first".into()), vault.seal(&here, &"second".into()));
    let mixed = Sealed { ciphertext: two.ciphertext, ..one };
    assert_eq!(vault.open(&here, &mixed).unwrap_err(), OpenError::Damaged);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let vault = vault();
    let here = place("acc_1", "owner", "tenant");
    let sealed = vault.seal(&here, &"a key".into());
    let parts: [Part; 2] = [|sealed| &mut sealed.wrapped_key, |sealed| &mut sealed.ciphertext];
    for part in parts {
        let length = part(&mut sealed.clone()).len();
        for bit in 0..length * 8 {
            let mut flipped = sealed.clone();
            part(&mut flipped)[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(vault.open(&here, &flipped).unwrap_err(), OpenError::Damaged);
        }
    }
}

#[test]
fn another_ring_does_not_open() {
    let here = place("acc_1", "owner", "tenant");
    let sealed = vault().seal(&here, &"a key".into());
    assert_eq!(vault().open(&here, &sealed).unwrap_err(), OpenError::Damaged);
    let unknown = Sealed { key_id: "k9".to_owned(), ..sealed };
    assert_eq!(vault().open(&here, &unknown).unwrap_err(), OpenError::UnknownKey("k9".to_owned()));
}

proptest! {
    #[test]
    fn any_bytes_are_refused_and_never_panic(
        wrapped_key in prop::collection::vec(any::<u8>(), 0..100),
        ciphertext in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let sealed = Sealed { key_id: "k1".to_owned(), wrapped_key, ciphertext };
        prop_assert!(vault().open(&place("a", "b", "c"), &sealed).is_err());
    }
}
