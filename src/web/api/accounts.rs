//! Accounts: listed, read, edited, checked, suspended, resumed and unlinked by a back end.

mod filter;
pub mod outcome;
pub mod patch;
pub mod renewal;
pub mod view;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use secrecy::ExposeSecret as _;

use crate::id::AccountId;
use crate::linking::{CheckError, CredentialError, EditError, SuspendError, UnlinkError};
use crate::model::failure::FailureCode;
use crate::state::AppState;
use crate::store::SortBy;
use crate::web::api::auth::{AccountsRead, AccountsWrite, CredentialsRead, Key};
use crate::web::api::body::Json;
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::api::{PROVIDER, answer, paging};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::paths;

use outcome::{UnlinkedView, VerifiedView};
use patch::AccountPatch;
use view::{AccountView, Category, CredentialView, Meta};

/// List accounts, the newest first
///
/// Filters of different names narrow each other, values of one name widen.
#[utoipa::path(get, path = "/accounts", tag = "Accounts", operation_id = "list_linked_accounts",
    params(filter::AccountFilter),
    responses((status = 200, description = "The accounts.", body = [AccountView],
            headers(("Link" = String, description = "The next and the previous page, rel=\"next\" and rel=\"prev\"."))),
        (status = 404, description = "The cursor is not of this list."), (status = 422)),
    security(("api_key_basic" = ["accounts:read"]), ("api_key_bearer" = ["accounts:read"])))]
pub async fn list(
    State(state): State<AppState>,
    _: Key<AccountsRead>,
    params: Params,
) -> Result<Response, WebError> {
    let Some(query) = filter::read(&params)? else {
        return answer(StatusCode::OK, &[(); 0]);
    };
    let page = state.store.list_accounts(&query).await?;
    let views: Vec<_> = page.accounts.iter().map(AccountView::of).collect();
    let places = [
        ("next", page.next.map(|cursor| cursor.encode())),
        ("prev", page.previous.map(|cursor| cursor.encode())),
    ];
    let response = answer(StatusCode::OK, &views)?;
    Ok(paging::link(response, &state.site, paths::API_ACCOUNTS, &params, &places))
}

/// Read one account
#[utoipa::path(get, path = "/accounts/{id}", tag = "Accounts", operation_id = "get_account",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "The account.", body = AccountView), (status = 404)),
    security(("api_key_basic" = ["accounts:read"]), ("api_key_bearer" = ["accounts:read"])))]
pub async fn show(
    State(state): State<AppState>,
    _: Key<AccountsRead>,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let account = state.store.find_account(&id).await?.ok_or(WebError::no_such_account())?;
    answer(StatusCode::OK, &AccountView::of(&account))
}

/// Change what an account is called, whose it is and what is kept with it
///
/// What is not given, or `null`, stays; the stored key is never changed here. StackOne's client always
/// sends `type`: say `test` again for a test account.
#[utoipa::path(patch, path = "/accounts/{id}", tag = "Accounts", operation_id = "update_account",
    params(("id" = String, Path, description = "Of the account.")), request_body = AccountPatch,
    responses((status = 200, description = "The account as it is now.", body = AccountView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["accounts:write"]), ("api_key_bearer" = ["accounts:write"])))]
pub async fn edit(
    State(state): State<AppState>,
    key: Key<AccountsWrite>,
    Path(id): Path<AccountId>,
    Json(patch): Json<AccountPatch>,
) -> Result<Response, WebError> {
    let edit = patch.read()?;
    let edited = state.linking.edit(&id, &edit, &key.caller).await;
    let account = edited.map_err(|error| match error {
        EditError::NotFound => WebError::no_such_account(),
        EditError::OwnerTaken => WebError::owner_taken(),
        EditError::MetadataTooLarge => {
            let mut problems = Problems::default();
            problems.add("metadata", "With what is kept already it would have more than 8 KiB.");
            problems.into()
        }
        EditError::SecretDamaged(_) => FailureCode::SecretDamaged.into(),
        EditError::Store(error) => error.into(),
    })?;
    answer(StatusCode::OK, &AccountView::of(&account))
}

/// Unlink an account
///
/// Its stored key is shredded, its history stays. With `delete_key=true` the key is also deleted at
/// Qlik; the answer says whether that worked.
#[utoipa::path(delete, path = "/accounts/{id}", tag = "Accounts", operation_id = "delete_account",
    params(("id" = String, Path, description = "Of the account."),
        ("delete_key" = Option<bool>, Query, description = "Whether the key is also deleted at Qlik.")),
    responses((status = 200, description = "The account as it was.", body = UnlinkedView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["accounts:write"]), ("api_key_bearer" = ["accounts:write"])))]
