//! Webhook endpoints: where back ends are told of what happens, and the secrets that sign it.

mod announce;
mod attempt;
mod deliver;
mod replay;
mod test_event;
mod under_way;

pub use announce::{AnnounceError, Announced};
pub use under_way::UnderWay;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use serde_json::json;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::id::WebhookEndpointId;
use crate::linking::{Linking, TRIES};
use crate::model::event::{Action, Caller, Event};
use crate::model::webhook::{ANNOUNCED, Disabled, DisabledBy, EVERYTHING, WebhookEndpoint};
use crate::store::{Applied, StoreError};
use crate::vault::{OpenError, Place};
use crate::webhook::UrlError;

/// Each is asked about with every event and every second.
pub const ENDPOINTS_MAX: usize = 100;
pub const DESCRIPTION_MAX: usize = 200;
/// How long the secret before a rotation goes on signing, unless somebody says otherwise.
pub const KEEP_OLD_SECRET: Duration = Duration::from_hours(24);
/// The longest that it may.
pub const KEEP_OLD_SECRET_MAX: Duration = Duration::from_hours(30 * 24);

/// What somebody asks for; it is checked when the endpoint is made.
#[derive(Debug, Clone)]
pub struct NewEndpoint {
    pub url: String,
    pub description: String,
    /// Names of [`ANNOUNCED`], or `*` alone.
    pub events: Vec<String>,
}

/// What is to change; `None` leaves it.
#[derive(Debug, Clone, Default)]
pub struct EndpointEdit {
    pub url: Option<String>,
    pub description: Option<String>,
    pub events: Option<Vec<String>>,
    pub enabled: Option<bool>,
}

