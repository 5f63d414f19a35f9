//! Typed, prefixed, time-ordered identifiers. They name things and are never secrets.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Text that is not an identifier of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of this kind")]
pub struct MalformedId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn new() -> Self {
                Self(format!(concat!($prefix, "_{}"), Uuid::now_v7().simple()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                let digits = text.strip_prefix(concat!($prefix, "_")).ok_or(MalformedId)?;
                let hexadecimal = digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if digits.len() == 32 && hexadecimal { Ok(Self(text)) } else { Err(MalformedId) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A linked account.
    AccountId = "acc";
    /// An admin, who may open the Accounts page.
    AdminId = "adm";
    /// A signed-in admin's session.
    SessionId = "ses";
    /// A one-time link that sets the first admin's password.
    SetupId = "set";
    /// One line of history.
    EventId = "evt";
    /// One press of Connect, from the request to its answer.
    AttemptId = "att";
    /// A permission to link; its token opens the Hub.
    ConnectSessionId = "lhc";
    /// The API key of a back end.
    ApiKeyId = "lhk";
    /// A place that webhooks are sent to.
    WebhookEndpointId = "whe";
    /// One try to deliver a webhook.
    WebhookAttemptId = "wha";
    /// A secret link to a calendar of expiries.
    CalendarFeedId = "cal";
    /// What a hub has taken on to do, until it is done or the time for it is over.
    ClaimId = "clm";
    /// One HTTP request; the support id that people are shown.
    RequestId = "req";
}

impl ConnectSessionId {
    /// The id as a whole number that JavaScript can hold (53 bits): 41 bits of milliseconds since 1970,
    /// then 12 of those that UUID version 7 draws.
    pub fn number(&self) -> i64 {
        let digits = |range: std::ops::Range<usize>| {
            let hexadecimal = self.0.get(range).unwrap_or_default();
            i64::from_str_radix(hexadecimal, 16).unwrap_or_default()
        };
        // `lhc_`, twelve digits of time, one of the version, three drawn.
        (digits(4..16) << 12 | digits(17..20)) & ((1 << 53) - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connect_session_has_a_number_that_grows_with_time() {
        let id = |digits: &str| ConnectSessionId::try_from(format!("lhc_{digits}")).unwrap();
        let early = id("0198f0c2a1b37abc8def000000000000");
        assert_eq!(early.number(), 0x0198_f0c2_a1b3 << 12 | 0xabc);
        assert!(early.number() < id("0198f0c2a1b47000800000000000000f").number());
        assert!(ConnectSessionId::new().number() < 1 << 53);
    }
}
