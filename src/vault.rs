//! The only module that touches keys. [`Vault::open`] is the only function that decrypts.
//!
//! Every secret has a data key of its own; the data key is wrapped by the active key of the ring. Both
//! are AES-256-GCM with fresh random nonces, and both are bound to the place where the secret stands,
//! so that a value moved to another row, owner or tenant does not open.

pub mod keyring;

use aes_gcm::aead::{Aead as _, KeyInit as _, Nonce, Payload};
use aes_gcm::{Aes256Gcm, Key};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::model::account::Account;
use crate::secret::Sealed;
use keyring::Keyring;

/// First byte of what is sealed, so that another format can follow.
const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// A sealed value that does not open: it was changed, moved, or sealed with a key that is not here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the sealing key {0:?} is not in the key file")]
    UnknownKey(String),
    #[error("the stored secret is damaged or was moved from another place")]
    Damaged,
}

/// Where a secret stands. It opens nowhere else.
#[derive(Debug, Clone)]
pub struct Place<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub row: &'a str,
    pub owner: &'a str,
    pub tenant: &'a str,
}

impl<'a> Place<'a> {
    /// The place of an account's Qlik key.
    pub fn of_account(account: &'a Account) -> Self {
        Self {
            table: "credentials",
            column: "ciphertext",
            row: account.id.as_str(),
            owner: &account.owner.id,
            tenant: &account.tenant.id,
        }
    }

    /// The place of an answer that is kept for a request that may come again.
    pub fn of_answer(api_key_id: &'a str, name: &'a str) -> Self {
        Self {
            table: "idempotency_keys",
            column: "ciphertext",
            row: name,
            owner: api_key_id,
            tenant: "",
        }
    }

    /// The place of the secret that signs an endpoint's webhooks.
    pub fn of_webhook_secret(endpoint_id: &'a str) -> Self {
        let table = "webhook_endpoints";
        Self { table, column: "ciphertext", row: endpoint_id, owner: "", tenant: "" }
    }

    /// The place of the one before the last rotation.
    pub fn of_old_webhook_secret(endpoint_id: &'a str) -> Self {
        Self { column: "old_ciphertext", ..Self::of_webhook_secret(endpoint_id) }
    }

    /// The place of what only the receiver of a webhook may read.
    pub fn of_delivery(endpoint_id: &'a str, event_id: &'a str) -> Self {
        Self {
            table: "webhook_deliveries",
            column: "sealed_ciphertext",
            row: event_id,
            owner: endpoint_id,
            tenant: "",
        }
    }

    /// The place of what proves an end of the chain of history.
    pub fn of_chain_end(name: &'a str) -> Self {
        Self { table: "event_chain", column: "ciphertext", row: name, owner: "", tenant: "" }
    }

    /// The place of the canary of a key of the ring.
    pub fn of_canary(key_id: &'a str) -> Self {
        Self { table: "vault_keys", column: "ciphertext", row: key_id, owner: "", tenant: "" }
    }

    /// Unambiguous: every part is preceded by its length.
    fn bytes(&self, purpose: &str) -> Vec<u8> {
        let parts =
            ["linkhub", purpose, self.table, self.column, self.row, self.owner, self.tenant];
        let mut bytes = vec![FORMAT];
        for part in parts {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }
}

/// Seals and opens secrets.
#[derive(Debug)]
pub struct Vault {
    ring: Keyring,
}

impl Vault {
    pub fn new(ring: Keyring) -> Self {
        Self { ring }
    }

    pub fn ring(&self) -> &Keyring {
        &self.ring
    }

    /// Seals with the active key of the ring.
    pub fn seal(&self, place: &Place<'_>, secret: &SecretString) -> Sealed {
        let key = self.ring.active();
        let data_key = random::<32>();
        Sealed {
            key_id: key.id.clone(),
            wrapped_key: encrypt(&key.bytes, &place.bytes("data key"), data_key.as_ref()),
            ciphertext: encrypt(
                &data_key,
                &place.bytes("secret"),
                secret.expose_secret().as_bytes(),
            ),
        }
    }

    /// The only function that decrypts.
    pub fn open(&self, place: &Place<'_>, sealed: &Sealed) -> Result<SecretString, OpenError> {
        let key = self
            .ring
            .find(&sealed.key_id)
            .ok_or_else(|| OpenError::UnknownKey(sealed.key_id.clone()))?;
        let unwrapped = decrypt(&key.bytes, &place.bytes("data key"), &sealed.wrapped_key)?;
        let data_key: Zeroizing<[u8; 32]> =
            Zeroizing::new(unwrapped.as_slice().try_into().map_err(|_| OpenError::Damaged)?);
        let secret = decrypt(&data_key, &place.bytes("secret"), &sealed.ciphertext)?;
        let text = std::str::from_utf8(&secret).map_err(|_| OpenError::Damaged)?;
        Ok(SecretString::from(text))
    }
}

fn random<const N: usize>() -> Zeroizing<[u8; N]> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut()).expect("the operating system gives random bytes");
    bytes
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

/// Format, nonce, ciphertext with tag.
fn encrypt(key: &[u8; 32], aad: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce = random::<NONCE>();
    let payload = Payload { msg: plain, aad };
    let ciphertext = cipher(key)
        .encrypt(&Nonce::<Aes256Gcm>::from(*nonce), payload)
        .expect("AES-GCM seals up to 64 GiB, a secret has a few hundred bytes");
    [&[FORMAT], nonce.as_slice(), ciphertext.as_slice()].concat()
}

fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (&format, rest) = sealed.split_first().ok_or(OpenError::Damaged)?;
    let (nonce, ciphertext) = rest.split_at_checked(NONCE).ok_or(OpenError::Damaged)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| OpenError::Damaged)?;
    if format != FORMAT {
        return Err(OpenError::Damaged);
    }
    cipher(key)
        .decrypt(&Nonce::<Aes256Gcm>::from(nonce), Payload { msg: ciphertext, aad })
        .map(Zeroizing::new)
        .map_err(|_| OpenError::Damaged)
}

#[cfg(test)]
mod tests;
