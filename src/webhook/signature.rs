//! How a receiver knows that a webhook is ours: the scheme of Standard Webhooks, and beside it StackOne's.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use zeroize::Zeroizing;

const PREFIX: &str = "whsec_";

/// `v1,` and the base64 of HMAC-SHA256 of `{id}.{seconds}.{body}`, keyed with the bytes that the secret
/// encodes behind its prefix. `None` for a secret that is none.
pub(super) fn standard(
    secret: &SecretString,
    id: &str,
    seconds: i64,
    body: &[u8],
) -> Option<String> {
    let encoded = secret.expose_secret().strip_prefix(PREFIX)?;
    let key = Zeroizing::new(STANDARD.decode(encoded).ok()?);
    let head = format!("{id}.{seconds}.");
    Some(format!("v1,{}", STANDARD.encode(sign(&key, &[head.as_bytes(), body]))))
}

/// The base64url, without padding, of HMAC-SHA256 of the body, keyed with the characters of the secret as it
/// was shown, its prefix among them: what `createHmac('sha256', secret)` does with it.
pub(super) fn stackone(secret: &SecretString, body: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sign(secret.expose_secret().as_bytes(), &[body]))
}

fn sign(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of HMAC has any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference implementations.
    #[test]
    fn the_example_of_standard_webhooks_is_signed_as_there() {
        let secret = SecretString::from("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let body = br#"{"test": 2432232314}"#;
        let signature = standard(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature.as_deref(), Some(expected));
    }

    /// RFC 4231, test case 2.
    #[test]
    fn the_key_of_the_second_signature_is_the_text_of_the_secret() {
        let secret = SecretString::from("Jefe");
        let signature = stackone(&secret, b"what do ya want for nothing?");
        assert_eq!(signature, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
        assert_eq!(standard(&secret, "id", 0, b""), None, "it has not the form of a secret");
    }
}
