//! A connect session as the row that it is.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, ConnectSessionId};
use crate::model::account::{AccountKind, Owner};
use crate::model::connect_session::{ConnectSession, Terms};
use crate::model::event::Actor;
use crate::model::language::Language;
use crate::secret::TokenHash;
use crate::store::StoreError;

macro_rules! columns {
    () => {
        "id, token_hash, owner_id, owner_name, owner_username, account_id, multiple_at, \
         reusable_at, label, metadata, kind, categories, allowed_origins, success_url, language, \
         note, made_by_kind, made_by_name, created_at, expires_at, opened_at, completed_at, \
         linked_account_id, revoked_at, refusals"
    };
}
pub(super) use columns;

#[derive(FromRow)]
pub(super) struct SessionRow {
    id: String,
    token_hash: TokenHash,
    owner_id: String,
    owner_name: String,
    owner_username: String,
    account_id: Option<String>,
    multiple_at: Option<i64>,
    reusable_at: Option<i64>,
    label: String,
    metadata: String,
    kind: String,
    categories: String,
    allowed_origins: String,
    success_url: Option<String>,
    language: Option<String>,
    note: String,
    made_by_kind: String,
    made_by_name: String,
    created_at: i64,
    expires_at: i64,
    opened_at: Option<i64>,
    completed_at: Option<i64>,
    linked_account_id: Option<String>,
    revoked_at: Option<i64>,
    refusals: i64,
}

impl TryFrom<SessionRow> for ConnectSession {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged;
        let instant = Timestamp::from_millis;
        let account = |id: Option<String>| {
            id.map(AccountId::try_from)
                .transpose()
                .map_err(|_| damaged("connect_sessions.account_id"))
        };
        let success_url = row.success_url.map(|text| text.parse()).transpose();
        Ok(Self {
            id: ConnectSessionId::try_from(row.id).map_err(|_| damaged("connect_sessions.id"))?,
            token_hash: row.token_hash,
            terms: Terms {
                owner: Owner {
                    id: row.owner_id,
                    name: row.owner_name,
                    username: row.owner_username,
                },
                account_id: account(row.account_id)?,
                multiple: row.multiple_at.is_some(),
                reusable: row.reusable_at.is_some(),
                label: row.label,
                metadata: serde_json::from_str(&row.metadata)
                    .map_err(|_| damaged("connect_sessions.metadata"))?,
                kind: AccountKind::parse(&row.kind).ok_or(damaged("connect_sessions.kind"))?,
                categories: serde_json::from_str(&row.categories)
                    .map_err(|_| damaged("connect_sessions.categories"))?,
                allowed_origins: serde_json::from_str(&row.allowed_origins)
                    .map_err(|_| damaged("connect_sessions.allowed_origins"))?,
                success_url: success_url.map_err(|_| damaged("connect_sessions.success_url"))?,
                language: row.language.as_deref().and_then(Language::parse),
                note: row.note,
            },
            made_by: Actor::parse(&row.made_by_kind, &row.made_by_name)
                .ok_or(damaged("connect_sessions.made_by_name"))?,
            created_at: instant(row.created_at),
            expires_at: instant(row.expires_at),
            opened_at: row.opened_at.map(instant),
            completed_at: row.completed_at.map(instant),
            linked_account_id: account(row.linked_account_id)?,
            revoked_at: row.revoked_at.map(instant),
            refusals: row.refusals,
        })
    }
}
