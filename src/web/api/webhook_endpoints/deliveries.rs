//! What was sent to an endpoint.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::id::{EventId, WebhookEndpointId};
use crate::linking::WebhookError;
use crate::model::webhook::{Delivery, DeliveryState};
use crate::state::AppState;
use crate::store::DeliveryQuery;
use crate::web::api::auth::{Key, WebhooksWrite};
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::api::webhook_endpoints::{self, refused};
use crate::web::api::{answer, paging};
use crate::web::error::WebError;
use crate::web::extract::Path;
use crate::web::paths;

use crate::web::api::webhook_endpoints::view::{WebhookDeliveryDetail, WebhookDeliveryView};

/// List what was sent, or waits to be, the newest first
#[utoipa::path(get, path = "/webhook_endpoints/{id}/deliveries", tag = "Webhooks", operation_id = "list_webhook_deliveries",
    params(("id" = String, Path, description = "Of the endpoint."),
        ("state" = Option<webhook_endpoints::terms::DeliveryStateName>, Query, description = "Only those in this state."),
        ("page_size" = Option<usize>, Query, minimum = 1, maximum = 100, description = "How many; 25 if not given."),
        ("cursor" = Option<String>, Query, description = "A place in the list, from the header Link.")),
    responses((status = 200, description = "The deliveries.", body = [WebhookDeliveryView],
            headers(("Link" = String, description = "The next page, rel=\"next\"."))),
        (status = 404), (status = 422)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn list(
    State(state): State<AppState>,
    _: Key<WebhooksWrite>,
    Path(id): Path<WebhookEndpointId>,
    params: Params,
) -> Result<Response, WebError> {
    let mut problems = Problems::default();
    let limit = paging::page_size(&params, &mut problems);
    let wanted = params.one("state").map(|text| {
        DeliveryState::parse(text).ok_or_else(|| {
            problems.add("state", "It must be pending, delivered or failed.");
        })
    });
    problems.none()?;
    webhook_endpoints::find(&state, &id).await?;
    let query = DeliveryQuery {
        endpoint_id: id.clone(),
        state: wanted.and_then(Result::ok),
        before: paging::place::<EventId>(&params)?,
        limit: limit + 1,
    };
    let mut deliveries = state.store.list_deliveries(&query).await?;
    let more = deliveries.len() > limit;
    deliveries.truncate(limit);
    let last = deliveries.last().filter(|_| more);
    let next = last.map(|last| paging::place_of(last.created_at, last.event_id.as_str()));
    let views: Vec<_> = deliveries.iter().map(WebhookDeliveryView::of).collect();
    let path = paths::API_WEBHOOK_DELIVERIES.replace("{id}", id.as_str());
    let response = answer(StatusCode::OK, &views)?;
    Ok(paging::link(response, &state.site, &path, &params, &[("next", next)]))
}

/// Read one delivery: what was sent, and each attempt
#[utoipa::path(get, path = "/webhook_endpoints/{id}/deliveries/{event_id}", tag = "Webhooks",
    operation_id = "get_webhook_delivery",
    params(("id" = String, Path, description = "Of the endpoint."),
        ("event_id" = String, Path, description = "Of the event: its `webhook-id`.")),
    responses((status = 200, description = "The delivery.", body = WebhookDeliveryDetail), (status = 404)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn show(
    State(state): State<AppState>,
    _: Key<WebhooksWrite>,
    Path((id, event_id)): Path<(WebhookEndpointId, EventId)>,
) -> Result<Response, WebError> {
    let delivery = find(&state, &id, &event_id).await?;
    let attempts = state.store.list_attempts(&id, &event_id).await?;
    answer(StatusCode::OK, &WebhookDeliveryDetail::of(&delivery, &attempts))
}

/// Send it once more
///
/// With the same id, so that a receiver that has it can tell. It is tried again as often as a new one.
#[utoipa::path(post, path = "/webhook_endpoints/{id}/deliveries/{event_id}/replay", tag = "Webhooks",
    operation_id = "replay_webhook_delivery",
    params(("id" = String, Path, description = "Of the endpoint."),
        ("event_id" = String, Path, description = "Of the event: its `webhook-id`.")),
    responses((status = 200, description = "The delivery, which waits to be sent.", body = WebhookDeliveryView),
        (status = 404), (status = 409), (status = 422)),
    security(("api_key_basic" = ["webhooks:write"]), ("api_key_bearer" = ["webhooks:write"])))]
pub async fn replay(
    State(state): State<AppState>,
    key: Key<WebhooksWrite>,
    Path((id, event_id)): Path<(WebhookEndpointId, EventId)>,
) -> Result<Response, WebError> {
    let replayed = state.linking.replay_delivery(&id, &event_id, &key.caller).await;
    let delivery = replayed.map_err(|error| match error {
        WebhookError::NotFound => WebError::no_such_delivery(),
        error => refused(error),
    })?;
    answer(StatusCode::OK, &WebhookDeliveryView::of(&delivery))
}

async fn find(
    state: &AppState,
    id: &WebhookEndpointId,
    event_id: &EventId,
) -> Result<Delivery, WebError> {
    let delivery = state.store.find_delivery(id, event_id).await?;
    delivery.ok_or(WebError::no_such_delivery())
}
