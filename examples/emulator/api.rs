//! The routes, and the resources that only tell who and where one is.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router, middleware};
use serde_json::{Value, json};

use super::gate::{Caller, Origin};
use super::knobs::{Knobs, RedirectStyle};
use super::refusal::{Refusal, json_response, redirect};
use super::world::{Tenant, TenantStatus, User, UserStatus};
use super::{Shared, api_keys, gate, items};

pub fn router(shared: Shared) -> Router {
    Router::new()
        .route("/api/v1/users/me", get(user_me))
        .route("/api/v1/users/{id}", get(user))
        .route("/api/v1/tenants/me", get(tenant_me))
        .route("/api/v1/tenants/{id}", get(tenant))
        .route("/api/v1/api-keys", get(api_keys::list).post(api_keys::create))
        .route("/api/v1/api-keys/configs/{tenant_id}", get(api_keys::config))
        .route("/api/v1/api-keys/{id}", get(api_keys::show).delete(api_keys::delete))
        .route("/api/v1/items", get(items::list))
        .fallback(async || Refusal::not_found("HTTP-404"))
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "HTTP-405", "Method not allowed")
        })
        .layer(middleware::from_fn_with_state(shared.clone(), gate::pass))
        .with_state(shared)
}

async fn user_me(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(origin): Extension<Origin>,
) -> Result<Response, Refusal> {
    let world = shared.world();
    let knobs = world.knobs_of(world.tenant(&caller.tenant_id));
    let path = format!("/api/v1/users/{}", caller.user_id);
    match leads_to(knobs, StatusCode::MOVED_PERMANENTLY, &origin, &path) {
        Some(response) => Ok(response),
        None => show_user(world.tenant(&caller.tenant_id), &caller.user_id, knobs, &origin),
    }
}

async fn user(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(origin): Extension<Origin>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let world = shared.world();
    let tenant = world.tenant(&caller.tenant_id);
    show_user(tenant, &id, world.knobs_of(tenant), &origin)
}

async fn tenant_me(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(origin): Extension<Origin>,
) -> Response {
    let world = shared.world();
    let tenant = world.tenant(&caller.tenant_id);
    let path = format!("/api/v1/tenants/{}", tenant.id);
    leads_to(world.knobs_of(tenant), StatusCode::FOUND, &origin, &path)
        .unwrap_or_else(|| json_response(StatusCode::OK, &tenant_resource(tenant, &origin)))
}

async fn tenant(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(origin): Extension<Origin>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    if id != caller.tenant_id {
        return Err(Refusal::not_found("TENANTS-8"));
    }
    let world = shared.world();
    Ok(json_response(StatusCode::OK, &tenant_resource(world.tenant(&id), &origin)))
}

/// The redirect from `me` to the resource; none if the resource is to be answered at once.
fn leads_to(knobs: &Knobs, status: StatusCode, origin: &Origin, path: &str) -> Option<Response> {
    match knobs.me {
        RedirectStyle::Relative => Some(redirect(status, path)),
        RedirectStyle::Absolute => Some(redirect(status, &format!("{}{path}", origin.0))),
        RedirectStyle::Direct => None,
    }
}

fn show_user(
    tenant: &Tenant,
    id: &str,
    knobs: &Knobs,
    origin: &Origin,
) -> Result<Response, Refusal> {
    let user = tenant.users.iter().find(|user| user.id == id);
    let user = user.ok_or_else(|| Refusal::not_found("USERS-7"))?;
    let mut resource = user_resource(tenant, user, origin);
    if knobs.users_without_status {
        resource.as_object_mut().expect("an object literal").remove("status");
    }
    Ok(json_response(StatusCode::OK, &resource))
}

fn user_resource(tenant: &Tenant, user: &User, origin: &Origin) -> Value {
    let role = |name: &String| {
        let level = if name.ends_with("Admin") { "admin" } else { "user" };
        json!({ "id": format!("role-{name}"), "name": name, "type": "default", "level": level })
    };
    let status = match user.status {
        UserStatus::Active => "active",
        UserStatus::Invited => "invited",
        UserStatus::Disabled => "disabled",
        UserStatus::Deleted => "deleted",
        UserStatus::Provisioned => "provisioned",
    };
    json!({
        "id": user.id,
        "tenantId": tenant.id,
        "subject": user.subject,
        "name": user.name,
        "email": user.email,
        "status": status,
        "locale": "en",
        "zoneinfo": "Europe/Stockholm",
        "picture": format!("{}/api/v1/users/{}/picture", origin.0, user.id),
        "created": tenant.created.to_string(),
        "lastUpdated": tenant.created.to_string(),
        "assignedRoles": user.roles.iter().map(role).collect::<Vec<_>>(),
        "assignedGroups": [],
        "links": { "self": { "href": format!("{}/api/v1/users/{}", origin.0, user.id) } },
    })
}

fn tenant_resource(tenant: &Tenant, origin: &Origin) -> Value {
    let status = match tenant.status {
        TenantStatus::Active => "active",
        TenantStatus::Disabled => "disabled",
        TenantStatus::Deleted => "deleted",
        TenantStatus::UserAccessDisabled => "user-access-disabled",
    };
    json!({
        "id": tenant.id,
        "name": tenant.name,
        "hostnames": [tenant.permanent_host(), tenant.host()],
        "status": status,
        "region": tenant.region,
        "datacenter": format!("{}-1", tenant.region),
        "created": tenant.created.to_string(),
        "lastUpdated": tenant.created.to_string(),
        "createdByUser": "n/a",
        "links": { "self": { "href": format!("{}/api/v1/tenants/{}", origin.0, tenant.id) } },
    })
}
