//! `/api/v1/api-keys`: all but the configuration needs *Manage API keys*.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use linkhub::clock::Timestamp;
use serde_json::{Value, json};

use super::Shared;
use super::gate::{Caller, Origin};
use super::keys::{Key, KeyStatus, iso_duration, parse_iso_duration};
use super::knobs::{CapRefusal, KeyList};
use super::refusal::{Refusal, json_response};
use super::world::World;

pub async fn show(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.world();
    let key = find(&world, &caller, &id)?;
    Ok(json_response(StatusCode::OK, &resource(key, world.now())))
}

pub async fn list(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(origin): Extension<Origin>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let world = shared.world();
    let size = match world.knobs_of(world.tenant(&caller.tenant_id)).key_list {
        KeyList::Open => usize::MAX,
        KeyList::Paged(size) => size,
        KeyList::Forbidden => return Err(Refusal::forbidden()),
        KeyList::Missing => return Err(Refusal::not_found("HTTP-404")),
    };
    require_manage_keys(&caller)?;
    let keys = world.keys_of_tenant(&caller.tenant_id).filter(|key| may_see(&caller, key));
    let query = query.unwrap_or_default();
    let given = |name: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    // A cursor: the last key of the page before.
    let (sub, after) = (given("sub"), given("startingAfter"));
    let keys = keys.filter(|key| sub.as_ref().is_none_or(|sub| key.user_id == *sub));
    let keys = keys.filter(|key| after.as_ref().is_none_or(|after| key.id > *after));
    let keys: Vec<_> = keys.collect();
    let list = format!("{}/api/v1/api-keys", origin.0);
    let mut links = json!({ "self": { "href": list } });
    if let Some(last) = keys.get(size.saturating_sub(1)).filter(|_| keys.len() > size) {
        let mut next = url::form_urlencoded::Serializer::new(format!("{list}?"));
        next.extend_pairs(sub.iter().map(|sub| ("sub", sub)));
        next.append_pair("startingAfter", &last.id);
        links["next"] = json!({ "href": next.finish() });
    }
    let page = keys.iter().take(size).map(|key| resource(key, world.now()));
    let page: Vec<_> = page.collect();
    Ok(json_response(StatusCode::OK, &json!({ "data": page, "links": links })))
}

pub async fn create(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let asked: Value = serde_json::from_slice(&body)
        .map_err(|_| Refusal::bad_request("The body is not a JSON document"))?;
    let mut world = shared.world();
    require_manage_keys(&caller)?;
    let tenant = world.tenant(&caller.tenant_id);
    let description = asked["description"].as_str();
    let description =
        description.ok_or_else(|| Refusal::bad_request("A description is required"))?;
    let life = match &asked["expiry"] {
        Value::Null => tenant.max_key_life,
        expiry => expiry
            .as_str()
            .and_then(parse_iso_duration)
            .filter(|life| !life.is_zero() && *life <= tenant.max_key_life)
            .ok_or_else(|| Refusal::bad_request("The expiry is not one that the tenant allows"))?,
    };
    if world.active_keys_of_user(&caller.user_id) >= tenant.max_keys_per_user {
        // Status and code are our guess: the documents name the cap, not its answer.
        let title = "The user has as many active API keys as the tenant allows";
        let status = match world.knobs_of(tenant).cap_refusal {
            CapRefusal::Forbidden => StatusCode::FORBIDDEN,
            CapRefusal::BadRequest => StatusCode::BAD_REQUEST,
            CapRefusal::Conflict => StatusCode::CONFLICT,
        };
        return Err(Refusal::new(status, "APIKEYS-CAP", title));
    }
    let expiry = world.now().plus(life);
    let key = world.mint(&caller.user_id, expiry, false, description);
    let mut resource = resource(&key, world.now());
    resource["token"] = json!(key.text);
    Ok(json_response(StatusCode::CREATED, &resource))
}

/// By the owner the key is gone, by a tenant admin it is revoked.
pub async fn delete(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let mut world = shared.world();
    let owned = find(&world, &caller, &id)?.user_id == caller.user_id;
    if owned {
        world.remove_key(&id);
    } else if let Some(key) = world.key_mut(&id) {
        key.revoked = true;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub async fn config(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(tenant_id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.world();
    let tenant = world.tenant(&caller.tenant_id);
    if world.knobs_of(tenant).configs_need_permission {
        require_manage_keys(&caller)?;
    }
    if tenant_id != tenant.id {
        return Err(Refusal::not_found("HTTP-404"));
    }
    let config = json!({
        "api_keys_enabled": true,
        "max_keys_per_user": tenant.max_keys_per_user,
        "max_api_key_expiry": iso_duration(tenant.max_key_life),
        "scim_externalClient_expiry": "P365D",
    });
    Ok(json_response(StatusCode::OK, &config))
}

fn require_manage_keys(caller: &Caller) -> Result<(), Refusal> {
    if caller.may_manage_keys { Ok(()) } else { Err(Refusal::forbidden()) }
}

fn may_see(caller: &Caller, key: &Key) -> bool {
    key.user_id == caller.user_id || caller.is_tenant_admin
}

fn find<'a>(world: &'a World, caller: &Caller, id: &str) -> Result<&'a Key, Refusal> {
    require_manage_keys(caller)?;
    let key = world.key(id).filter(|key| key.tenant_id == caller.tenant_id);
    key.filter(|key| may_see(caller, key)).ok_or_else(|| Refusal::not_found("HTTP-404"))
}

fn resource(key: &Key, now: Timestamp) -> Value {
    let status = match key.status(now) {
        KeyStatus::Active => "active",
        KeyStatus::Expired => "expired",
        KeyStatus::Revoked => "revoked",
    };
    json!({
        "id": key.id,
        "sub": key.user_id,
        "subType": key.sub_type(),
        "tenantId": key.tenant_id,
        "description": key.description,
        "created": key.created.to_string(),
        "createdByUser": key.user_id,
        "lastUpdated": key.created.to_string(),
        "expiry": key.expiry.to_string(),
        "status": status,
    })
}