pub async fn unlink(
    State(state): State<AppState>,
    key: Key<AccountsWrite>,
    Path(id): Path<AccountId>,
    params: Params,
) -> Result<Response, WebError> {
    let mut problems = Problems::default();
    let delete_key = params.flag("delete_key", &mut problems);
    problems.none()?;
    let unlinked = state.linking.unlink(id, delete_key, key.caller).await;
    let unlinked = unlinked.map_err(|error| match error {
        UnlinkError::NotFound => WebError::no_such_account(),
        UnlinkError::Busy => FailureCode::NotSaved.into(),
        UnlinkError::Store(error) => error.into(),
    })?;
    answer(StatusCode::OK, &UnlinkedView::of(&unlinked))
}

/// What kind of account it is, as the contract asks
#[utoipa::path(get, path = "/accounts/{id}/meta", tag = "Accounts", operation_id = "get_account_meta_info",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "Always the same, for every account that there is.", body = Meta),
        (status = 404)),
    security(("api_key_basic" = ["accounts:read"]), ("api_key_bearer" = ["accounts:read"])))]
pub async fn meta(
    State(state): State<AppState>,
    _: Key<AccountsRead>,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    state.store.find_account(&id).await?.ok_or(WebError::no_such_account())?;
    let models = serde_json::Map::new();
    answer(StatusCode::OK, &Meta { provider: PROVIDER, category: Category::Analytics, models })
}

/// Ask Qlik now whether the stored key works
///
/// The answer is 200 whatever Qlik says: `verification` tells it, and the account shows it.
#[utoipa::path(post, path = "/accounts/{id}/verify", tag = "Accounts", operation_id = "verify_account",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "The account, and what Qlik said.", body = VerifiedView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["accounts:write"]), ("api_key_bearer" = ["accounts:write"])))]
pub async fn verify(
    State(state): State<AppState>,
    key: Key<AccountsWrite>,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let checked = state.linking.check(&id, &key.caller).await.map_err(|error| match error {
        CheckError::NotFound => WebError::no_such_account(),
        CheckError::Store(error) => error.into(),
    })?;
    answer(StatusCode::OK, &VerifiedView::of(&checked))
}

/// Suspend an account: its key is kept, but handed to nobody
#[utoipa::path(post, path = "/accounts/{id}/suspend", tag = "Accounts", operation_id = "suspend_account",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "The account as it is now.", body = AccountView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["accounts:write"]), ("api_key_bearer" = ["accounts:write"])))]
pub async fn suspend(
    State(state): State<AppState>,
    key: Key<AccountsWrite>,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let account = state.linking.suspend(&id, &key.caller).await.map_err(not_turned)?;
    answer(StatusCode::OK, &AccountView::of(&account))
}

/// Resume a suspended account
#[utoipa::path(post, path = "/accounts/{id}/resume", tag = "Accounts", operation_id = "resume_account",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "The account as it is now.", body = AccountView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["accounts:write"]), ("api_key_bearer" = ["accounts:write"])))]
pub async fn resume(
    State(state): State<AppState>,
    key: Key<AccountsWrite>,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let account = state.linking.resume(&id, &key.caller).await.map_err(not_turned)?;
    answer(StatusCode::OK, &AccountView::of(&account))
}

fn not_turned(error: SuspendError) -> WebError {
    match error {
        SuspendError::NotFound => WebError::no_such_account(),
        SuspendError::Store(error) => error.into(),
    }
}

/// Read the stored Qlik key
///
/// Who read it is written to the account's history before it is handed out.
#[utoipa::path(get, path = "/accounts/{id}/credentials", tag = "Accounts", operation_id = "get_account_credentials",
    params(("id" = String, Path, description = "Of the account.")),
    responses((status = 200, description = "The key, and where it works.", body = CredentialView),
        (status = 404), (status = 412), (status = 422)),
    security(("api_key_basic" = ["credentials:read"]), ("api_key_bearer" = ["credentials:read"])))]
pub async fn credentials(
    State(state): State<AppState>,
    key: Key<CredentialsRead>,
    Path(id): Path<AccountId>,
) -> Result<Response, WebError> {
    let read = state.linking.read_credential(&id, &key.caller).await;
    let credential = read.map_err(|error| match error {
        CredentialError::NotFound => WebError::no_such_account(),
        CredentialError::Suspended => WebError::account_suspended(),
        CredentialError::SecretDamaged(_) => FailureCode::SecretDamaged.into(),
        CredentialError::Store(error) => error.into(),
    })?;
    let view = CredentialView::of(&credential.account, credential.api_key.expose_secret());
    answer(StatusCode::OK, &view)
}

/// The order of the list, which a cursor belongs to.
const SORT: SortBy = SortBy::Linked;
