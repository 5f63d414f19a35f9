//! Table `accounts`: one row a linked account. Lists are in `account_list`.

mod row;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::Account;
use crate::model::event::Event;
use crate::secret::Sealed;
use crate::store::account_terms;
use crate::store::change::{Applied, Change};
use crate::store::connect_sessions;
use crate::store::credentials;
use crate::store::retired_keys;
use crate::store::sql::{Statement, sql};
use crate::store::vault_keys;
use crate::store::{Store, StoreError};

pub(super) use row::{AccountRow, columns};

use row::bind_columns;

/// What a list sorts names by.
pub(super) fn name_key(account: &Account) -> String {
    account.name().to_lowercase()
}

/// What a list sorts expiries by: an unknown one last.
pub(super) fn expiry_key(account: &Account) -> i64 {
    account.key.expires_at.map_or(i64::MAX, Timestamp::as_millis)
}

fn insert(account: &Account) -> Statement {
    let statement = sql(concat!(
        "INSERT INTO accounts (",
        columns!(),
        ", name_key, owner_key, expiry_key) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
         $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, \
         $40) \
         ON CONFLICT DO NOTHING"
    ));
    bind_columns(statement, account, 1)
}

/// Takes effect only on the version that was read, and only while no other account has the same
/// owner, tenant and user.
fn update(account: &Account) -> Statement {
    let statement = sql("UPDATE accounts SET \
         version = $2, owner_id = $3, owner_name = $4, label = $5, host = $6, tenant_id = $7, \
         tenant_name = $8, tenant_hostname = $9, region = $10, user_id = $11, user_name = $12, \
         user_email = $13, tenant_admin_at = $14, key_id = $15, key_created_at = $16, \
         key_expires_at = $17, status = $18, status_reasons = $19, linked_at = $20, \
         updated_at = $21, last_checked_at = $22, unchecked_since = $23, owner_username = $24, \
         metadata = $25, kind = $26, key_stored_at = $27, next_check_at = $28, \
         checks_alike = $29, check_claim = $30, warned_percent = $31, next_notice_at = $32, \
         renewal_allowed_at = $33, renewal_problem = $34, renewal_problem_at = $35, \
         next_renewal_at = $36, renewal_claim = $37, name_key = $38, owner_key = $39, \
         expiry_key = $40 \
         WHERE id = $1 AND version = $41 AND NOT EXISTS (SELECT 1 FROM accounts AS other \
         WHERE other.owner_id = $3 AND other.tenant_id = $7 AND other.user_id = $11 \
         AND other.id <> $1)");
    bind_columns(statement, account, account.version + 1).bind(account.version)
}

pub(super) fn insertion(account: &Account, secret: &Sealed, events: &[Event]) -> Change {
    Change::guarded(insert(account))
        .then(credentials::upsert(&account.id, secret))
        .then(vault_keys::count_seal(&secret.key_id))
        .then_all(account_terms::insert(account))
        .recorded_all(events)
}

pub(super) fn replacement(account: &Account, secret: Option<&Sealed>, events: &[Event]) -> Change {
    change(account, secret, events)
        .then(account_terms::delete(&account.id))
        .then_all(account_terms::insert(account))
}

/// As [`replacement`], where the account is found by the same words as before.
fn change(account: &Account, secret: Option<&Sealed>, events: &[Event]) -> Change {
    let mut change = Change::guarded(update(account));
    if let Some(secret) = secret {
        change = change
            .then(credentials::upsert(&account.id, secret))
            .then(vault_keys::count_seal(&secret.key_id))
            .then_all(
                account.key.id.as_deref().map(|key| retired_keys::forget(&account.id, Some(key))),
            )
            .shredding();
    }
    change.recorded_all(events)
}

impl Store {
    pub async fn find_account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let query = sql(concat!("SELECT ", columns!(), " FROM accounts WHERE id = $1"));
        self.one_account(query.bind(id.as_str())).await
    }

    /// The account of this owner for this Qlik user, of which there is at most one.
    pub async fn find_account_of(
        &self,
        owner_id: &str,
        tenant_id: &str,
        user_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM accounts WHERE owner_id = $1 AND tenant_id = $2 AND user_id = $3"
        ));
        self.one_account(query.bind(owner_id).bind(tenant_id).bind(user_id)).await
    }

    async fn one_account(&self, query: Statement) -> Result<Option<Account>, StoreError> {
        self.fetch_optional::<AccountRow>(query).await?.map(Account::try_from).transpose()
    }

    /// The account that this owner linked last.
    pub async fn find_newest_account_of(
        &self,
        owner_id: &str,
    ) -> Result<Option<Account>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM accounts WHERE owner_id = $1 ORDER BY linked_at DESC, id DESC LIMIT 1"
        ));
        self.one_account(query.bind(owner_id)).await
    }

    /// Stores a new account with its secret. A conflict means that the same owner, tenant and user
    /// is already there.
    pub async fn insert_account(
        &self,
        account: &Account,
        secret: &Sealed,
        events: &[Event],
    ) -> Result<Applied, StoreError> {
        self.write(insertion(account, secret, events)).await
    }

    /// Stores a changed account, and its secret if it was sealed anew. `account.version` is the version
    /// that was read; a conflict means that it has changed since, or that the new owner already has
    /// an account for the same Qlik user.
    pub async fn update_account(
        &self,
        account: &Account,
        secret: Option<&Sealed>,
        events: &[Event],
    ) -> Result<Applied, StoreError> {
        let same: Option<(i64,)> = self.fetch_optional(account_terms::find_same(account)).await?;
        let change = if same.is_some() { change } else { replacement };
        self.write(change(account, secret, events)).await
    }

    /// Removes an account with its secret, and revokes the sessions that would renew it; its history stays.
    pub async fn delete_account(
        &self,
        account: &Account,
        events: &[Event],
    ) -> Result<Applied, StoreError> {
        let at = events.first().map_or(account.updated_at, |event| event.at);
        let guard = sql("DELETE FROM accounts WHERE id = $1 AND version = $2");
        let change = Change::guarded(guard.bind(account.id.as_str()).bind(account.version))
            .then(connect_sessions::revoke_all_of(&account.id, at))
            .recorded_all(events)
            .shredding();
        self.write(change).await
    }
}
