//! *Link now*: the Hub, opened by a signed-in admin.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};

use crate::id::AttemptId;
use crate::linking::{Authority, CancelOutcome, ConnectRequest};
use crate::model::account::Owner;
use crate::model::language::Language;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::{Form, Path, SignedIn};
use crate::web::hub::events::{self, Telling};
use crate::web::hub::{self, Door, FailureView, HubPage, LinkedView, Typed};
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

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
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

/// Answers with a stream of events if they are asked for, otherwise with a page.
pub async fn connect(
    State(state): State<AppState>,
    signed_in: SignedIn,
    headers: HeaderMap,
    Form(form): Form<ConnectForm>,
) -> Result<Response, WebError> {
    let language = Language::En;
    let typed = form.typed();
    let host = typed.host(&state.site.base_domains);
    let support_id = signed_in.caller.request_id.clone().unwrap_or_default();
    let attempt = state.linking.begin_attempt(signed_in.who.session_id.as_str());
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
    if wants_events(&headers) {
        let telling = Telling { door: Door::admin(), host, support_id, language };
        return Ok(events::stream(state, request, attempt, telling));
    }
    let page = page(&state, &signed_in, typed);
    match state.linking.connect(request, &attempt, &|_| {}).await {
        Ok(linked) => {
            let view = LinkedView::of(&linked, &Door::admin(), state.clock.now(), language);
            render(&page.linked(view))
        }
        Err(failure) => {
            let view = FailureView::of(&failure, &host, &support_id, language);
            let mut response = render(&page.failed(&view))?;
            *response.status_mut() = hub::status(&failure);
            if let Some(seconds) = view.retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            Ok(response)
        }
    }
}

/// Cancels an attempt of this session. `too_late` means that the attempt's own answer tells.
pub async fn cancel(
    State(state): State<AppState>,
    signed_in: SignedIn,
    Path(id): Path<AttemptId>,
) -> Response {
    let body = match state.linking.cancel_attempt(signed_in.who.session_id.as_str(), &id) {
        CancelOutcome::Cancelled => r#"{"outcome":"cancelled"}"#,
        CancelOutcome::TooLate => r#"{"outcome":"too_late"}"#,
        CancelOutcome::Unknown => r#"{"outcome":"unknown"}"#,
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn page(state: &AppState, signed_in: &SignedIn, typed: Typed) -> HubPage {
    let layout = signed_in.layout(Nav::Connect);
    HubPage::new(layout, Door::admin(), &state.site.base_domains, typed)
}

fn wants_events(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accepts| accepts.contains("text/event-stream"))
}
