//! Webhook endpoints: made, listed, changed, tested and deleted by a back end, and what was delivered.

pub mod deliveries;
pub mod terms;
pub mod view;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::id::WebhookEndpointId;
use crate::linking::WebhookError;
use crate::model::failure::FailureCode;
use crate::model::webhook::WebhookEndpoint;
use crate::state::AppState;
use crate::web::api::answer;
use crate::web::api::auth::{Key, WebhooksWrite};
use crate::web::api::body::Json;
use crate::web::api::problems::Problems;
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::webhook::UrlError;

use terms::{NewWebhookEndpoint, SecretRotation, WebhookEndpointPatch};
use view::{TestedView, WebhookEndpointView, WebhookSecretView};

/// List the endpoints, the oldest first
#[utoipa::path(get, path = "/webhook_endpoints", tag = "Webhooks", operation_id = "list_webhook_endpoints",
    responses((status = 200, description = "The endpoints, without their secrets.", body = [WebhookEndpointView])),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn list(
    State(state): State<AppState>,
    _: Key<WebhooksWrite>,
) -> Result<Response, WebError> {
    let endpoints = state.store.list_webhook_endpoints().await?;
    let now = state.clock.now();
    let views: Vec<_> = endpoints.iter().map(|e| WebhookEndpointView::of(e, now)).collect();
    answer(StatusCode::OK, &views)
}

