//! Every URL of the hub, once.

use crate::id::{
    AccountId, ApiKeyId, CalendarFeedId, ConnectSessionId, EventId, WebhookEndpointId,
};
use crate::model::language::Language;

pub const ROOT: &str = "/";
pub const LOGIN: &str = "/login";
pub const LOGOUT: &str = "/logout";
pub const SETUP: &str = "/setup";
pub const ACCOUNTS: &str = "/accounts";
pub const ACCOUNTS_BULK: &str = "/accounts/bulk";
pub const ACCOUNTS_CSV: &str = "/accounts/export.csv";
pub const ACCOUNT: &str = "/accounts/{id}";
pub const ACCOUNT_CHECK: &str = "/accounts/{id}/check";
pub const ACCOUNT_EDIT: &str = "/accounts/{id}/edit";
pub const ACCOUNT_UNLINK: &str = "/accounts/{id}/unlink";
pub const ACCOUNT_SUSPEND: &str = "/accounts/{id}/suspend";
pub const ACCOUNT_RESUME: &str = "/accounts/{id}/resume";
pub const ACCOUNT_RENEWAL: &str = "/accounts/{id}/renewal";
pub const ACCOUNT_LINK: &str = "/accounts/{id}/link";
pub const EVENTS: &str = "/events";
pub const EVENTS_CSV: &str = "/events.csv";
pub const EVENTS_JSONL: &str = "/events.jsonl";
pub const LINKS: &str = "/links";
pub const LINK_REVOKE: &str = "/links/{id}/revoke";
pub const API_KEYS: &str = "/api-keys";
pub const API_KEY_REVOKE: &str = "/api-keys/{id}/revoke";
pub const WEBHOOKS: &str = "/webhooks";
pub const WEBHOOK: &str = "/webhooks/{id}";
pub const WEBHOOK_DELETE: &str = "/webhooks/{id}/delete";
pub const WEBHOOK_DISABLE: &str = "/webhooks/{id}/disable";
pub const WEBHOOK_ENABLE: &str = "/webhooks/{id}/enable";
pub const WEBHOOK_ROTATE: &str = "/webhooks/{id}/rotate";
pub const WEBHOOK_TEST: &str = "/webhooks/{id}/test";
pub const WEBHOOK_DELIVERY: &str = "/webhooks/{id}/deliveries/{event}";
pub const WEBHOOK_REPLAY: &str = "/webhooks/{id}/deliveries/{event}/replay";
pub const EMBED: &str = "/embed";
pub const CALENDAR: &str = "/calendar";
/// The last part is the token with `.ics` behind it.
pub const CALENDAR_FEED: &str = "/calendar/{token}";
pub const CALENDAR_REVOKE: &str = "/calendar/feeds/{id}/revoke";
pub const CONNECT: &str = "/connect";
pub const CONNECT_CANCEL: &str = "/connect/attempts/{id}/cancel";
pub const CONNECT_ATTEMPTS: &str = "/connect/attempts";
pub const HUB: &str = "/hub";
pub const HUB_LINK: &str = "/hub/{token}";
pub const HUB_DONE: &str = "/hub/done";
pub const HUB_ATTEMPTS: &str = "/hub/attempts";
pub const HUB_CANCEL: &str = "/hub/attempts/{id}/cancel";
pub const GUIDE: &str = "/guide";
pub const GUIDE_MD: &str = "/guide.md";
pub const LLMS_TXT: &str = "/llms.txt";
pub const ROBOTS_TXT: &str = "/robots.txt";
pub const EMBED_JS: &str = "/embed.js";
pub const EMBED_TYPES: &str = "/embed.d.ts";
pub const STATIC: &str = "/static/{*path}";
pub const BRAND: &str = "/brand/{*path}";
pub const HEALTHZ: &str = "/healthz";
pub const READYZ: &str = "/readyz";

