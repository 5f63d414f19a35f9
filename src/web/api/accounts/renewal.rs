//! Renewal of one account's key, allowed or stopped by a back end.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::RenewalError;
use crate::model::account::{RenewalPlan, RenewalProblemCode};
use crate::state::AppState;
use crate::web::api::accounts::view::AccountView;
use crate::web::api::answer;
use crate::web::api::auth::{AccountsWrite, Key};
use crate::web::api::body::Json;
use crate::web::error::WebError;
use crate::web::extract::Path;

/// Whether the hub makes a successor before the key expires.
#[derive(Debug, Serialize, ToSchema)]
pub struct RenewalView {
    pub allowed: bool,
    /// `null` while nothing is planned: renewal is not allowed, or the key's expiry is unknown.
    #[schema(format = DateTime)]
    pub next_at: Option<String>,
    /// Why no successor could be made. It is tried again every hour.
    pub problem: Option<RenewalProblemView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RenewalProblemView {
    #[schema(value_type = RenewalProblemName)]
    pub code: &'static str,
    #[schema(format = DateTime)]
    pub since: String,
}

/// As [`RenewalProblemCode`], for the document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RenewalProblemName {
    KeyCapReached,
    NotPermitted,
    LifeTooShort,
    Refused,
}

impl RenewalView {
    pub fn of(plan: &RenewalPlan) -> Self {
        Self {
            allowed: plan.allowed_at.is_some(),
            next_at: plan.next_at.as_ref().map(Timestamp::to_string),
            problem: plan.problem.as_ref().map(|problem| RenewalProblemView {
                code: RenewalProblemCode::as_str(problem.code),
                since: problem.since.to_string(),
            }),
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Consent {
    /// Allowed once more while there is a problem, it is tried again at once.
    #[schema(example = true)]
    pub allowed: bool,
}

/// Allow or stop renewal of an account's key
///
/// 409 if this hub does not renew keys. Say `true` only if the key's user agrees.
#[utoipa::path(post, path = "/accounts/{id}/renewal", tag = "Accounts", operation_id = "set_account_renewal",
    params(("id" = String, Path, description = "Of the account.")), request_body = Consent,
    responses((status = 200, description = "The account as it is now.", body = AccountView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["accounts:write"]), ("api_key_bearer" = ["accounts:write"])))]
pub async fn set(
    State(state): State<AppState>,
    key: Key<AccountsWrite>,
    Path(id): Path<AccountId>,
    Json(consent): Json<Consent>,
) -> Result<Response, WebError> {
    let account = state.linking.set_renewal(&id, consent.allowed, &key.caller).await;
    let account = account.map_err(|error| match error {
        RenewalError::NotFound => WebError::no_such_account(),
        RenewalError::NotOffered => WebError::renewal_off(),
        RenewalError::Store(error) => error.into(),
    })?;
    answer(StatusCode::OK, &AccountView::of(&account))
}
