//! Which accounts a list shows.

use utoipa::IntoParams;

use crate::id::AccountId;
use crate::model::account::AccountStatus;
use crate::store::{AccountQuery, Cursor};
use crate::web::api::accounts::SORT;
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::api::{PROVIDER, paging};
use crate::web::error::WebError;

/// Those of the contract that no account of ours ever has.
const NEVER: [&str; 2] = ["inactive", "archived"];

#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes the query, which Params reads")]
pub struct AccountFilter {
    /// Counted from 1. The header Link is quicker for long lists.
    #[param(minimum = 1, maximum = 10_000)]
    page: Option<usize>,
    /// How many; 25 if not given.
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<usize>,
    /// A place in the list, from the header Link; `page` is ignored beside it.
    cursor: Option<String>,
    #[param(max_items = 100, max_length = 200)]
    account_ids: Option<Vec<String>>,
    #[param(max_length = 200)]
    origin_owner_id: Option<String>,
    #[param(max_items = 99, max_length = 200)]
    origin_owner_ids: Option<Vec<String>>,
    /// Every account is of `qlik`, so any other finds none.
    #[param(max_length = 200)]
    provider: Option<String>,
    #[param(max_items = 99, max_length = 200)]
    providers: Option<Vec<String>>,
    #[param(max_items = 100, value_type = Option<Vec<Status>>)]
    status: Option<Vec<String>>,
}

/// `inactive` and `archived` are part of the contract; no account here is ever so.
#[derive(Debug, utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a text")]
pub enum Status {
    Active,
    Inactive,
    Suspended,
    Archived,
    Expired,
    Error,
}

/// `None` if no account can be meant.
pub fn read(params: &Params) -> Result<Option<AccountQuery>, WebError> {
    let mut problems = Problems::default();
    let page = params.number("page", 1..=paging::LAST_PAGE, &mut problems);
    let limit = paging::page_size(params, &mut problems);
    let ids = params.all("account_ids", &mut problems);
    let owners = params.all("origin_owner_ids", &mut problems);
    let owner = params.one("origin_owner_id").map(str::to_owned);
    let providers = params.all("providers", &mut problems);
    let provider = params.all("provider", &mut problems);
    let (statuses, named) = statuses(params, &mut problems);
    params.all("origin_owner_id", &mut problems);
    problems.none()?;

    let cursor = params.one("cursor");
    let from = cursor.map(|text| Cursor::decode(text, SORT).ok_or(WebError::no_such_place()));
    let from = from.transpose()?;
    let is_ours = |names: &[String]| names.is_empty() || names.iter().any(|name| name == PROVIDER);
    // Both filters of the owner narrow each other.
    let owner_ids = match (owner, owners) {
        (None, owners) => owners,
        (Some(owner), owners) if owners.is_empty() || owners.contains(&owner) => vec![owner],
        (Some(_), _) => return Ok(None),
    };
    // No text that is stored has this character, and PostgreSQL refuses to look for it.
    let wanted = !owner_ids.is_empty();
    let owner_ids: Vec<String> = owner_ids.into_iter().filter(|id| !id.contains('\0')).collect();
    let nobody = wanted && owner_ids.is_empty();
    if nobody || (named && statuses.is_empty()) || !is_ours(&provider) || !is_ours(&providers) {
        return Ok(None);
    }
    let known = |ids: Vec<String>| ids.into_iter().filter_map(|id| AccountId::try_from(id).ok());
    let skip = if from.is_some() { 0 } else { (page.unwrap_or(1) - 1) * limit };
    Ok(Some(AccountQuery {
        ids: Some(ids).filter(|ids| !ids.is_empty()).map(|ids| known(ids).collect()),
        statuses,
        owner_ids,
        sort: SORT,
        descending: true,
        from,
        skip,
        limit,
        ..AccountQuery::default()
    }))
}

/// Those that are asked for and can be, and whether any was asked for.
fn statuses(params: &Params, problems: &mut Problems) -> (Vec<AccountStatus>, bool) {
    let names = params.all("status", problems);
    let is_known =
        |name: &String| NEVER.contains(&name.as_str()) || AccountStatus::parse(name).is_some();
    if !names.iter().all(is_known) {
        let known = AccountStatus::ALL.map(AccountStatus::as_str).join(", ");
        problems.add("status", format!("Each must be one of {known}, {}.", NEVER.join(", ")));
    }
    (names.iter().filter_map(|name| AccountStatus::parse(name)).collect(), !names.is_empty())
}
