//! `/api/v1/items`: what a tenant holds, page by page.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Shared;
use super::gate::{Caller, Origin};
use super::refusal::{Refusal, json_response};
use super::world::Item;

const DEFAULT_LIMIT: usize = 10;
const MAX_LIMIT: usize = 100;

pub async fn list(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Extension(origin): Extension<Origin>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let asked = Asked::parse(query.as_deref().unwrap_or(""))?;
    let world = shared.world();
    let tenant = world.tenant(&caller.tenant_id);
    let fits = |item: &&Item| {
        asked
            .resource_type
            .as_ref()
            .is_none_or(|types| types.split(',').any(|t| t == item.resource_type))
    };
    let found: Vec<&Item> = tenant.items.iter().filter(fits).collect();
    let resource = |item: &&Item| {
        json!({
            "id": item.id,
            "name": item.name,
            "resourceType": item.resource_type,
            "resourceId": item.resource_id,
            "tenantId": tenant.id,
            "createdAt": tenant.created.to_string(),
            "updatedAt": tenant.created.to_string(),
            "links": { "self": { "href": format!("{}/api/v1/items/{}", origin.0, item.id) } },
        })
    };
    let page = found.iter().skip(asked.offset).take(asked.limit).map(resource);
    let page = page.collect::<Vec<_>>();
    let mut links = json!({ "self": { "href": asked.href(&origin, asked.offset) } });
    if asked.offset + asked.limit < found.len() {
        links["next"] = json!({ "href": asked.href(&origin, asked.offset + asked.limit) });
    }
    if asked.offset > 0 {
        let before = asked.offset.saturating_sub(asked.limit);
        links["prev"] = json!({ "href": asked.href(&origin, before) });
    }
    Ok(json_response(StatusCode::OK, &json!({ "data": page, "links": links })))
}

struct Asked {
    resource_type: Option<String>,
    limit: usize,
    offset: usize,
}

impl Asked {
    fn parse(query: &str) -> Result<Self, Refusal> {
        let mut asked = Self { resource_type: None, limit: DEFAULT_LIMIT, offset: 0 };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "resourceType" => asked.resource_type = Some(value.into_owned()),
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
                    asked.limit = limit.ok_or_else(|| Refusal::bad_request("limit is 1 to 100"))?;
                }
                "next" | "prev" => {
                    let cursor = read_cursor(&value);
                    asked.offset = cursor.ok_or_else(|| Refusal::bad_request("no such cursor"))?;
                }
                _ => {}
            }
        }
        Ok(asked)
    }

    fn href(&self, origin: &Origin, offset: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(resource_type) = &self.resource_type {
            query.append_pair("resourceType", resource_type);
        }
        query.append_pair("limit", &self.limit.to_string());
        if offset > 0 {
            query.append_pair("next", &write_cursor(offset));
        }
        format!("{}/api/v1/items?{}", origin.0, query.finish())
    }
}

// Opaque, so that no client counts on building one.
fn write_cursor(offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(json!({ "after": offset }).to_string())
}

fn read_cursor(cursor: &str) -> Option<usize> {
    let cursor: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    usize::try_from(cursor["after"].as_u64()?).ok()
}
