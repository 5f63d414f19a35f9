//! API keys of back ends: made here, shown once, listed, and revoked.

mod new;
pub mod revoke;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::linking::ApiKeyError;
use crate::model::api_key::{ApiKey, Scope};
use crate::state::AppState;
use crate::web::components::{Problem, who};
use crate::web::error::WebError;
use crate::web::extract::{Form, Query, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::tidy;
use crate::web::pages::accounts::Moment;
use crate::web::{paths, render};

pub use new::NewApiKeyPage;

#[derive(Template)]
#[template(path = "pages/api_keys.html")]
pub struct ApiKeysPage {
    pub layout: Layout,
    pub typed_name: String,
    pub scopes: Vec<ScopeChoice>,
    pub problems: Problems,
    pub keys: Vec<Row>,
    pub revoked: Vec<Row>,
    pub notice: bool,
}

#[derive(Debug, Default)]
pub struct Problems {
    pub name: Option<Problem>,
    pub scopes: Option<Problem>,
}

/// A box to tick.
#[derive(Debug)]
pub struct ScopeChoice {
    pub value: &'static str,
    pub about: &'static str,
    pub dangerous: bool,
    pub chosen: bool,
}

#[derive(Debug)]
pub struct Row {
    pub name: String,
    pub id: String,
    pub scopes: Vec<&'static str>,
    pub dangerous: bool,
    pub made: Moment,
    pub made_by: String,
    pub used: Option<Moment>,
    pub revoke: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    revoked: String,
}

pub async fn show(
    State(state): State<AppState>,
    admin: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let keys = state.store.list_api_keys().await?;
    let page = ApiKeysPage::new(admin.layout(Nav::ApiKeys), &keys, state.clock.now());
    render(&ApiKeysPage { notice: !params.revoked.is_empty(), ..page })
}

/// Answers with the key itself, which is shown this once. A form names a scope for each ticked box.
pub async fn create(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let all = |name: &str| -> Vec<&str> {
        fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    };
    let name = all("name").first().map(|name| tidy(name)).unwrap_or_default();
    let scopes: Vec<Scope> = all("scope").into_iter().filter_map(Scope::parse).collect();
    let layout = admin.layout(Nav::ApiKeys);
    let problems = match state.linking.create_api_key(&name, &scopes, &admin.caller).await {
        Ok(new) => return render(&NewApiKeyPage::new(layout, &state.site.origin(), &new)),
        Err(ApiKeyError::Store(error)) => return Err(error.into()),
        Err(ApiKeyError::Name) => Problems {
            name: Problem::some(
                "name_missing",
                "Give it a name of at most 100 characters: the program that will use it.",
            ),
            scopes: None,
        },
        Err(ApiKeyError::NoScope) => Problems {
            name: None,
            scopes: Problem::some("scope_missing", "Choose at least one thing that it may do."),
        },
    };
    let keys = state.store.list_api_keys().await?;
    let page = ApiKeysPage::new(layout, &keys, state.clock.now());
    let page = ApiKeysPage { typed_name: name, scopes: choices(&scopes), problems, ..page };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)?).into_response())
}

impl ApiKeysPage {
    pub fn new(layout: Layout, keys: &[ApiKey], now: Timestamp) -> Self {
        let (revoked, keys): (Vec<_>, Vec<_>) =
            keys.iter().partition(|key| key.revoked_at.is_some());
        let rows = |keys: Vec<&ApiKey>| keys.into_iter().map(|key| Row::new(key, now)).collect();
        Self {
            layout,
            typed_name: String::new(),
            scopes: choices(&Scope::USUAL),
            problems: Problems::default(),
            keys: rows(keys),
            revoked: rows(revoked),
            notice: false,
        }
    }
}

fn choices(chosen: &[Scope]) -> Vec<ScopeChoice> {
    let choice = |scope: Scope| ScopeChoice {
        value: scope.as_str(),
        about: about(scope),
        dangerous: scope == Scope::CredentialsRead,
        chosen: chosen.contains(&scope),
    };
    Scope::ALL.map(choice).into()
}

/// What a scope permits, in a sentence.
pub const fn about(scope: Scope) -> &'static str {
    match scope {
        Scope::SessionsWrite => "Make links and connect sessions, and revoke them.",
        Scope::AccountsRead => "List accounts and read who they are and how they are.",
        Scope::AccountsWrite => "Test, edit, suspend, resume and unlink accounts.",
        Scope::CredentialsRead => {
            "Read the stored Qlik keys themselves. Whoever has such an API key can do at Qlik all that those keys can."
        }
        Scope::EventsRead => "Read the history: who did what, and when.",
        Scope::WebhooksWrite => {
            "List, make, change and delete webhook endpoints: say where events are sent."
        }
    }
}

impl Row {
    fn new(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            name: key.name.clone(),
            id: key.id.to_string(),
            scopes: key.scopes.iter().map(|scope| scope.as_str()).collect(),
            dangerous: key.may(Scope::CredentialsRead),
            made: Moment::of(key.created_at, now),
            made_by: who(&key.made_by),
            used: key.last_used_at.map(|at| Moment::of(at, now)),
            revoke: paths::api_key_revoke(&key.id),
        }
    }
}
