//! Linking and renewing with the token of a session.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::id::AccountId;
use crate::linking::{Authority, ConnectRequest};
use crate::model::account::Account;
use crate::model::failure::{Failure, FailureCode};
use crate::model::identity::QlikUser;
use crate::model::language::Language;
use crate::qlik::TenantAddress;
use crate::state::AppState;
use crate::web::api::body::Json;
use crate::web::api::hub::door::{OpenSession, Visit};
use crate::web::api::problems::Problems;
use crate::web::api::{PROVIDER, answer};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::hub::Typed;
use crate::web::texts;

/// With it begins what stands in the place of a key that is not told.
const REDACTION: &str = "__secretvalue:";

/// What a person typed. Whatever else the browser sends is ignored, above all an owner.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Submission {
    /// `qlik`.
    #[schema(pattern = "^qlik$", example = "qlik")]
    integration_id: Option<String>,
    credentials: TypedCredentials,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TypedCredentials {
    /// Or the whole address of the tenant.
    #[serde(default)]
    #[schema(example = "my-company")]
    tenant_name: String,
    #[serde(default)]
    #[schema(example = "us")]
    region: String,
    /// Without it the stored key is tested, when an account is renewed.
    #[serde(default, deserialize_with = "secret")]
    #[schema(value_type = Option<String>)]
    api_key: SecretString,
    /// The Qlik user whose key may take the place of another user's, when an account is renewed: the
    /// `data.replaceUser` of the answer `user_differs`, after a person was asked.
    #[schema(example = "65f1a2b3c4d5e6f708192a3b")]
    replace_user: Option<String>,
    /// `allow`: the hub may make a successor before the key expires, if it offers that.
    #[serde(default)]
    #[schema(example = "allow")]
    renewal: Option<String>,
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    Ok(text.unwrap_or_default().into())
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LinkedAccount {
    #[schema(example = "acc_0198f0c2a1b37abc8def000000000000")]
    pub id: String,
    #[schema(example = "qlik")]
    pub provider: &'static str,
}

/// Link an account, or renew the one that the session is for
#[utoipa::path(post, path = "/hub/accounts", tag = "Hub", operation_id = "hub_create_account",
    request_body = Submission,
    responses((status = 201, description = "The account is linked.", body = LinkedAccount),
        (status = 404), (status = 409), (status = 410), (status = 422), (status = 502), (status = 504)),
    security(("hub_token" = [])))]
pub async fn link(
    State(state): State<AppState>,
    open: OpenSession,
    Json(submission): Json<Submission>,
) -> Result<Response, WebError> {
    let existing = state.linking.account_renewed_by(&open.session).await?;
    let id = connect(&state, open, submission, existing).await?;
    answer(StatusCode::CREATED, &LinkedAccount { id: id.to_string(), provider: PROVIDER })
}

/// Renew the account that the session is for
///
/// Without a key the stored one is tested. A key that Qlik refuses changes nothing.
#[utoipa::path(patch, path = "/hub/accounts/{id}", tag = "Hub", operation_id = "hub_update_account",
    params(("id" = String, Path, description = "Of the account.")), request_body = Submission,
    responses((status = 200, description = "The account has the new key.", body = LinkedAccount),
        (status = 404), (status = 409), (status = 410), (status = 422), (status = 502), (status = 504)),
    security(("hub_token" = [])))]
pub async fn renew(
    State(state): State<AppState>,
    open: OpenSession,
    Path(id): Path<AccountId>,
    Json(submission): Json<Submission>,
) -> Result<Response, WebError> {
    let existing =
        state.linking.account_renewed_by(&open.session).await?.filter(|account| account.id == id);
    let existing = existing.ok_or(WebError::no_such_account())?;
    let id = connect(&state, open, submission, Some(existing)).await?;
    answer(StatusCode::OK, &LinkedAccount { id: id.to_string(), provider: PROVIDER })
}

