//! The Hub opened by the token of a connect session: an auth link, or a frame in a vendor's page. The token
//! is all the authority there is; no cookie is read.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::id::AttemptId;
use crate::linking::{Authority, CancelOutcome, ConnectRequest};
use crate::model::connect_session::{ConnectSession, Origin};
use crate::model::failure::FailureCode;
use crate::model::language::Language;
use crate::secret::PlainToken;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, Query, Visitor};
use crate::web::hub::{Door, HubPage, Renewal, Typed, answer_to_offer, press};
use crate::web::language::{Spoken, varied};
use crate::web::layers::{Framing, compressible};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::connect::secret;
use crate::web::pages::link::LinkPage;
use crate::web::render;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Params {
    /// The page that frames the Hub says who it is; the browser holds it to that.
    origin: String,
}

/// What a person types, and what the page says again of how it was opened.
#[derive(Debug, Deserialize)]
pub struct HubForm {
    #[serde(default, deserialize_with = "secret")]
    token: SecretString,
    #[serde(default)]
    origin: String,
    #[serde(default)]
    tenant_name: String,
    #[serde(default)]
    region: String,
    #[serde(default, deserialize_with = "secret")]
    api_key: SecretString,
    #[serde(default)]
    replace_user: String,
    #[serde(default)]
    renewal_offered: String,
    #[serde(default)]
    renewal: String,
}

/// A session that was found by its token, and how it is shown.
struct Opened {
    session: ConnectSession,
    token: Arc<PlainToken>,
    layout: Layout,
    framing: Option<Framing>,
}

pub async fn show(
    State(state): State<AppState>,
    Visitor(caller): Visitor,
    Spoken(spoken): Spoken,
    Path(token): Path<String>,
    Query(params): Query<Params>,
) -> Result<Response, WebError> {
    let opened = match open(&state, &token, &params.origin, spoken).await? {
        Ok(opened) => opened,
        Err(unknown) => return render_with_status(&unknown).map(varied),
    };
    if let Some(ended) = opened.ended(&state).await? {
        return Ok(ended);
    }
    state.linking.note_opened(&opened.session, &caller).await;
    let page = opened.page(&state, Typed::default()).await?;
    Ok(opened.sealed_off(compressible(render(&page)?)))
}

/// A page of its own for a reload after the token has left the address bar.
pub async fn reopen(
    State(state): State<AppState>,
    Spoken(spoken): Spoken,
) -> Result<Response, WebError> {
    let layout = Layout::visitor(&state.site.brand, Nav::Elsewhere).in_language(spoken);
    render(&LinkPage::reopening(layout)).map(varied)
}

/// Where *Done* leads if nobody said where.
pub async fn done(
    State(state): State<AppState>,
    Spoken(spoken): Spoken,
) -> Result<Response, WebError> {
    let layout = Layout::visitor(&state.site.brand, Nav::Elsewhere).in_language(spoken);
    render(&LinkPage::done(layout)).map(varied)
}

pub async fn connect(
    State(state): State<AppState>,
    Visitor(caller): Visitor,
    Spoken(spoken): Spoken,
    headers: HeaderMap,
    Form(form): Form<HubForm>,
) -> Result<Response, WebError> {
    let opened = match open(&state, form.token.expose_secret(), &form.origin, spoken).await? {
        Ok(opened) => opened,
        Err(unknown) => return render_with_status(&unknown).map(varied),
    };
    // The form says whose account it renews, which is no longer for the holder to read.
    if !press::wants_events(&headers)
        && let Some(ended) = opened.ended(&state).await?
    {
        return Ok(ended);
    }
    let typed = Typed {
        tenant_name: form.tenant_name.trim().to_owned(),
        region: form.region.trim().to_owned(),
        renewal: answer_to_offer(&form.renewal_offered, &form.renewal),
        ..Typed::default()
    };
    let request = ConnectRequest {
        tenant_name: typed.tenant_name.clone(),
        region: typed.region.clone(),
        api_key: form.api_key,
        renewal: typed.renewal,
        replace_user: Some(form.replace_user).filter(|user| !user.is_empty()),
        authority: Authority::Session(Box::new(opened.session.clone())),
        caller,
    };
    let page = opened.page(&state, typed).await?;
    let holder = opened.session.id.as_str();
    Ok(opened.sealed_off(press::connect(state, &headers, page, request, holder).await?))
}

#[derive(Debug, Deserialize)]
pub struct CancelForm {
    #[serde(default, deserialize_with = "secret")]
    token: SecretString,
}

/// Cancels an attempt of this session.
pub async fn cancel(
    State(state): State<AppState>,
    Path(id): Path<AttemptId>,
    Form(form): Form<CancelForm>,
) -> Result<Response, WebError> {
    let session = state.linking.connect_session(form.token.expose_secret()).await?;
    let outcome = session.map_or(CancelOutcome::Unknown, |session| {
        state.linking.cancel_attempt(session.id.as_str(), &id)
    });
    Ok(press::cancelled(outcome))
}

/// The session of a token, or the page that says that there is none.
async fn open(
    state: &AppState,
    token: &str,
    origin: &str,
    spoken: Language,
) -> Result<Result<Opened, LinkPage>, WebError> {
    let layout =
        |language| Layout::visitor(&state.site.brand, Nav::Elsewhere).in_language(language);
    let found = match PlainToken::parse(token) {
        Some(parsed) => state.linking.connect_session(token).await?.zip(Some(parsed)),
        None => None,
    };
    let Some((session, parsed)) = found else {
        return Ok(Err(LinkPage::refused(layout(spoken), FailureCode::SessionUnknown)));
    };
    let layout = layout(session.terms.language.unwrap_or(spoken));
    let allowed = state.site.origins_of(&session);
    let framed_by = origin.parse::<Origin>().ok().filter(|origin| allowed.contains(origin));
    let framing = framed_by.map(|parent| Framing { parent, ancestors: allowed.to_vec() });
    let layout = match &framing {
        Some(framing) => layout.framed_by(&framing.parent),
        None => layout,
    };
    Ok(Ok(Opened { session, token: Arc::new(parsed), layout, framing }))
}

impl Opened {
    async fn page(&self, state: &AppState, typed: Typed) -> Result<HubPage, WebError> {
        let language = self.layout.language;
        let domains = &state.site.base_domains;
        let renewed = state.linking.account_renewed_by(&self.session).await?;
        let mut door = Door::session(&self.session, Arc::clone(&self.token), language);
        door.offers_renewal = state.linking.rules().renewal;
        door.framed_by = self.framing.as_ref().map(|framing| framing.parent.clone());
        door.renewal =
            renewed.map(|account| Renewal::of(&account, domains, state.clock.now(), language));
        Ok(HubPage::new(self.layout.clone(), door, domains, typed))
    }

    /// The page that says that the session has ended, if it has.
    async fn ended(&self, state: &AppState) -> Result<Option<Response>, WebError> {
        let Some(code) = self.session.state(state.clock.now()).refusal() else { return Ok(None) };
        let page = LinkPage::ended(state, self.layout.clone(), &self.session, code).await?;
        Ok(Some(self.sealed_off(render_with_status(&page)?)))
    }

    /// What the answer carries so that only the right page can frame it.
    fn sealed_off(&self, mut response: Response) -> Response {
        if let Some(framing) = &self.framing {
            response.extensions_mut().insert(framing.clone());
        }
        varied(response)
    }
}

fn render_with_status(page: &LinkPage) -> Result<Response, WebError> {
    let mut response = render(page)?;
    *response.status_mut() = page.status;
    Ok(response)
}
