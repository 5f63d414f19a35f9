//! A Qlik API key as pasted, and what its claims hint at.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::model::failure::{Failure, FailureCode};

/// Keys have about 470 characters; more than this is something else.
const LONGEST_KEY: usize = 8 * 1024;
const LONGEST_CLAIM: usize = 256;
const ISSUER: &str = "qlik.api/api-keys";
/// An ES384 signature is 96 bytes (RFC 7518, 3.4), 128 characters.
const ES384_SIGNATURE: usize = 128;

/// A key that has all rights of its user. It prints nothing of itself and is wiped when dropped.
#[derive(Clone)]
pub struct ApiKey {
    token: SecretString,
    claims: Option<KeyClaims>,
    cut_off: bool,
}

/// What a key says about itself. Nobody but Qlik can check its signature, so these are hints for early,
/// friendly errors and for comparing with what Qlik answers; never proof.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyClaims {
    /// `jti`; present only if it is fit to be part of a path.
    pub key_id: Option<String>,
    pub tenant_id: Option<String>,
    /// `sub`
    pub user_id: Option<String>,
    /// `exp`; the keys seen so far had none, their expiry lives at Qlik.
    pub expires_at: Option<Timestamp>,
    issuer: Option<String>,
    kind: Option<String>,
}

impl ApiKey {
    /// Reads a pasted key and tolerates what pasting brings: blanks and line breaks anywhere, quotes
    /// around it, a leading `Authorization: Bearer`.
    pub fn parse(pasted: &str) -> Result<Self, Failure> {
        if pasted.len() > LONGEST_KEY {
            return Err(malformed("too long for a key"));
        }
        let token = cleaned(pasted);
        if token.is_empty() {
            return Err(FailureCode::KeyMissing.into());
        }
        let parts = Parts::of(&token).map_err(malformed)?;
        let claims = KeyClaims::of(&parts.payload);
        claims.check_kind()?;
        Ok(Self {
            cut_off: parts.cut_off,
            claims: Some(claims),
            token: SecretString::from(token.as_str()),
        })
    }

    /// Takes a key that was verified when it was stored, without judging it again.
    pub fn from_stored(token: String) -> Self {
        let token = Zeroizing::new(token);
        let parts = Parts::of(&token).ok();
        Self {
            cut_off: parts.as_ref().is_some_and(|parts| parts.cut_off),
            claims: parts.map(|parts| KeyClaims::of(&parts.payload)),
            token: SecretString::from(token.as_str()),
        }
    }

    /// The key itself, for sealing and for the Authorization header.
    pub fn expose(&self) -> &str {
        self.token.expose_secret()
    }

    /// `None` only for a stored key whose form is not that of today's keys.
    pub fn claims(&self) -> Option<&KeyClaims> {
        self.claims.as_ref()
    }

    /// Whether the signature is shorter than its algorithm makes it: the reason to name if Qlik refuses
    /// the key, but no reason to refuse it before Qlik was asked.
    pub(super) fn looks_cut_off(&self) -> bool {
        self.cut_off
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

impl KeyClaims {
    fn of(payload: &Map<String, Value>) -> Self {
        let text = |name: &str| {
            let text = payload.get(name)?.as_str()?;
            let fits = !text.is_empty() && text.len() <= LONGEST_CLAIM;
            (fits && !text.chars().any(char::is_control)).then(|| text.to_owned())
        };
        Self {
            key_id: text("jti").filter(|id| is_path_segment(id)),
            tenant_id: text("tenantId"),
            user_id: text("sub"),
            expires_at: payload
                .get("exp")
                .and_then(Value::as_i64)
                .and_then(|seconds| seconds.checked_mul(1000))
                .map(Timestamp::from_millis),
            issuer: text("iss"),
            kind: text("subType"),
        }
    }

    fn check_kind(&self) -> Result<(), Failure> {
        let cause = match (self.kind.as_deref(), self.issuer.as_deref()) {
            (Some("externalClient"), _) => "a SCIM key",
            (_, Some(issuer)) if issuer != ISSUER => "a token that is no API key",
            _ => return Ok(()),
        };
        Err(Failure::new(FailureCode::KeyWrongKind).because(cause))
    }
}

/// Whether an id may stand in a path as it is.
pub(super) fn is_path_segment(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

struct Parts {
    payload: Map<String, Value>,
    cut_off: bool,
}

impl Parts {
    fn of(token: &str) -> Result<Self, &'static str> {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err("not three parts with dots between them");
        };
        let header = json(header).ok_or("the first part is no JSON object")?;
        let payload = json(payload).ok_or("the second part is no JSON object")?;
        let in_alphabet =
            signature.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if signature.is_empty() || !in_alphabet {
            return Err("the third part is no signature");
        }
        let es384 = header.get("alg").and_then(Value::as_str) == Some("ES384");
        Ok(Self { payload, cut_off: es384 && signature.len() < ES384_SIGNATURE })
    }
}

fn json(part: &str) -> Option<Map<String, Value>> {
    let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(part).ok()?);
    serde_json::from_slice(&bytes).ok()
}

fn cleaned(pasted: &str) -> Zeroizing<String> {
    let mut rest = pasted;
    loop {
        let trimmed = rest.trim_matches(|c: char| is_blank(c) || is_quote(c));
        let bare = ["authorization:", "bearer"].into_iter().find_map(|word| {
            let head = trimmed.get(..word.len())?;
            let tail = trimmed.get(word.len()..)?;
            // A prefix is a word of its own: a key may begin with any letters.
            let ends = word.ends_with(':')
                || tail.is_empty()
                || tail.starts_with(|c| is_blank(c) || is_quote(c) || c == ':');
            (head.eq_ignore_ascii_case(word) && ends).then(|| tail.trim_start_matches(':'))
        });
        let Some(tail) = bare else {
            // As long as the input at once: growing would leave copies behind.
            let mut token = Zeroizing::new(String::with_capacity(trimmed.len()));
            token.extend(trimmed.chars().filter(|c| !is_blank(*c)));
            return token;
        };
        rest = tail;
    }
}

/// White space, and what mail and chat programs put where nobody sees it.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '´' | '\u{2018}'..='\u{201f}' | '«' | '»' | '‹' | '›')
}

fn malformed(cause: &str) -> Failure {
    Failure::new(FailureCode::KeyMalformed).because(cause)
}

#[cfg(test)]
mod tests;
