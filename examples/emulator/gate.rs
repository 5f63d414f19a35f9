//! What every request passes: which tenant, which fault, whose key. Then the answer gets its trace id.

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};

use super::Shared;
use super::keys::{KeyStatus, random_hex};
use super::knobs::{InactiveUser, Knobs, Refused};
use super::refusal::{Refusal, redirect};
use super::world::{Tenant, TenantStatus, UserStatus, World};

/// `scheme://host[:port]` as the caller wrote it.
#[derive(Clone)]
pub struct Origin(pub String);

impl Origin {
    pub fn new(scheme: &str, host: &str) -> Self {
        Self(format!("{scheme}://{host}"))
    }

    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }
}

/// Whose key it is; whoever reads this has been let in.
#[derive(Clone)]
pub struct Caller {
    pub tenant_id: String,
    pub user_id: String,
    pub may_manage_keys: bool,
    pub is_tenant_admin: bool,
}

pub async fn pass(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let trace_id = random_hex::<16>();
    let (knobs, mut response) = answer(&shared, request, next).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let mut drawn = refusal.draw(&knobs, &trace_id);
        if let Some(wait) = response.headers_mut().remove(header::RETRY_AFTER) {
            drawn.headers_mut().insert(header::RETRY_AFTER, wait);
        }
        std::mem::swap(drawn.extensions_mut(), response.extensions_mut());
        response = drawn;
    }
    if let Some(fault) = response.extensions_mut().remove::<super::Fault>() {
        response = fault.spoil(response).await;
    }
    let trace_id = HeaderValue::from_str(&trace_id).expect("hexadecimal digits");
    response.headers_mut().insert("x-b3-traceid", trace_id);
    response
}

async fn answer(shared: &Shared, mut request: Request, next: Next) -> (Knobs, Response) {
    let origin = request.extensions().get::<Origin>().expect("the listener knows it").clone();
    let path = request.uri().path().to_owned();
    let (knobs, fault, admission) = {
        let mut world = shared.world();
        let Some(tenant) = world.tenant_at(origin.host()) else {
            return (world.knobs.clone(), unknown_hostname().into_response());
        };
        let (knobs, tenant_id) = (world.knobs_of(tenant).clone(), tenant.id.clone());
        let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
        let fault = world.take_fault(&tenant_id, route, &path);
        let admission = admit(&world, world.tenant(&tenant_id), &path, request.headers());
        (knobs, fault, admission)
    };
    if let Some(answer) = fault.as_ref().and_then(|fault| fault.instead(&origin, request.uri())) {
        return (knobs, answer);
    }
    if let Some(delay) = fault.as_ref().and_then(super::Fault::delay) {
        tokio::time::sleep(delay).await;
    }
    let mut response = match admission {
        Admission::Refused(refusal) => refusal.into_response(),
        Admission::Page(page) => page,
        Admission::Caller(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
    };
    if let Some(fault) = fault {
        response.extensions_mut().insert(fault);
    }
    (knobs, response)
}

enum Admission {
    Caller(Caller),
    Refused(Refusal),
    /// Outside the API, for people.
    Page(Response),
}

fn admit(world: &World, tenant: &Tenant, path: &str, headers: &HeaderMap) -> Admission {
    if tenant.status == TenantStatus::Disabled {
        let status = StatusCode::UNAUTHORIZED;
        return Admission::Refused(Refusal::new(status, "TENANT_DISABLED", "Tenant is disabled"));
    }
    if path == "/login" {
        let page = "<!doctype html><title>Qlik Cloud</title><form><button>Log in</button></form>";
        return Admission::Page(Html(page).into_response());
    }
    // The official client asks for this without a key, to tell Qlik Cloud from Qlik Sense on Windows.
    if path.starts_with("/resources/") {
        return Admission::Refused(Refusal::not_found("HTTP-404"));
    }
    if !path.starts_with("/api/") {
        let login = redirect(StatusCode::MOVED_PERMANENTLY, "/login?returnto=%2F");
        return Admission::Page(login);
    }
    match authenticate(world, tenant, headers) {
        Ok(caller) => Admission::Caller(caller),
        Err(refusal) => Admission::Refused(refusal),
    }
}

fn authenticate(world: &World, tenant: &Tenant, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let knobs = world.knobs_of(tenant);
    let text = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (_, text) = text
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .ok_or_else(Refusal::unauthorized)?;
    let key = world.key_by_text(text.trim()).ok_or_else(Refusal::unauthorized)?;
    if key.tenant_id != tenant.id {
        return Err(refused(knobs.foreign_key));
    }
    if key.status(world.now()) != KeyStatus::Active {
        return Err(if knobs.names_dead_keys {
            let title = "API key is either expired or revoked";
            let dead = Refusal::new(StatusCode::UNAUTHORIZED, "APIKEYS-18", title);
            Refusal { of_key: true, ..dead }
        } else {
            Refusal::unauthorized()
        });
    }
    if key.scim {
        return Err(refused(knobs.scim_key));
    }
    let user = tenant.users.iter().find(|user| user.id == key.user_id);
    let user = user.ok_or_else(Refusal::unauthorized)?;
    if user.status != UserStatus::Active && knobs.inactive_user == InactiveUser::Forbidden {
        let title = "User is not a member of tenant";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "AUTH-5", title));
    }
    if knobs.keys_need_permission && !user.may_manage_keys {
        return Err(Refusal::unauthorized());
    }
    Ok(Caller {
        tenant_id: tenant.id.clone(),
        user_id: user.id.clone(),
        may_manage_keys: user.may_manage_keys,
        is_tenant_admin: user.is_tenant_admin(),
    })
}

fn refused(how: Refused) -> Refusal {
    match how {
        Refused::Unauthorized => Refusal::unauthorized(),
        Refused::Forbidden => Refusal::forbidden(),
    }
}

fn unknown_hostname() -> Refusal {
    let title = "No authentication configured for this hostname";
    Refusal::new(StatusCode::UNAUTHORIZED, "LOGIN-2", title)
}