pub const API_CONNECT_SESSIONS: &str = "/api/connect_sessions";
pub const API_CONNECT_SESSION_AUTHENTICATE: &str = "/api/connect_sessions/authenticate";
pub const API_CONNECT_SESSION: &str = "/api/connect_sessions/{id}";
pub const API_ACCOUNTS: &str = "/api/accounts";
pub const API_ACCOUNT: &str = "/api/accounts/{id}";
pub const API_ACCOUNT_META: &str = "/api/accounts/{id}/meta";
pub const API_ACCOUNT_VERIFY: &str = "/api/accounts/{id}/verify";
pub const API_ACCOUNT_SUSPEND: &str = "/api/accounts/{id}/suspend";
pub const API_ACCOUNT_RESUME: &str = "/api/accounts/{id}/resume";
pub const API_ACCOUNT_RENEWAL: &str = "/api/accounts/{id}/renewal";
pub const API_ACCOUNT_CREDENTIALS: &str = "/api/accounts/{id}/credentials";
pub const API_ACCOUNT_EVENTS: &str = "/api/accounts/{id}/events";
pub const API_EVENTS: &str = "/api/events";
pub const API_WEBHOOKS: &str = "/api/webhook_endpoints";
pub const API_WEBHOOK: &str = "/api/webhook_endpoints/{id}";
pub const API_WEBHOOK_ROTATE: &str = "/api/webhook_endpoints/{id}/rotate";
pub const API_WEBHOOK_TEST: &str = "/api/webhook_endpoints/{id}/test";
pub const API_WEBHOOK_DELIVERIES: &str = "/api/webhook_endpoints/{id}/deliveries";
pub const API_WEBHOOK_DELIVERY: &str = "/api/webhook_endpoints/{id}/deliveries/{event_id}";
pub const API_WEBHOOK_REPLAY: &str = "/api/webhook_endpoints/{id}/deliveries/{event_id}/replay";
pub const API_HUB_SETTINGS: &str = "/api/hub/settings";
pub const API_HUB_CONNECTORS: &str = "/api/hub/connectors";
pub const API_HUB_CONNECTOR: &str = "/api/hub/connectors/{id}";
pub const API_HUB_ACCOUNTS: &str = "/api/hub/accounts";
pub const API_HUB_ACCOUNT: &str = "/api/hub/accounts/{id}";
pub const API_HUB_ATTEMPTS: &str = "/api/hub/connection_attempts";
pub const API_HUB_ATTEMPT: &str = "/api/hub/connection_attempts/{id}";
pub const API_OPENAPI: &str = "/api/openapi.json";
pub const API_DOCS: &str = "/api/docs";

pub fn guide(language: Language) -> String {
    format!("{GUIDE}?lang={}", language.as_str())
}

pub fn guide_md(language: Language) -> String {
    format!("{GUIDE_MD}?lang={}", language.as_str())
}

/// Whether people who are no admins open it, so that its errors are in their language too.
pub fn is_for_end_users(path: &str) -> bool {
    path.starts_with("/hub") || path.starts_with(GUIDE)
}

pub fn account(id: &AccountId) -> String {
    format!("{ACCOUNTS}/{id}")
}

/// The Hub, opened by an admin for one account.
pub fn reconnect(id: &str) -> String {
    format!("{CONNECT}?account={id}")
}

pub fn link_revoke(id: &ConnectSessionId) -> String {
    format!("{LINKS}/{id}/revoke")
}

pub fn calendar_revoke(id: &CalendarFeedId) -> String {
    format!("{CALENDAR}/feeds/{id}/revoke")
}

/// Whether the path may hold a token, which no request that starts there may name.
pub fn may_hold_token(path: &str) -> bool {
    let below = |room: &str| path.strip_prefix(room).is_some_and(|rest| rest.starts_with('/'));
    path == HUB || below(HUB) || below(CALENDAR)
}

pub fn api_key_revoke(id: &ApiKeyId) -> String {
    format!("{API_KEYS}/{id}/revoke")
}

pub fn webhook(id: &WebhookEndpointId) -> String {
    format!("{WEBHOOKS}/{id}")
}

pub fn webhook_delivery(id: &WebhookEndpointId, event: &EventId) -> String {
    format!("{WEBHOOKS}/{id}/deliveries/{event}")
}
