//! The description of the API, made from its handlers: `/api/openapi.json`.

use std::sync::LazyLock;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Type,
};

use crate::web::api::{
    accounts, connect_sessions, envelope, events, hub, idempotency, webhook_endpoints,
};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "linkhub", description = "Link your customers' Qlik Cloud tenants.\n\nThe API speaks StackOne's contract: its clients work when their base URL is changed to `/api` of this hub. Every error has one form, the schema `Error`."),
    servers((url = "/api")),
    tags((name = "Connect sessions", description = "Permissions to link, each for one owner."),
        (name = "Accounts", description = "What was linked."),
        (name = "Events", description = "The history of the whole hub."),
        (name = "Webhooks", description = "Your back end is told what happens."),
        (name = "Hub", description = "What the Hub's components call from a browser, with the token of a connect session.")),
    paths(
        connect_sessions::create, connect_sessions::list, connect_sessions::authenticate,
        connect_sessions::show, connect_sessions::revoke,
        accounts::list, accounts::show, accounts::edit, accounts::unlink, accounts::meta,
        accounts::verify, accounts::suspend, accounts::resume, accounts::renewal::set, accounts::credentials, events::list, events::list_all,
        webhook_endpoints::list, webhook_endpoints::create, webhook_endpoints::show, webhook_endpoints::edit,
        webhook_endpoints::delete, webhook_endpoints::rotate, webhook_endpoints::test,
        webhook_endpoints::deliveries::list, webhook_endpoints::deliveries::show,
        webhook_endpoints::deliveries::replay,
        hub::connectors::settings, hub::connectors::list, hub::connectors::show,
        hub::accounts::link, hub::accounts::show, hub::accounts::renew,
        hub::attempts::begin, hub::attempts::show, hub::attempts::cancel,
    ),
    components(schemas(envelope::Error, events::ExportFormat, webhook_endpoints::terms::DeliveryStateName))
)]
struct Handlers;

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(document);
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_json().unwrap_or_default());

pub fn described() -> &'static OpenApi {
    &DOCUMENT
}

pub async fn show() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

fn document() -> OpenApi {
    let mut document = Handlers::openapi();
    if let Some(components) = &mut document.components {
        let scheme = |scheme, text: &str| {
            SecurityScheme::Http(HttpBuilder::new().scheme(scheme).description(Some(text)).build())
        };
        let basic = "The API key is the user name; the password is empty.";
        let bearer = "The API key as a Bearer token.";
        let token =
            ApiKeyValue::with_description("x-hub-session-token", "The token of a connect session.");
        components.add_security_scheme("api_key_basic", scheme(HttpAuthScheme::Basic, basic));
        components.add_security_scheme("api_key_bearer", scheme(HttpAuthScheme::Bearer, bearer));
        components.add_security_scheme("hub_token", SecurityScheme::ApiKey(ApiKey::Header(token)));
    }
    for (path, item) in &mut document.paths.paths {
        let for_key = !path.starts_with("/hub/");
        let [get, post] = [&mut item.get, &mut item.post];
        let [patch, delete] = [&mut item.patch, &mut item.delete];
        for operation in [get, patch, delete].into_iter().flatten() {
            complete(operation, for_key, false);
        }
        for operation in post.iter_mut() {
            complete(operation, for_key, true);
        }
    }
    document
}

/// Adds what every operation of a kind can answer.
fn complete(operation: &mut Operation, for_key: bool, is_post: bool) {
    // No status 401 for the Hub's components: they would take it for success.
    let mut statuses = vec![400, 403, 405, 408, 429, 500, 503];
    if for_key {
        statuses.push(401);
    }
    if operation.request_body.is_some() {
        statuses.extend([413, 415, 422]);
    }
    if for_key && is_post {
        statuses.extend([409, 413, 422]);
        let name = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(idempotency::LONGEST))
            .pattern(Some("^[!-~]+$"))
            .build();
        let header = utoipa::openapi::path::ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(utoipa::openapi::path::ParameterIn::Header)
            .description(Some(
                "A name for this request. Sent again within a day, it is not carried out again: the answer is the first one, with the header idempotent-replayed.",
            ))
            .schema(Some(name))
            .build();
        operation.parameters.get_or_insert_default().push(header.into());
    }
    let responses = &mut operation.responses.responses;
    for status in statuses {
        responses
            .entry(status.to_string())
            .or_insert_with(|| ResponseBuilder::new().build().into());
    }
    for (status, response) in responses.iter_mut() {
        let RefOr::T(response) = response else { continue };
        let Some(status) = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok())
        else {
            continue;
        };
        if !status.is_client_error() && !status.is_server_error() {
            continue;
        }
        if response.description.is_empty() {
            envelope::meaning(status).clone_into(&mut response.description);
        }
        let error = ContentBuilder::new().schema(Some(Ref::from_schema_name("Error"))).build();
        response.content.insert("application/json".to_owned(), error.into());
        let header = match status {
            StatusCode::METHOD_NOT_ALLOWED => "Allow",
            StatusCode::TOO_MANY_REQUESTS => "Retry-After",
            StatusCode::UNAUTHORIZED => "WWW-Authenticate",
            _ => continue,
        };
        let text = ObjectBuilder::new().schema_type(Type::String).build();
        let text = HeaderBuilder::new().schema(Some(text)).build();
        response.headers.insert(header.to_owned(), text.into());
    }
}
