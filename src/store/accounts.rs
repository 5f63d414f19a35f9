//! Table `accounts`: one row a linked account. Lists are in `account_list`.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::{
    Account, AccountKind, AccountStatus, CheckPlan, NoticePlan, Owner, RenewalPlan, RenewalProblem,
    RenewalProblemCode,
};
use crate::model::event::Event;
use crate::model::identity::{KeyRecord, QlikUser, Tenant};
use crate::secret::Sealed;
use crate::store::account_terms;
use crate::store::change::{Applied, Change};
use crate::store::connect_sessions;
use crate::store::credentials;
use crate::store::retired_keys;
use crate::store::sql::{Statement, json, sql};
use crate::store::vault_keys;
use crate::store::{Store, StoreError};

/// Every column, in the order of the insert below.
macro_rules! columns {
    () => {
        "id, version, owner_id, owner_name, label, host, tenant_id, tenant_name, tenant_hostname, \
         region, user_id, user_name, user_email, tenant_admin_at, key_id, key_created_at, \
         key_expires_at, status, status_reasons, linked_at, updated_at, last_checked_at, \
         unchecked_since, owner_username, metadata, kind, key_stored_at, next_check_at, \
         checks_alike, check_claim, warned_percent, next_notice_at, renewal_allowed_at, \
         renewal_problem, renewal_problem_at, next_renewal_at, renewal_claim"
    };
}
pub(super) use columns;

#[derive(FromRow)]
pub(super) struct AccountRow {
    id: String,
    version: i64,
    owner_id: String,
    owner_name: String,
    label: String,
    host: String,
    tenant_id: String,
    tenant_name: String,
    tenant_hostname: String,
    region: String,
    user_id: String,
    user_name: String,
    user_email: Option<String>,
    tenant_admin_at: Option<i64>,
    key_id: Option<String>,
    key_created_at: Option<i64>,
    key_expires_at: Option<i64>,
    status: String,
    status_reasons: String,
    linked_at: i64,
    updated_at: i64,
    last_checked_at: i64,
    unchecked_since: Option<i64>,
    owner_username: String,
    metadata: String,
    kind: String,
    key_stored_at: i64,
    next_check_at: i64,
    checks_alike: i64,
    check_claim: Option<String>,
    warned_percent: i64,
    next_notice_at: Option<i64>,
    renewal_allowed_at: Option<i64>,
    renewal_problem: Option<String>,
    renewal_problem_at: Option<i64>,
    next_renewal_at: Option<i64>,
    renewal_claim: Option<String>,
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let instant = Timestamp::from_millis;
        let damaged = StoreError::Damaged;
        let problem = match (row.renewal_problem, row.renewal_problem_at) {
            (Some(code), Some(since)) => Some(RenewalProblem {
                code: RenewalProblemCode::parse(&code)
                    .ok_or(damaged("accounts.renewal_problem"))?,
                since: instant(since),
            }),
            _ => None,
        };
        Ok(Self {
            id: AccountId::try_from(row.id).map_err(|_| StoreError::Damaged("accounts.id"))?,
            version: row.version,
            owner: Owner { id: row.owner_id, name: row.owner_name, username: row.owner_username },
            label: row.label,
            metadata: serde_json::from_str(&row.metadata)
                .map_err(|_| StoreError::Damaged("accounts.metadata"))?,
            kind: AccountKind::parse(&row.kind).ok_or(StoreError::Damaged("accounts.kind"))?,
            host: row.host,
            tenant: Tenant {
                id: row.tenant_id,
                name: row.tenant_name,
                hostname: row.tenant_hostname,
                region: row.region,
            },
            user: QlikUser {
                id: row.user_id,
                name: row.user_name,
                email: row.user_email,
                tenant_admin: row.tenant_admin_at.is_some(),
            },
            key: KeyRecord {
                id: row.key_id,
                created_at: row.key_created_at.map(instant),
                expires_at: row.key_expires_at.map(instant),
            },
            status: AccountStatus::parse(&row.status)
                .ok_or(StoreError::Damaged("accounts.status"))?,
            status_reasons: serde_json::from_str(&row.status_reasons)
                .map_err(|_| StoreError::Damaged("accounts.status_reasons"))?,
            linked_at: instant(row.linked_at),
            updated_at: instant(row.updated_at),
            last_checked_at: instant(row.last_checked_at),
            unchecked_since: row.unchecked_since.map(instant),
            key_stored_at: instant(row.key_stored_at),
            check: CheckPlan {
                next_at: instant(row.next_check_at),
                alike: u32::try_from(row.checks_alike)
                    .map_err(|_| damaged("accounts.checks_alike"))?,
                claim: row.check_claim,
            },
            notice: NoticePlan {
                warned_percent: u8::try_from(row.warned_percent)
                    .map_err(|_| damaged("accounts.warned_percent"))?,
                next_at: row.next_notice_at.map(instant),
            },
            renewal: RenewalPlan {
                allowed_at: row.renewal_allowed_at.map(instant),
                next_at: row.next_renewal_at.map(instant),
                problem,
                claim: row.renewal_claim,
            },
        })
    }
}

/// What a list sorts names by.
pub(super) fn name_key(account: &Account) -> String {
    account.name().to_lowercase()
}

/// What a list sorts expiries by: an unknown one last.
pub(super) fn expiry_key(account: &Account) -> i64 {
    account.key.expires_at.map_or(i64::MAX, Timestamp::as_millis)
}

fn bind_columns(statement: Statement, account: &Account, version: i64) -> Statement {
    let Account { owner, tenant, user, key, .. } = account;
    statement
        .bind(account.id.as_str())
        .bind(version)
        .bind(&owner.id)
        .bind(&owner.name)
        .bind(&account.label)
        .bind(&account.host)
        .bind(&tenant.id)
        .bind(&tenant.name)
        .bind(&tenant.hostname)
        .bind(&tenant.region)
        .bind(&user.id)
        .bind(&user.name)
        .bind(user.email.clone())
        .bind(user.tenant_admin.then_some(account.last_checked_at))
        .bind(key.id.clone())
        .bind(key.created_at)
        .bind(key.expires_at)
        .bind(account.status.as_str())
        .bind(json(&account.status_reasons))
        .bind(account.linked_at)
        .bind(account.updated_at)
        .bind(account.last_checked_at)
        .bind(account.unchecked_since)
        .bind(&owner.username)
        .bind(json(&account.metadata))
        .bind(account.kind.as_str())
        .bind(account.key_stored_at)
        .bind(account.check.next_at)
        .bind(i64::from(account.check.alike))
        .bind(account.check.claim.clone())
        .bind(i64::from(account.notice.warned_percent))
        .bind(account.notice.next_at)
        .bind(account.renewal.allowed_at)
        .bind(account.renewal.problem.as_ref().map(|problem| problem.code.as_str().to_owned()))
        .bind(account.renewal.problem.as_ref().map(|problem| problem.since))
        .bind(account.renewal.next_at)
        .bind(account.renewal.claim.clone())
        .bind(name_key(account))
        .bind(owner.name.to_lowercase())
        .bind(expiry_key(account))
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
    let mut change = Change::guarded(update(account))
        .then(account_terms::delete(&account.id))
        .then_all(account_terms::insert(account));
    if let Some(secret) = secret {
        change = change
            .then(credentials::upsert(&account.id, secret))
            .then(vault_keys::count_seal(&secret.key_id))
            .then_all(account.key.id.as_deref().map(|key| retired_keys::forget(&account.id, key)))
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
        self.write(replacement(account, secret, events)).await
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
