//! What Qlik says about a key: whose it is, in which tenant, and how long it lives.

use crate::clock::Timestamp;

/// A tenant as Qlik describes it. Its identity is `id`; names and aliases change hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    pub id: String,
    /// The name that the customer gave it.
    pub name: String,
    /// The permanent host name, never reused (`xzoau8xi93gyfo0.us.qlikcloud.com`).
    pub hostname: String,
    pub region: String,
}

/// The user whose key it is; the key has all of this user's rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QlikUser {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub tenant_admin: bool,
}

/// The key's own record at Qlik, as far as it may be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyRecord {
    /// `jti` of the key; `None` if the key's claims could not be read.
    pub id: Option<String>,
    pub created_at: Option<Timestamp>,
    /// `None` is *unknown*, not *never*: the record may be closed to the user.
    pub expires_at: Option<Timestamp>,
}

/// The outcome of a verification that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub tenant: Tenant,
    pub user: QlikUser,
    pub key: KeyRecord,
}
