//! The forms that secrets take: tokens that linkhub hands out (256 random bits, shown once, stored as
//! a hash) and what only the vault opens. None of them can be printed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A token as its holder knows it: `{public id}.{secret}`. It is found by its public id and proved by
/// its secret, so that no comparison of a secret happens in the database.
pub struct PlainToken {
    id: String,
    secret: Zeroizing<String>,
}

impl PlainToken {
    /// Draws a new token for the thing that `id` names.
    pub fn generate(id: impl Into<String>) -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        getrandom::fill(bytes.as_mut()).expect("the operating system gives random bytes");
        Self { id: id.into(), secret: Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_ref())) }
    }

    /// Reads what a holder presents. `None` if it has not the form of a token; whether it is a valid
    /// one is for [`TokenHash::matches`] to say.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.trim().split_once('.')?;
        let fits = !id.is_empty()
            && id.len() <= 64
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && secret.len() == 43
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        fits.then(|| Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_owned()) })
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// The whole token, for the one place where it is handed to its holder.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}.{}", self.id, self.secret.as_str()))
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.secret.as_bytes()).to_vec())
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainToken({}, …)", self.id)
    }
}

/// SHA-256 of a token's secret, the only form in which a token is stored.
#[derive(Clone, sqlx::Type)]
#[sqlx(transparent)]
pub struct TokenHash(Vec<u8>);

impl TokenHash {
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, token: &PlainToken) -> bool {
        self.0.ct_eq(&token.hash().0).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// A secret that only the vault opens: encrypted under a data key of its own, which is wrapped by a
/// key of the ring.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sealed {
    /// The key of the ring that wraps the data key.
    pub key_id: String,
    pub wrapped_key: Vec<u8>,
    pub ciphertext: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({})", self.key_id)
    }
}
