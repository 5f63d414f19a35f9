//! An account as the API tells it: the contract's fields, then ours. Never the key.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::model::account::{Account, StatusReason};
use crate::web::api::accounts::filter::Status;
use crate::web::api::accounts::renewal::RenewalView;
use crate::web::api::connect_sessions::view::given;
use crate::web::api::{PROVIDER, PROVIDER_NAME};
use crate::web::words;

#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    #[schema(example = "acc_0198f0c2a1b37abc8def000000000000")]
    pub id: String,
    #[schema(example = "qlik")]
    pub provider: &'static str,
    #[schema(example = "Qlik Cloud")]
    pub provider_name: &'static str,
    #[schema(value_type = Status)]
    pub status: &'static str,
    pub status_reasons: Vec<Reason>,
    /// Empty if no owner was named.
    #[schema(example = "customer-1")]
    pub origin_owner_id: String,
    #[schema(example = "My Company")]
    pub origin_owner_name: String,
    pub origin_username: Option<String>,
    pub credentials: Credentials,
    pub setup_information: SetupInformation,
    pub label: Option<String>,
    #[serde(rename = "type")]
    #[schema(example = "production")]
    pub kind: &'static str,
    #[schema(format = DateTime)]
    pub created_at: String,
    #[schema(format = DateTime)]
    pub updated_at: String,

    /// Of the key. `null` is unknown, not never.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// The last time that Qlik gave a definite answer about the key.
    #[schema(format = DateTime)]
    pub last_checked_at: String,
    /// Since when checks have found no definite answer, because of an outage, a limit or a timeout.
    #[schema(format = DateTime)]
    pub not_checked_since: Option<String>,
    pub renewal: RenewalView,
    pub tenant: TenantView,
    pub user: UserView,
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    #[schema(format = DateTime)]
    pub linked_at: String,
}

/// Why a status is what it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reason {
    #[schema(example = "key_revoked")]
    pub code: String,
    pub description: String,
    #[schema(format = DateTime)]
    pub timestamp: String,
}

/// What is known of the key, which is not told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Credentials {
    #[serde(rename = "type")]
    #[schema(example = "api_key")]
    pub kind: &'static str,
    /// The key's id at Qlik.
    pub key_id: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: Option<String>,
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SetupInformation {
    /// The address that was typed.
    #[schema(example = "my-company.us.qlikcloud.com")]
    pub host: String,
    #[schema(example = "us")]
    pub region: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TenantView {
    pub id: String,
    #[schema(example = "My Company")]
    pub name: String,
    /// Permanent: it is never given to another tenant.
    #[schema(example = "xzoau8xi93gyfo0.us.qlikcloud.com")]
    pub hostname: String,
    #[schema(example = "us")]
    pub region: String,
    /// The address that was typed.
    #[schema(example = "my-company.us.qlikcloud.com")]
    pub host: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct UserView {
    pub id: String,
    #[schema(example = "Jane Doe")]
    pub name: String,
    #[schema(example = "jane.doe@example.com")]
    pub email: Option<String>,
    /// The key can then do everything in the tenant.
    pub tenant_admin: bool,
}

impl AccountView {
    pub fn of(account: &Account) -> Self {
        let Account { tenant, user, key, owner, .. } = account;
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
        let reason = |reason: &StatusReason| Reason {
            code: reason.code.clone(),
            description: words::title_of(&reason.code, &account.host),
            timestamp: reason.timestamp.to_string(),
        };
        Self {
            id: account.id.to_string(),
            provider: PROVIDER,
            provider_name: PROVIDER_NAME,
            status: account.status.as_str(),
            status_reasons: account.status_reasons.iter().map(reason).collect(),
            origin_owner_id: owner.id.clone(),
            origin_owner_name: owner.name.clone(),
            origin_username: given(&owner.username),
            credentials: Credentials {
                kind: "api_key",
                key_id: key.id.clone(),
                created_at: moment(key.created_at),
                expires_at: moment(key.expires_at),
            },
            setup_information: SetupInformation {
                host: account.host.clone(),
                region: tenant.region.clone(),
            },
            label: given(&account.label),
            kind: account.kind.as_str(),
            created_at: account.linked_at.to_string(),
            updated_at: account.updated_at.to_string(),
            expires_at: moment(key.expires_at),
            last_checked_at: account.last_checked_at.to_string(),
            not_checked_since: moment(account.unchecked_since),
            renewal: RenewalView::of(&account.renewal),
            tenant: TenantView {
                id: tenant.id.clone(),
                name: tenant.name.clone(),
                hostname: tenant.hostname.clone(),
                region: tenant.region.clone(),
                host: account.host.clone(),
            },
            user: UserView {
                id: user.id.clone(),
                name: user.name.clone(),
                email: user.email.clone(),
                tenant_admin: user.tenant_admin,
            },
            metadata: account.metadata.clone(),
            linked_at: account.linked_at.to_string(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Meta {
    #[schema(example = "qlik")]
    pub provider: &'static str,
    pub category: Category,
    #[schema(value_type = Object)]
    pub models: Map<String, Value>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    Analytics,
}

/// A key to be used, and where.
#[derive(Serialize, ToSchema)]
pub struct CredentialView {
    pub account_id: String,
    #[serde(rename = "type")]
    #[schema(example = "api_key")]
    pub kind: &'static str,
    /// Send it as `Authorization: Bearer`.
    pub api_key: String,
    /// Of the tenant's permanent address.
    #[schema(example = "https://xzoau8xi93gyfo0.us.qlikcloud.com")]
    pub base_url: String,
    pub key_id: Option<String>,
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

impl CredentialView {
    pub fn of(account: &Account, api_key: &str) -> Self {
        Self {
            account_id: account.id.to_string(),
            kind: "api_key",
            api_key: api_key.to_owned(),
            base_url: format!("https://{}", account.tenant.hostname),
            key_id: account.key.id.clone(),
            expires_at: account.key.expires_at.map(|at| at.to_string()),
        }
    }
}
