//! The list of accounts as a file: all that it finds, read and sent a page at a time.

use std::io;

use async_stream::try_stream;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::Stream;
use serde_json::json;

use crate::clock::Timestamp;
use crate::model::account::Account;
use crate::model::event::Action;
use crate::state::AppState;
use crate::store::{AccountQuery, Store};
use crate::web::csv;
use crate::web::error::WebError;
use crate::web::extract::{Query, SignedIn};
use crate::web::pages::accounts::Params;

/// So many are in memory at a time.
const A_PAGE: usize = 500;
const HEAD: [&str; 17] = [
    "account_id",
    "label",
    "tenant",
    "host",
    "user_name",
    "user_email",
    "owner_id",
    "owner_name",
    "type",
    "status",
    "status_reasons",
    "key_id",
    "key_expires_at",
    "last_checked_at",
    "not_checked_since",
    "linked_at",
    "updated_at",
];

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let now = state.clock.now();
    let Params { q, status, owner, expires, .. } = &params;
    let part = json!({ "search": q, "status": status, "owner_id": owner, "expires": expires });
    state.linking.record_export(Action::AccountsExported, &admin.caller, part).await?;
    let query = AccountQuery { limit: A_PAGE, from: None, ..params.account_query(now) };
    let day = now.to_string().get(..10).unwrap_or_default().to_owned();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"accounts-{day}.csv\"")),
    ];
    Ok((headers, Body::from_stream(lines(state.store.clone(), query))).into_response())
}

/// If reading fails on the way the connection is cut, so that nobody takes a part for the whole.
fn lines(store: Store, mut query: AccountQuery) -> impl Stream<Item = io::Result<Bytes>> {
    try_stream! {
        yield Bytes::from(csv::line(HEAD));
        loop {
            let page = store.list_accounts(&query).await.map_err(io::Error::other)?;
            let lines: String = page.accounts.iter().map(line).collect();
            if !lines.is_empty() {
                yield Bytes::from(lines);
            }
            let Some(next) = page.next else { break };
            query.from = Some(next);
        }
    }
}

fn line(account: &Account) -> String {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    let reasons: Vec<&str> = account.status_reasons.iter().map(|r| r.code.as_str()).collect();
    csv::line([
        account.id.as_str(),
        &account.label,
        &account.tenant.name,
        &account.host,
        &account.user.name,
        account.user.email.as_deref().unwrap_or_default(),
        &account.owner.id,
        &account.owner.name,
        account.kind.as_str(),
        account.status.as_str(),
        &reasons.join(" "),
        account.key.id.as_deref().unwrap_or_default(),
        &at(account.key.expires_at),
        &account.last_checked_at.to_string(),
        &at(account.unchecked_since),
        &account.linked_at.to_string(),
        &account.updated_at.to_string(),
    ])
}
