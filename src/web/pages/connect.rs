//! *Link now*: the Hub, opened by a signed-in admin.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::id::AttemptId;
use crate::linking::{Authority, ConnectRequest};
use crate::model::account::Owner;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, SignedIn};
use crate::web::hub::{Door, HubPage, Typed, press};
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
        }
    }
}

pub async fn show(
    State(state): State<AppState>,
    signed_in: SignedIn,
) -> Result<Response, WebError> {
    render(&page(&state, &signed_in, Typed::default()))
}

pub async fn connect(
    State(state): State<AppState>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(form): Form<ConnectForm>,
) -> Result<Response, WebError> {
    let typed = form.typed();
    let request = ConnectRequest {
        tenant_name: typed.tenant_name.clone(),
        region: typed.region.clone(),
        api_key: form.api_key,
        authority: Authority::Admin(Owner {
            id: typed.owner_id.clone(),
            name: typed.owner_name.clone(),
            username: String::new(),
        }),
        caller: signed_in.caller.clone(),
    };
    let page = page(&state, &signed_in, typed);
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

fn page(state: &AppState, signed_in: &SignedIn, typed: Typed) -> HubPage {
    let layout = signed_in.layout(Nav::Connect);
    HubPage::new(layout, Door::admin(), &state.site.base_domains, typed)
}
