//! API keys: made once, shown once, and how a back end is known by one.

use std::time::Duration;

use serde_json::json;

use crate::id::ApiKeyId;
use crate::linking::Linking;
use crate::model::api_key::{ApiKey, Scope};
use crate::model::event::{Action, Actor, Caller, Event};
use crate::secret::PlainToken;
use crate::store::{Applied, StoreError};

/// A key's use is written down this often, not with every request.
const TOUCH: Duration = Duration::from_mins(1);
const NAME_MAX: usize = 100;

/// A key with its token, which is shown once.
#[derive(Debug)]
pub struct NewApiKey {
    pub key: ApiKey,
    pub token: PlainToken,
}

#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    #[error("an API key needs a name of 1 to {NAME_MAX} characters")]
    Name,
    #[error("an API key needs at least one scope")]
    NoScope,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A back end that has shown its key.
#[derive(Debug, Clone)]
pub struct ApiClient {
    pub key: ApiKey,
    pub caller: Caller,
}

#[derive(Debug, thiserror::Error)]
pub enum Unauthorized {
    #[error("there is no such API key, or it was revoked")]
    Unknown,
    #[error("too many requests")]
    TooMany { retry_after: Duration },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    pub async fn create_api_key(
        &self,
        name: &str,
        scopes: &[Scope],
        caller: &Caller,
    ) -> Result<NewApiKey, ApiKeyError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX {
            return Err(ApiKeyError::Name);
        }
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            return Err(ApiKeyError::NoScope);
        }
        let now = self.clock.now();
        let id = ApiKeyId::new();
        let token = PlainToken::generate(id.as_str());
        let key = ApiKey {
            id,
            name: name.to_owned(),
            token_hash: token.hash(),
            scopes,
            made_by: caller.actor.clone(),
            created_at: now,
            last_used_at: None,
            revoked_at: None,
        };
        let event = Event::new(Action::ApiKeyCreated, caller, now).with(json!({
            "api_key_id": key.id,
            "name": key.name,
            "scopes": key.scopes,
        }));
        self.store.insert_api_key(&key, &event).await?;
        Ok(NewApiKey { key, token })
    }

    /// False if there is no such key, or if it was revoked before.
    pub async fn revoke_api_key(&self, id: &ApiKeyId, caller: &Caller) -> Result<bool, StoreError> {
        let event = Event::new(Action::ApiKeyRevoked, caller, self.clock.now())
            .with(json!({ "api_key_id": id }));
        Ok(self.store.revoke_api_key(id, &event).await? == Applied::Yes)
    }

    /// Who presents this key. Counts the request.
    pub async fn authenticate_api_key(
        &self,
        token: &str,
        caller: Caller,
    ) -> Result<ApiClient, Unauthorized> {
        let key = match self.api_key(token).await? {
            Some((key, None)) => key,
            refused => {
                let waits = self.limits.wrong_api_key(caller.address.as_deref());
                waits.map_err(|retry_after| Unauthorized::TooMany { retry_after })?;
                if let Some((key, Some(reason))) = refused {
                    self.note_refused(&key, reason, &caller).await;
                }
                return Err(Unauthorized::Unknown);
            }
        };
        self.limits.api(&key.id).map_err(|retry_after| Unauthorized::TooMany { retry_after })?;
        let now = self.clock.now();
        if key.last_used_at.is_none_or(|at| now.since(at) >= TOUCH)
            && let Err(error) = self.store.touch_api_key(&key.id, now).await
        {
            tracing::warn!(error = &error as &dyn std::error::Error, "an API key was not touched");
        }
        let actor = Actor::ApiKey { id: key.id.clone(), name: key.name.clone() };
        let caller = Caller { actor, ..caller };
        Ok(ApiClient { key, caller })
    }

    /// The key that a token names, and why it opens nothing if it does not.
    async fn api_key(
        &self,
        token: &str,
    ) -> Result<Option<(ApiKey, Option<&'static str>)>, StoreError> {
        let Some(token) = PlainToken::parse(token) else { return Ok(None) };
        let key = self.store.find_api_key(token.id()).await?;
        Ok(key.map(|key| {
            let reason = match (key.token_hash.matches(&token), key.revoked_at) {
                (false, _) => Some("wrong_secret"),
                (true, Some(_)) => Some("revoked"),
                (true, None) => None,
            };
            (key, reason)
        }))
    }

    /// Only of keys that are known, and seldom, so that nobody fills the disk. It is refused all the same.
    async fn note_refused(&self, key: &ApiKey, reason: &str, caller: &Caller) {
        if !self.limits.tells_of_refusal(&key.id) {
            return;
        }
        let event = Event::new(Action::ApiKeyRefused, caller, self.clock.now()).with(json!({
            "api_key_id": key.id,
            "name": key.name,
            "reason": reason,
        }));
        if let Err(error) = self.store.record_event(&event).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "a refusal was not recorded");
        }
    }
}