#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    #[error("there is no such webhook endpoint or delivery")]
    NotFound,
    #[error(transparent)]
    Url(#[from] UrlError),
    #[error("an endpoint needs at least one event, or `*` alone for all")]
    NoEvents,
    #[error("`{0}` is no event that webhooks tell of")]
    UnknownEvent(String),
    #[error("a description has at most {DESCRIPTION_MAX} characters")]
    Description,
    #[error("there are {ENDPOINTS_MAX} endpoints, which is as many as there can be")]
    TooMany,
    #[error("the stored secret does not open")]
    SecretDamaged(#[from] OpenError),
    /// It is being sent at this moment, or waits for an earlier one of its order; or another test event is being
    /// sent to the same endpoint.
    #[error("the delivery is already on its way")]
    OnItsWay,
    /// Links are wiped when their delivery is finished; a new link has to be made.
    #[error("the delivery had a link that is wiped")]
    LinkWiped,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// Makes an endpoint. Its secret is shown this once.
    pub async fn create_webhook_endpoint(
        &self,
        new: NewEndpoint,
        caller: &Caller,
    ) -> Result<(WebhookEndpoint, SecretString), WebhookError> {
        let now = self.clock.now();
        let endpoint = WebhookEndpoint {
            id: WebhookEndpointId::new(),
            version: 1,
            url: self.webhooks.parse_url(&new.url)?.into(),
            description: description(&new.description)?,
            events: events(&new.events)?,
            old_secret_ends_at: None,
            made_by: caller.actor.clone(),
            created_at: now,
            updated_at: now,
            disabled: None,
            failing_since: None,
        };
        let secret = new_secret();
        let sealed = self.vault.seal(&Place::of_webhook_secret(endpoint.id.as_str()), &secret);
        let event = Event::new(Action::WebhookCreated, caller, now).with(endpoint.told());
        let inserted =
            self.store.insert_webhook_endpoint(&endpoint, &sealed, ENDPOINTS_MAX, &event).await?;
        match inserted {
            Applied::Yes => Ok((endpoint, secret)),
            Applied::Conflict => Err(WebhookError::TooMany),
        }
    }

    /// Changes an endpoint. What waits of one that is switched off is kept, and sent when it is switched on
    /// again; what happens meanwhile is not collected for it.
    pub async fn edit_webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
        edit: EndpointEdit,
        caller: &Caller,
    ) -> Result<WebhookEndpoint, WebhookError> {
        let url = edit.url.map(|url| self.webhooks.parse_url(&url)).transpose()?;
        let text = edit.description.as_deref().map(description).transpose()?;
        let wanted = edit.events.as_deref().map(events).transpose()?;
        for _ in 0..TRIES {
            let before = self.webhook_endpoint(id).await?;
            let now = self.clock.now();
            let mut after = before.clone();
            if let Some(url) = &url {
                after.url = url.to_string();
            }
            if after.url != before.url {
                after.failing_since = None;
            }
            if let Some(text) = &text {
                after.description.clone_from(text);
            }
            if let Some(wanted) = &wanted {
                after.events.clone_from(wanted);
            }
            match edit.enabled {
                // It gets another five days.
                Some(true) if !before.is_enabled() => {
                    (after.disabled, after.failing_since) = (None, None);
                }
                Some(false) if before.is_enabled() => {
                    after.disabled = Some(Disabled { at: now, by: DisabledBy::Admin });
                }
                _ => {}
            }
            if after == before {
                return Ok(before);
            }
            after.updated_at = now;
            let event = edited(&before, &after, caller, now);
            if self.store.update_webhook_endpoint(&after, &event).await? == Applied::Yes {
                after.version += 1;
                return Ok(after);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Makes a new secret, shown this once. The one before signs beside it for `keep_old_for`; one that is
    /// older still does not sign any more.
    pub async fn rotate_webhook_secret(
        &self,
        id: &WebhookEndpointId,
        keep_old_for: Duration,
        caller: &Caller,
    ) -> Result<(WebhookEndpoint, SecretString), WebhookError> {
        for _ in 0..TRIES {
            let mut endpoint = self.webhook_endpoint(id).await?;
            let secrets =
                self.store.find_webhook_secrets(id).await?.ok_or(WebhookError::NotFound)?;
            let old = self.vault.open(&Place::of_webhook_secret(id.as_str()), &secrets.current)?;
            let old = self.vault.seal(&Place::of_old_webhook_secret(id.as_str()), &old);
            let secret = new_secret();
            let new = self.vault.seal(&Place::of_webhook_secret(id.as_str()), &secret);
            let now = self.clock.now();
            let ends_at = now.plus(keep_old_for.min(KEEP_OLD_SECRET_MAX));
            endpoint.old_secret_ends_at = Some(ends_at);
            endpoint.updated_at = now;
            let event = Event::new(Action::WebhookRotated, caller, now).with(json!({
                "endpoint_id": id,
                "url": endpoint.url,
                "old_secret_ends_at": ends_at.to_string(),
            }));
            if self.store.rotate_webhook_secret(&endpoint, &new, &old, &event).await?
                == Applied::Yes
            {
                endpoint.version += 1;
                return Ok((endpoint, secret));
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Removes an endpoint with all that was sent to it and all that waits for it.
    pub async fn delete_webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
        caller: &Caller,
    ) -> Result<(), WebhookError> {
        let endpoint = self.webhook_endpoint(id).await?;
        let event = Event::new(Action::WebhookDeleted, caller, self.clock.now());
        let event = event.with(json!({ "endpoint_id": id, "url": endpoint.url }));
        match self.store.delete_webhook_endpoint(id, &event).await? {
            Applied::Yes => Ok(()),
            Applied::Conflict => Err(WebhookError::NotFound),
        }
    }

    async fn webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
    ) -> Result<WebhookEndpoint, WebhookError> {
        self.store.find_webhook_endpoint(id).await?.ok_or(WebhookError::NotFound)
    }
}

/// The line of history: what has changed, with the new values.
fn edited(
    before: &WebhookEndpoint,
    after: &WebhookEndpoint,
    caller: &Caller,
    now: Timestamp,
) -> Event {
    let switched_off = before.is_enabled() && !after.is_enabled();
    let action = if switched_off { Action::WebhookDisabled } else { Action::WebhookUpdated };
    let mut detail = json!({ "endpoint_id": after.id, "url": after.url });
    if before.description != after.description {
        detail["description"] = json!(after.description);
    }
    if before.events != after.events {
        detail["events"] = json!(after.events);
    }
    if before.url != after.url {
        detail["old_url"] = json!(before.url);
    }
    if before.is_enabled() != after.is_enabled() {
        detail["enabled"] = json!(after.is_enabled());
    }
    if switched_off {
        detail["reason"] = json!(DisabledBy::Admin.as_str());
    }
    Event::new(action, caller, now).with(detail)
}

/// 256 random bits in the form of Standard Webhooks.
fn new_secret() -> SecretString {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut()).expect("the operating system gives random bytes");
    let text = Zeroizing::new(STANDARD.encode(bytes.as_ref()));
    SecretString::from(format!("whsec_{}", text.as_str()))
}

fn description(text: &str) -> Result<String, WebhookError> {
    let text = text.trim();
    if text.chars().count() > DESCRIPTION_MAX {
        return Err(WebhookError::Description);
    }
    Ok(text.to_owned())
}

/// In the order of [`ANNOUNCED`], each once.
fn events(wanted: &[String]) -> Result<Vec<String>, WebhookError> {
    if wanted.iter().any(|name| name == EVERYTHING) {
        return Ok(vec![EVERYTHING.to_owned()]);
    }
    let known = ANNOUNCED.map(Action::as_str);
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(WebhookError::UnknownEvent(unknown.clone()));
    }
    if wanted.is_empty() {
        return Err(WebhookError::NoEvents);
    }
    let chosen = known.into_iter().filter(|name| wanted.iter().any(|wanted| wanted == name));
    Ok(chosen.map(str::to_owned).collect())
}
