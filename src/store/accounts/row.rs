//! An account as the row that it is.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::{
    Account, AccountKind, AccountStatus, CheckPlan, NoticePlan, Owner, RenewalPlan, RenewalProblem,
    RenewalProblemCode,
};
use crate::model::identity::{KeyRecord, QlikUser, Tenant};
use crate::store::StoreError;
use crate::store::accounts::{expiry_key, name_key};
use crate::store::sql::{Statement, json};

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
pub(in crate::store) use columns;

#[derive(FromRow)]
pub(in crate::store) struct AccountRow {
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

/// The columns in their order, then what lists are sorted by.
pub(super) fn bind_columns(statement: Statement, account: &Account, version: i64) -> Statement {
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