/// Make an endpoint
///
/// What happens from now on is sent there. The secret with which webhooks are signed is shown in this
/// answer only.
#[utoipa::path(post, path = "/webhook_endpoints", tag = "Webhooks", operation_id = "create_webhook_endpoint",
    request_body = NewWebhookEndpoint,
    responses((status = 201, description = "The endpoint with its secret.", body = WebhookSecretView,
            links(("read" = (operation_id = "get_webhook_endpoint", parameters(("id" = "$response.body#/id")))),
                ("change" = (operation_id = "update_webhook_endpoint", parameters(("id" = "$response.body#/id")))),
                ("delete" = (operation_id = "delete_webhook_endpoint", parameters(("id" = "$response.body#/id")))))),
        (status = 409), (status = 422)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn create(
    State(state): State<AppState>,
    key: Key<WebhooksWrite>,
    Json(new): Json<NewWebhookEndpoint>,
) -> Result<Response, WebError> {
    let made = state.linking.create_webhook_endpoint(new.read()?, &key.caller).await;
    let (endpoint, secret) = made.map_err(refused)?;
    let view = WebhookSecretView::of(&endpoint, &secret, state.clock.now());
    answer(StatusCode::CREATED, &view)
}

/// Read one endpoint
#[utoipa::path(get, path = "/webhook_endpoints/{id}", tag = "Webhooks", operation_id = "get_webhook_endpoint",
    params(("id" = String, Path, description = "Of the endpoint.")),
    responses((status = 200, description = "The endpoint.", body = WebhookEndpointView), (status = 404)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn show(
    State(state): State<AppState>,
    _: Key<WebhooksWrite>,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    let endpoint = find(&state, &id).await?;
    answer(StatusCode::OK, &WebhookEndpointView::of(&endpoint, state.clock.now()))
}

/// Change an endpoint, or switch it off and on
///
/// What is not given, or `null`, stays. What happens while it is switched off is not sent later.
#[utoipa::path(patch, path = "/webhook_endpoints/{id}", tag = "Webhooks", operation_id = "update_webhook_endpoint",
    params(("id" = String, Path, description = "Of the endpoint.")), request_body = WebhookEndpointPatch,
    responses((status = 200, description = "The endpoint as it is now.", body = WebhookEndpointView),
        (status = 404), (status = 422)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn edit(
    State(state): State<AppState>,
    key: Key<WebhooksWrite>,
    Path(id): Path<WebhookEndpointId>,
    Json(patch): Json<WebhookEndpointPatch>,
) -> Result<Response, WebError> {
    let edited = state.linking.edit_webhook_endpoint(&id, patch.read()?, &key.caller).await;
    let endpoint = edited.map_err(refused)?;
    answer(StatusCode::OK, &WebhookEndpointView::of(&endpoint, state.clock.now()))
}

/// Delete an endpoint
///
/// Its secret is destroyed, and what is known of its deliveries with it.
#[utoipa::path(delete, path = "/webhook_endpoints/{id}", tag = "Webhooks", operation_id = "delete_webhook_endpoint",
    params(("id" = String, Path, description = "Of the endpoint.")),
    responses((status = 200, description = "The endpoint as it was.", body = WebhookEndpointView), (status = 404)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn delete(
    State(state): State<AppState>,
    key: Key<WebhooksWrite>,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    let endpoint = find(&state, &id).await?;
    state.linking.delete_webhook_endpoint(&id, &key.caller).await.map_err(refused)?;
    answer(StatusCode::OK, &WebhookEndpointView::of(&endpoint, state.clock.now()))
}

/// Make a new secret
///
/// Until the old one ends, webhooks are signed with both. The new one is shown in this answer only.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/rotate", tag = "Webhooks", operation_id = "rotate_webhook_secret",
    params(("id" = String, Path, description = "Of the endpoint.")), request_body = SecretRotation,
    responses((status = 200, description = "The endpoint with its new secret.", body = WebhookSecretView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn rotate(
    State(state): State<AppState>,
    key: Key<WebhooksWrite>,
    Path(id): Path<WebhookEndpointId>,
    Json(rotation): Json<SecretRotation>,
) -> Result<Response, WebError> {
    let keep_old_for = rotation.read()?;
    let rotated = state.linking.rotate_webhook_secret(&id, keep_old_for, &key.caller).await;
    let (endpoint, secret) = rotated.map_err(refused)?;
    answer(StatusCode::OK, &WebhookSecretView::of(&endpoint, &secret, state.clock.now()))
}

/// Send a test event now
///
/// It goes to this endpoint only, also if that is switched off, and is tried once. The answer is 200
/// whatever the receiver says.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/test", tag = "Webhooks", operation_id = "test_webhook_endpoint",
    params(("id" = String, Path, description = "Of the endpoint.")),
    responses((status = 200, description = "What became of it.", body = TestedView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn test(
    State(state): State<AppState>,
    key: Key<WebhooksWrite>,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Response, WebError> {
    let attempt = state.linking.test_webhook_endpoint(&id, &key.caller).await.map_err(refused)?;
    answer(StatusCode::OK, &TestedView::of(&attempt))
}

async fn find(state: &AppState, id: &WebhookEndpointId) -> Result<WebhookEndpoint, WebError> {
    let endpoint = state.store.find_webhook_endpoint(id).await?;
    endpoint.ok_or(WebError::no_such_webhook_endpoint())
}

fn refused(error: WebhookError) -> WebError {
    let mut problems = Problems::default();
    match error {
        WebhookError::NotFound => return WebError::no_such_webhook_endpoint(),
        WebhookError::Url(error) => problems.add("url", sentence(error)),
        WebhookError::Description => problems.add("description", "It may have 200 characters."),
        WebhookError::NoEvents => {
            problems.add("events", "It needs at least one event, or * for all.");
        }
        WebhookError::UnknownEvent(name) => {
            problems.add("events", format!("{name:.100?} is no event that webhooks tell of."));
        }
        WebhookError::TooMany => return WebError::too_many_webhook_endpoints(),
        WebhookError::OnItsWay => return WebError::delivery_on_its_way(),
        WebhookError::LinkWiped => return WebError::delivery_wiped(),
        WebhookError::SecretDamaged(_) => return FailureCode::SecretDamaged.into(),
        WebhookError::Store(error) => return error.into(),
    }
    problems.into()
}

const fn sentence(error: UrlError) -> &'static str {
    match error {
        UrlError::Malformed => "It must be a whole https address.",
        UrlError::NotHttps => {
            "It must begin with https://. The hub's operator can allow http:// with LINKHUB_WEBHOOK_ALLOW_PRIVATE."
        }
        UrlError::UserInfo => "It must not contain a user name or a password.",
        UrlError::Fragment => "It must not contain a fragment.",
        UrlError::TooLong => "It may have 2048 characters.",
        UrlError::Address => {
            "It leads to a private, reserved or own address. The hub's operator can allow those with LINKHUB_WEBHOOK_ALLOW_PRIVATE."
        }
    }
}
