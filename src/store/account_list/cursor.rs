//! What a list is sorted by, and places in it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::clock::Timestamp;
use crate::model::account::Account;
use crate::store::accounts;
use crate::store::sql::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortBy {
    #[default]
    Linked,
    Expiry,
    Checked,
    Name,
    Owner,
    /// Since when checks have had no answer. Only lists of such accounts are sorted so.
    Unchecked,
}

impl SortBy {
    pub const ALL: [Self; 5] = [Self::Linked, Self::Expiry, Self::Checked, Self::Name, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Expiry => "expiry",
            Self::Checked => "checked",
            Self::Name => "name",
            Self::Owner => "owner",
            Self::Unchecked => "unchecked",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Linked => "linked_at",
            Self::Expiry => "expiry_key",
            Self::Checked => "last_checked_at",
            Self::Name => "name_key",
            Self::Owner => "owner_key",
            Self::Unchecked => "unchecked_since",
        }
    }

    pub(super) fn key_of(self, account: &Account) -> CursorKey {
        let millis = |at: Timestamp| CursorKey::Integer(at.as_millis());
        match self {
            Self::Linked => millis(account.linked_at),
            Self::Expiry => CursorKey::Integer(accounts::expiry_key(account)),
            Self::Checked => millis(account.last_checked_at),
            Self::Name => CursorKey::Text(accounts::name_key(account)),
            Self::Owner => CursorKey::Text(account.owner.name.to_lowercase()),
            Self::Unchecked => millis(account.unchecked_since.unwrap_or(account.last_checked_at)),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum CursorKey {
    Integer(i64),
    Text(String),
}

impl From<&CursorKey> for Value {
    fn from(key: &CursorKey) -> Self {
        match key {
            CursorKey::Integer(integer) => (*integer).into(),
            CursorKey::Text(text) => text.into(),
        }
    }
}

/// A place in a sorted list: the row that a page begins behind (or ends before).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(super) sort: SortBy,
    pub(super) backwards: bool,
    pub(super) key: CursorKey,
    pub(super) id: String,
    /// The row itself is in the page too.
    pub(super) included: bool,
}

impl Cursor {
    /// The page that ends where a page from here begins, or the other way round.
    pub(super) fn turned(&self) -> Self {
        Self { backwards: !self.backwards, included: !self.included, ..self.clone() }
    }

    /// Text for a URL.
    pub fn encode(&self) -> String {
        let sort = self.sort.as_str();
        let parts = if self.included {
            serde_json::json!([sort, self.backwards, self.key, self.id, true])
        } else {
            serde_json::json!([sort, self.backwards, self.key, self.id])
        };
        URL_SAFE_NO_PAD.encode(parts.to_string())
    }

    /// `None` if the text is no cursor of a list that is sorted so.
    pub fn decode(text: &str, sort: SortBy) -> Option<Self> {
        type Parts = (String, bool, CursorKey, String);
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (sorted, backwards, key, id, included) = match serde_json::from_slice::<Parts>(&bytes) {
            Ok((sorted, backwards, key, id)) => (sorted, backwards, key, id, false),
            Err(_) => serde_json::from_slice(&bytes).ok()?,
        };
        let textual = matches!(sort, SortBy::Name | SortBy::Owner);
        let fits = sorted == sort.as_str() && textual == matches!(key, CursorKey::Text(_));
        let clean = |text: &str| !text.contains('\0');
        let plain = clean(&id) && !matches!(&key, CursorKey::Text(text) if !clean(text));
        (fits && plain).then_some(Self { sort, backwards, key, id, included })
    }
}