async fn connect(
    state: &AppState,
    open: OpenSession,
    submission: Submission,
    existing: Option<Account>,
) -> Result<AccountId, WebError> {
    if submission.integration_id.is_some_and(|id| id != PROVIDER) {
        let mut problems = Problems::default();
        problems.add("integration_id", "It must be qlik.");
        return Err(problems.into());
    }
    let TypedCredentials { tenant_name, region, api_key, replace_user, renewal } =
        submission.credentials;
    let OpenSession { session, caller, language } = open;
    let typed = Typed { tenant_name, region, ..Typed::default() };
    let mut host = typed.host(&state.site.base_domains);
    if let (true, Some(existing)) = (host.is_empty(), &existing) {
        host.clone_from(&existing.host);
    }
    if api_key.expose_secret().trim_start().starts_with(REDACTION) {
        return Err(refused(&FailureCode::KeyMissing.into(), &host, language));
    }
    let request = ConnectRequest {
        tenant_name: typed.tenant_name,
        region: typed.region,
        api_key,
        replace_user,
        renewal: renewal.map(|renewal| renewal == "allow"),
        authority: Authority::Session(Box::new(session)),
        caller,
    };
    let linked = state.linking.connect_or_check(request, existing).await;
    linked.map_err(|failure| refused(&failure, &host, language))
}

fn refused(failure: &Failure, host: &str, language: Language) -> WebError {
    let error = WebError::of_failure(failure, host, language);
    let step = failure.step.as_str();
    let Some(users) = &failure.users else { return error.with(json!({ "step": step })) };
    let told = |user: &QlikUser| json!({ "id": user.id, "name": user.name, "email": user.email });
    let names = [("linked", users.linked.name.as_str()), ("offered", users.offered.name.as_str())];
    // A component has no box to tick.
    let next_step = texts::with(language, "hub-replace-elsewhere", &names);
    let data = json!({
        "step": step,
        "linked_user": told(&users.linked),
        "offered_user": told(&users.offered),
        "replaceUser": users.offered.id,
    });
    WebError { next_step, ..error }.with(data)
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountForEdit {
    pub secure_id: String,
    pub provider: &'static str,
    #[schema(value_type = Object)]
    pub setup_information: Value,
    #[schema(value_type = Object)]
    pub secrets: Value,
    pub version: &'static str,
    pub auth_config_key: &'static str,
    pub environment: &'static str,
    pub integration_id: &'static str,
}

/// See the account that the session renews; its key is not told
#[utoipa::path(get, path = "/hub/accounts/{id}", tag = "Hub", operation_id = "hub_account",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "What the form is filled with.", body = AccountForEdit),
        (status = 404), (status = 410)),
    security(("hub_token" = [])))]
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, WebError> {
    let open = match visit {
        Visit::Open(open) => open,
        Visit::Closed { told: true, .. } => {
            return answer(StatusCode::OK, &AccountForEdit::of("", json!({}), json!({})));
        }
        Visit::Closed { error, .. } => return Err(error),
    };
    let account = state.linking.account_renewed_by(&open.session).await?;
    let account = account.filter(|account| account.id.as_str() == id);
    let account = account.ok_or(WebError::no_such_account())?;
    let mut secrets = Map::new();
    if let Some(ending) = state.linking.key_ending(&account.id).await? {
        secrets.insert("apiKey".to_owned(), json!(format!("{REDACTION}**redacted**{ending}")));
    }
    let address = TenantAddress::of_hostname(&account.host, &state.site.base_domains);
    let setup = match &address {
        // Another domain than the first cannot be told by a bare name.
        Ok(address)
            if Some(address.base_domain())
                == state.site.base_domains.first().map(String::as_str) =>
        {
            json!({ "tenantName": address.tenant(), "region": address.region() })
        }
        _ => json!({ "tenantName": account.host, "region": account.tenant.region }),
    };
    answer(StatusCode::OK, &AccountForEdit::of(&id, setup, json!(secrets)))
}

impl AccountForEdit {
    fn of(id: &str, setup_information: Value, secrets: Value) -> Self {
        Self {
            secure_id: id.to_owned(),
            provider: PROVIDER,
            setup_information,
            secrets,
            version: "1",
            auth_config_key: "api_key",
            environment: "production",
            integration_id: PROVIDER,
        }
    }
}
