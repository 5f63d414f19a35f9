//! *Link now* and *Reconnect*: the Hub, opened by a signed-in admin.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::id::{AccountId, AttemptId};
use crate::linking::{Authority, ConnectRequest};
use crate::model::account::{Account, Owner};
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Query, SignedIn};
use crate::web::hub::{Door, HubPage, Renewal, Typed, answer_to_offer, press};
use crate::web::layout::Nav;
use crate::web::pages::account::tidy;
use crate::web::render;

/// A field that is missing is a field left empty: both are answered with what to type there.
#[derive(Debug, Deserialize)]
pub struct ConnectForm {
    #[serde(default)]
    tenant_name: String,
    #[serde(default)]
    region: String,
    #[serde(default, deserialize_with = "secret")]
    api_key: SecretString,
    #[serde(default)]
    owner_id: String,
    #[serde(default)]
    owner_name: String,
    #[serde(default)]
    replace_user: String,
    #[serde(default)]
    renewal_offered: String,
    #[serde(default)]
    renewal: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The account that gets a new key.
    account: Option<String>,
}

/// A key goes from the form straight into what cannot be printed.
pub fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

impl ConnectForm {
    fn typed(&self) -> Typed {
        let trimmed = |text: &str| text.trim().to_owned();
        Typed {
            tenant_name: trimmed(&self.tenant_name),
            region: trimmed(&self.region),
            owner_id: tidy(&self.owner_id),
            owner_name: tidy(&self.owner_name),
            renewal: answer_to_offer(&self.renewal_offered, &self.renewal),
        }
    }
}

pub async fn show(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let renewed = renewed(&state, params).await?;
    render(&page(&state, &signed_in, renewed.as_ref(), Typed::default()))
}

async fn renewed(state: &AppState, params: Params) -> Result<Option<Account>, WebError> {
    let Some(id) = params.account else { return Ok(None) };
    let id = AccountId::try_from(id).map_err(|_| WebError::not_found())?;
    state.store.find_account(&id).await?.ok_or(WebError::not_found()).map(Some)
}

pub async fn connect(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Query(params): Query<Params>,
    headers: HeaderMap,
    Form(form): Form<ConnectForm>,
) -> Result<Response, WebError> {
    let renewed = renewed(&state, params).await?;
    let typed = form.typed();
    let page = page(&state, &signed_in, renewed.as_ref(), typed.clone());
    let request = ConnectRequest {
        tenant_name: typed.tenant_name.clone(),
        region: typed.region.clone(),
        api_key: form.api_key,
        renewal: typed.renewal,
        replace_user: Some(form.replace_user).filter(|user| !user.is_empty()),
        authority: match renewed {
            Some(account) => Authority::Renewal(Box::new(account)),
            None => Authority::Admin(Owner {
                id: typed.owner_id,
                name: typed.owner_name,
                username: String::new(),
            }),
        },
        caller: signed_in.caller.clone(),
    };
    press::connect(state, &headers, page, request, signed_in.who.session_id.as_str()).await
}

/// Cancels an attempt of this session.
pub async fn cancel(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<AttemptId>,
) -> Response {
    press::cancelled(state.linking.cancel_attempt(signed_in.who.session_id.as_str(), &id))
}

fn page(
    state: &AppState,
    signed_in: &SignedIn,
    renewed: Option<&Account>,
    typed: Typed,
) -> HubPage {
    let layout = signed_in.layout(Nav::Connect);
    let domains = &state.site.base_domains;
    let mut door = renewed.map_or_else(Door::admin, |account| {
        Door::renewing(Renewal::of(account, domains, state.clock.now(), layout.language))
    });
    door.offers_renewal = state.linking.rules().renewal;
    HubPage::new(layout, door, domains, typed)
}
