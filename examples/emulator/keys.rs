//! API keys: tokens of Qlik's shape, signed by nobody, and their records.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linkhub::clock::Timestamp;
use serde_json::json;

#[derive(Clone)]
pub struct Key {
    /// The claim `jti`.
    pub id: String,
    pub tenant_id: String,
    pub user_id: String,
    /// For an external client (SCIM), not for a user.
    pub scim: bool,
    pub description: String,
    pub created: Timestamp,
    pub expiry: Timestamp,
    pub revoked: bool,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    Active,
    Expired,
    Revoked,
}

impl Key {
    pub fn status(&self, now: Timestamp) -> KeyStatus {
        if self.revoked {
            KeyStatus::Revoked
        } else if self.expiry <= now {
            KeyStatus::Expired
        } else {
            KeyStatus::Active
        }
    }

    pub fn sub_type(&self) -> &'static str {
        if self.scim { "externalClient" } else { "user" }
    }

    /// Writes the token; the signature is random, since no client can check it.
    pub(super) fn sign(&mut self, with_exp: bool) {
        let header = json!({ "alg": "ES384", "kid": uuid(), "typ": "JWT" });
        let mut claims = json!({
            "subType": self.sub_type(),
            "tenantId": self.tenant_id,
            "jti": self.id,
            "aud": "qlik.api",
            "iss": "qlik.api/api-keys",
            "sub": self.user_id,
        });
        if with_exp {
            claims["exp"] = json!(self.expiry.as_millis() / 1000);
        }
        let [header, claims] =
            [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signature = URL_SAFE_NO_PAD.encode(random::<96>());
        self.text = format!("{header}.{claims}.{signature}");
    }
}

/// A duration as Qlik writes it: whole hours if it can.
pub fn iso_duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds % 3600 == 0 => format!("PT{}H", seconds / 3600),
        seconds => format!("PT{seconds}S"),
    }
}

/// An ISO 8601 duration in days or smaller; months and years have no fixed length.
pub fn parse_iso_duration(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let duration = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.try_into().ok()
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

pub fn random_hex<const N: usize>() -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).expect("four bits");
    random::<N>().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A random (version 4) UUID.
pub fn uuid() -> String {
    uuid::Builder::from_random_bytes(random()).into_uuid().to_string()
}

/// An id of 32 letters and digits, as tenants and users have.
pub fn opaque_id() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    random::<32>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect()
}

/// 15 lower-case letters and digits, as permanent hostnames have.
pub fn system_hostname() -> String {
    const LETTERS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let rest = random::<14>();
    let rest = rest.iter().map(|byte| char::from(LETTERS[usize::from(byte % 36)]));
    std::iter::once('x').chain(rest).collect()
}
