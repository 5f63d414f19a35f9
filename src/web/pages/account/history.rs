//! The lines of an account's history.

use serde_json::Value;

use crate::clock::Timestamp;
use crate::id::{AccountId, EventId};
use crate::model::event::{Action, Caller, Event};
use crate::web::components::who;
use crate::web::pages::accounts::Moment;
use crate::web::paths;

#[derive(Debug)]
pub struct Link {
    pub text: String,
    pub href: String,
}

#[derive(Debug)]
pub struct Line {
    pub at: Moment,
    pub who: String,
    pub request: Option<Link>,
    pub what: &'static str,
    pub detail: String,
}

/// The URL of the lines before this one.
pub fn older(id: &AccountId, event: &Event) -> String {
    format!("{}?before={}.{}", paths::account(id), event.at.as_millis(), event.id)
}

/// Reads the place that [`older`] wrote.
pub fn place(text: &str) -> Option<(Timestamp, EventId)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), EventId::try_from(id.to_owned()).ok()?))
}

impl Line {
    pub fn new(event: &Event, now: Timestamp) -> Self {
        let caller = &event.caller;
        let who = who(&caller.actor);
        let from = caller.address.as_ref().map(|address| format!(" from {address}"));
        Self {
            at: Moment::of(event.at, now),
            who: format!("{who}{}", from.unwrap_or_default()),
            request: request(caller),
            what: what(event.action),
            detail: detail(&event.detail),
        }
    }
}

/// Leads to everything that the request did.
pub fn request(caller: &Caller) -> Option<Link> {
    caller.request_id.as_ref().map(|id| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("request_id", id);
        Link { text: id.clone(), href: format!("{}?{}", paths::EVENTS, query.finish()) }
    })
}

/// What happened, for people.
pub const fn what(action: Action) -> &'static str {
    match action {
        Action::AccountCreated => "Linked",
        Action::AccountRenewed => "Linked again with a new key",
        Action::AccountChecked => "Checked",
        Action::CheckRequested => "A test was asked for",
        Action::AccountExpiring => "The key will expire",
        Action::AccountExpired => "The key expired",
        Action::AccountError => "Qlik refused the key",
        Action::AccountRecovered => "The key works again",
        Action::RenewalAllowed => "Renewal was allowed",
        Action::RenewalStopped => "Renewal was stopped",
        Action::RenewalFailed => "The key could not be renewed",
        Action::KeyDeleted => "A key was deleted at Qlik",
        Action::KeyNotDeleted => "A key may be left at Qlik",
        Action::AccountUpdated => "Edited",
        Action::AccountDeleted => "Unlinked",
        Action::AccountSuspended => "Suspended",
        Action::AccountResumed => "Resumed",
        Action::CredentialRead => "The stored key was read",
        Action::SessionCreated => "A link was made",
        Action::SessionOpened => "A link was opened",
        Action::SessionRevoked => "A link was revoked",
        Action::SessionCompleted => "A link was used",
        Action::SessionFailed => "A connection by a link failed",
        Action::WebhookCreated => "A webhook endpoint was made",
        Action::WebhookUpdated => "A webhook endpoint was edited",
        Action::WebhookDisabled => "A webhook endpoint was switched off",
        Action::WebhookDeleted => "A webhook endpoint was deleted",
        Action::WebhookRotated => "A webhook endpoint got a new secret",
        Action::WebhookTested => "A webhook endpoint was tested",
        Action::WebhookReplayed => "A webhook was sent again",
        Action::FeedCreated => "A calendar link was made",
        Action::FeedRevoked => "A calendar link was revoked",
        Action::HubStarted => "The hub was started",
        Action::HubStopped => "The hub was stopped",
        Action::ChainBegun => "History is chained from here on",
        Action::EventsExported => "History was exported",
        Action::AccountsExported => "The list of accounts was exported",
        Action::ApiKeyCreated => "An API key was made",
        Action::ApiKeyRevoked => "An API key was revoked",
        Action::ApiKeyRefused => "An API key was refused",
        Action::ConnectFailed => "A connection failed",
        Action::AdminCreated => "Admin made",
        Action::PasswordChanged => "Password changed",
        Action::SignedIn => "Signed in",
        Action::SignInFailed => "Signing in failed",
        Action::SignedOut => "Signed out",
        Action::SignedOutAll => "Signed out everywhere",
    }
}

/// "name: value"; a pair of values is before and after.
pub fn detail(detail: &Value) -> String {
    let Some(details) = detail.as_object() else { return String::new() };
    let parts = details.iter().filter_map(|(name, value)| {
        let name = name.replace('_', " ");
        match value {
            Value::Null => None,
            Value::Array(pair) if pair.len() == 2 && pair[0] == pair[1] => None,
            Value::Array(pair) if pair.len() == 2 => {
                Some(format!("{name}: {} → {}", text(&pair[0]), text(&pair[1])))
            }
            value => Some(format!("{name}: {}", text(value))),
        }
    });
    parts.collect::<Vec<_>>().join(" · ")
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => text.clone(),
        // A Qlik user.
        Value::Object(user) if user.contains_key("name") => {
            match (&user["name"], user.get("email")) {
                (Value::String(name), Some(Value::String(email))) => format!("{name} ({email})"),
                (name, _) => text(name),
            }
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::detail;

    #[test]
    fn details_are_said_in_words() {
        let user =
            |name: &str, email: Option<&str>| json!({ "id": "u", "name": name, "email": email });
        let users = [user("Jane Doe", Some("jane.doe@example.com")), user("John Doe", None)];
        let said = detail(&json!({ "host": ["a", "a"], "label": ["", "x"], "user": users }));
        assert_eq!(said, "label: none → x · user: Jane Doe (jane.doe@example.com) → John Doe");
    }
}
