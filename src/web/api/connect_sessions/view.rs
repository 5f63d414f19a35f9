//! A connect session as the API tells it: the contract's fields, then ours.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::linking::NewSession;
use crate::model::connect_session::ConnectSession;
use crate::model::event::Actor;
use crate::state::Site;
use crate::web::api::PROVIDER;

/// The contract has numbers for organisation and project; a hub is one of each.
const ORGANIZATION_ID: i64 = 1;
const PROJECT_ID: &str = "linkhub";

/// A permission to link, without its token.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectSessionView {
    /// The contract's number of the session; `connect_session_id` names it in paths.
    #[schema(example = 7_183_000_000_000_123_i64)]
    pub id: i64,
    pub organization_id: i64,
    pub project_id: &'static str,
    #[schema(example = "customer-1")]
    pub origin_owner_id: String,
    #[schema(example = "My Company")]
    pub origin_owner_name: String,
    pub origin_username: Option<String>,
    #[schema(example = "qlik")]
    pub provider: &'static str,
    pub categories: Vec<String>,
    /// The account that it renews.
    pub account_id: Option<String>,
    pub label: Option<String>,
    #[schema(value_type = Object)]
    pub metadata: Map<String, Value>,
    #[serde(rename = "type")]
    #[schema(example = "production")]
    pub kind: &'static str,
    pub external_trigger_token: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,

    #[schema(example = "lhc_0198f0c2a1b37abc8def000000000000")]
    pub connect_session_id: String,
    /// `open`, `used`, `revoked`, `blocked` (too many refused keys) or `expired`.
    #[schema(example = "open")]
    pub state: &'static str,
    #[schema(format = DateTime)]
    pub expires_at: String,
    #[schema(format = DateTime)]
    pub opened_at: Option<String>,
    #[schema(format = DateTime)]
    pub completed_at: Option<String>,
    /// What was linked with it last.
    pub linked_account_id: Option<String>,
    pub multiple: bool,
    pub single_use: bool,
    pub allowed_origins: Vec<String>,
    pub success_url: Option<String>,
    pub language: Option<&'static str>,
    pub note: String,
    pub made_by: MadeBy,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MadeBy {
    /// `api_key`, `admin`, `visitor` or `system`.
    #[schema(example = "api_key")]
    pub kind: &'static str,
    /// Of an API key; its name need not be the only one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
}

impl MadeBy {
    pub fn of(actor: &Actor) -> Self {
        let id = match actor {
            Actor::ApiKey { id, .. } => Some(id.to_string()),
            _ => None,
        };
        Self { kind: actor.kind(), id, name: actor.name().to_owned() }
    }
}

pub fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

impl ConnectSessionView {
    pub fn of(session: &ConnectSession, now: Timestamp) -> Self {
        let terms = &session.terms;
        let moment = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Self {
            id: session.id.number(),
            organization_id: ORGANIZATION_ID,
            project_id: PROJECT_ID,
            origin_owner_id: terms.owner.id.clone(),
            origin_owner_name: terms.owner.name.clone(),
            origin_username: given(&terms.owner.username),
            provider: PROVIDER,
            categories: terms.categories.clone(),
            account_id: terms.account_id.as_ref().map(ToString::to_string),
            label: given(&terms.label),
            metadata: terms.metadata.clone(),
            kind: terms.kind.as_str(),
            external_trigger_token: None,
            created_at: session.created_at.to_string(),
            connect_session_id: session.id.to_string(),
            state: session.state(now).as_str(),
            expires_at: session.expires_at.to_string(),
            opened_at: moment(session.opened_at),
            completed_at: moment(session.completed_at),
            linked_account_id: session.linked_account_id.as_ref().map(ToString::to_string),
            multiple: terms.multiple,
            single_use: !terms.reusable,
            allowed_origins: terms.allowed_origins.iter().map(ToString::to_string).collect(),
            success_url: terms.success_url.as_ref().map(ToString::to_string),
            language: terms.language.map(crate::model::language::Language::as_str),
            note: terms.note.clone(),
            made_by: MadeBy::of(&session.made_by),
        }
    }
}

/// A new session with what opens it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedConnectSession {
    #[serde(flatten)]
    pub session: ConnectSessionView,
    /// Opens the Hub. It is not shown again.
    #[schema(example = "lhc_0198f0c2a1b37abc8def000000000000.kTnX2g…")]
    pub token: String,
    /// Opens the Hub without any other page first.
    #[schema(
        example = "https://link.example.com/hub/lhc_0198f0c2a1b37abc8def000000000000.kTnX2g…"
    )]
    pub auth_link_url: String,
}

impl CreatedConnectSession {
    pub fn of(made: &NewSession, site: &Site, now: Timestamp) -> Self {
        let token = made.token.reveal().to_string();
        Self {
            session: ConnectSessionView::of(&made.session, now),
            auth_link_url: format!("{}/hub/{token}", site.origin()),
            token,
        }
    }
}
