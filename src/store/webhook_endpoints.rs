//! Table `webhook_endpoints`: where webhooks are sent, with the sealed secrets that sign them.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::WebhookEndpointId;
use crate::model::event::{Actor, Event};
use crate::model::webhook::{Disabled, DisabledBy, EndpointSecrets, WebhookEndpoint};
use crate::secret::Sealed;
use crate::store::change::{Applied, Change};
use crate::store::sql::{json, sql};
use crate::store::{Store, StoreError};
use crate::store::{vault_keys, webhook_deliveries};

macro_rules! columns {
    () => {
        "id, version, url, description, events, old_ends_at, made_by_kind, made_by_name, \
         created_at, updated_at, disabled_at, disabled_by, failing_since"
    };
}

pub(super) const LIST_DUE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM webhook_endpoints WHERE disabled_at IS NULL AND EXISTS (SELECT 1 \
     FROM webhook_deliveries AS d WHERE d.endpoint_id = webhook_endpoints.id \
     AND d.next_attempt_at <= $1) ORDER BY created_at, id"
);

#[derive(FromRow)]
struct EndpointRow {
    id: String,
    version: i64,
    url: String,
    description: String,
    events: String,
    old_ends_at: Option<i64>,
    made_by_kind: String,
    made_by_name: String,
    created_at: i64,
    updated_at: i64,
    disabled_at: Option<i64>,
    disabled_by: Option<String>,
    failing_since: Option<i64>,
}

impl TryFrom<EndpointRow> for WebhookEndpoint {
    type Error = StoreError;

    fn try_from(row: EndpointRow) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged;
        let instant = Timestamp::from_millis;
        let disabled = match (row.disabled_at, row.disabled_by) {
            (Some(at), by) => Some(Disabled {
                at: instant(at),
                by: by
                    .and_then(|by| DisabledBy::parse(&by))
                    .ok_or(damaged("webhook_endpoints.disabled_by"))?,
            }),
            (None, _) => None,
        };
        Ok(Self {
            id: WebhookEndpointId::try_from(row.id).map_err(|_| damaged("webhook_endpoints.id"))?,
            version: row.version,
            url: row.url,
            description: row.description,
            events: serde_json::from_str(&row.events)
                .map_err(|_| damaged("webhook_endpoints.events"))?,
            old_secret_ends_at: row.old_ends_at.map(instant),
            made_by: Actor::parse(&row.made_by_kind, &row.made_by_name)
                .ok_or(damaged("webhook_endpoints.made_by_name"))?,
            created_at: instant(row.created_at),
            updated_at: instant(row.updated_at),
            disabled,
            failing_since: row.failing_since.map(instant),
        })
    }
}

#[derive(FromRow)]
struct SecretsRow {
    #[sqlx(flatten)]
    current: Sealed,
    old_key_id: Option<String>,
    old_wrapped_key: Option<Vec<u8>>,
    old_ciphertext: Option<Vec<u8>>,
    old_ends_at: Option<i64>,
}

impl From<SecretsRow> for EndpointSecrets {
    fn from(row: SecretsRow) -> Self {
        let SecretsRow { current, old_key_id, old_wrapped_key, old_ciphertext, old_ends_at } = row;
        let old = match (old_key_id, old_wrapped_key, old_ciphertext, old_ends_at) {
            (Some(key_id), Some(wrapped_key), Some(ciphertext), Some(ends_at)) => {
                Some((Sealed { key_id, wrapped_key, ciphertext }, Timestamp::from_millis(ends_at)))
            }
            _ => None,
        };
        Self { current, old }
    }
}

impl Store {
    /// A conflict means that there are `most` already. On PostgreSQL, endpoints that are made at the very same
    /// moment may become a few more.
    pub async fn insert_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        secret: &Sealed,
        most: usize,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("INSERT INTO webhook_endpoints (id, version, url, description, events, \
             key_id, wrapped_key, ciphertext, made_by_kind, made_by_name, created_at, updated_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 \
             WHERE (SELECT count(*) FROM webhook_endpoints) < $13")
        .bind(endpoint.id.as_str())
        .bind(endpoint.version)
        .bind(&endpoint.url)
        .bind(&endpoint.description)
        .bind(json(&endpoint.events))
        .bind(&secret.key_id)
        .bind(secret.wrapped_key.as_slice())
        .bind(secret.ciphertext.as_slice())
        .bind(endpoint.made_by.kind())
        .bind(endpoint.made_by.text())
        .bind(endpoint.created_at)
        .bind(endpoint.updated_at)
        .bind(i64::try_from(most).unwrap_or(i64::MAX));
        let change = Change::guarded(guard).then(vault_keys::count_seal(&secret.key_id));
        self.write(change.recorded(event)).await
    }

    pub async fn find_webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
    ) -> Result<Option<WebhookEndpoint>, StoreError> {
        let query = sql(concat!("SELECT ", columns!(), " FROM webhook_endpoints WHERE id = $1"));
        let row: Option<EndpointRow> = self.fetch_optional(query.bind(id.as_str())).await?;
        row.map(WebhookEndpoint::try_from).transpose()
    }

    /// All endpoints, the oldest first.
    pub async fn list_webhook_endpoints(&self) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let query =
            sql(concat!("SELECT ", columns!(), " FROM webhook_endpoints ORDER BY created_at, id"));
        let rows: Vec<EndpointRow> = self.fetch_all(query).await?;
        rows.into_iter().map(WebhookEndpoint::try_from).collect()
    }

    /// The sealed secrets; only the vault opens them.
    pub async fn find_webhook_secrets(
        &self,
        id: &WebhookEndpointId,
    ) -> Result<Option<EndpointSecrets>, StoreError> {
        let query = sql("SELECT key_id, wrapped_key, ciphertext, old_key_id, old_wrapped_key, \
             old_ciphertext, old_ends_at FROM webhook_endpoints WHERE id = $1");
        let row: Option<SecretsRow> = self.fetch_optional(query.bind(id.as_str())).await?;
        Ok(row.map(EndpointSecrets::from))
    }

    /// Stores an edited endpoint. `endpoint.version` is the version that was read; a conflict means that it
    /// has changed since, or is gone. What waits of one that is switched off is not due, and is again when it
    /// is switched on.
    pub async fn update_webhook_endpoint(
        &self,
        endpoint: &WebhookEndpoint,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE webhook_endpoints SET version = version + 1, url = $3, \
             description = $4, events = $5, updated_at = $6, disabled_at = $7, disabled_by = $8, \
             failing_since = $9 WHERE id = $1 AND version = $2")
        .bind(endpoint.id.as_str())
        .bind(endpoint.version)
        .bind(&endpoint.url)
        .bind(&endpoint.description)
        .bind(json(&endpoint.events))
        .bind(endpoint.updated_at)
        .bind(endpoint.disabled.map(|disabled| disabled.at))
        .bind(endpoint.disabled.map(|disabled| disabled.by.as_str().to_owned()))
        .bind(endpoint.failing_since);
        let waiting = if endpoint.is_enabled() {
            webhook_deliveries::resume(&endpoint.id, endpoint.updated_at)
        } else {
            webhook_deliveries::hold(&endpoint.id)
        };
        self.write(Change::guarded(guard).then(waiting).recorded(event)).await
    }

    /// Gives the endpoint a new secret; `old` is the one before, sealed for its new column, which signs
    /// until `endpoint.old_secret_ends_at`. A conflict as in [`Store::update_webhook_endpoint`].
    pub async fn rotate_webhook_secret(
        &self,
        endpoint: &WebhookEndpoint,
        new: &Sealed,
        old: &Sealed,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE webhook_endpoints SET version = version + 1, key_id = $3, \
             wrapped_key = $4, ciphertext = $5, old_key_id = $6, old_wrapped_key = $7, \
             old_ciphertext = $8, old_ends_at = $9, updated_at = $10 \
             WHERE id = $1 AND version = $2")
        .bind(endpoint.id.as_str())
        .bind(endpoint.version)
        .bind(&new.key_id)
        .bind(new.wrapped_key.as_slice())
        .bind(new.ciphertext.as_slice())
        .bind(&old.key_id)
        .bind(old.wrapped_key.as_slice())
        .bind(old.ciphertext.as_slice())
        .bind(endpoint.old_secret_ends_at)
        .bind(endpoint.updated_at);
        let change = Change::guarded(guard)
            .then(vault_keys::count_seal(&new.key_id))
            .then(vault_keys::count_seal(&old.key_id));
        self.write(change.recorded(event).shredding()).await
    }

    /// Removes an endpoint with its deliveries and their attempts. A conflict means that it is gone.
    pub async fn delete_webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("DELETE FROM webhook_endpoints WHERE id = $1").bind(id.as_str());
        self.write(Change::guarded(guard).recorded(event).shredding()).await
    }

    /// The endpoints that something is due for; those that are switched off have nothing due.
    pub async fn list_webhook_endpoints_due(
        &self,
        now: Timestamp,
    ) -> Result<Vec<WebhookEndpoint>, StoreError> {
        let rows: Vec<EndpointRow> = self.fetch_all(sql(LIST_DUE).bind(now)).await?;
        rows.into_iter().map(WebhookEndpoint::try_from).collect()
    }

    /// Notes that attempts fail since then, unless they did before.
    pub async fn mark_webhook_endpoint_failing(
        &self,
        id: &WebhookEndpointId,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE webhook_endpoints SET failing_since = $2 WHERE id = $1 \
             AND failing_since IS NULL AND disabled_at IS NULL");
        let _ = self.write(Change::unguarded(update.bind(id.as_str()).bind(since))).await?;
        Ok(())
    }

    /// Notes that an attempt has succeeded.
    pub async fn clear_webhook_endpoint_failing(
        &self,
        id: &WebhookEndpointId,
    ) -> Result<(), StoreError> {
        let update = sql("UPDATE webhook_endpoints SET failing_since = NULL WHERE id = $1 \
             AND failing_since IS NOT NULL");
        let _ = self.write(Change::unguarded(update.bind(id.as_str()))).await?;
        Ok(())
    }

    /// Switches off an endpoint that has failed at least since `failing_since`, if that is given. A conflict
    /// means that it is switched off or gone, or has succeeded meanwhile.
    pub async fn disable_webhook_endpoint(
        &self,
        id: &WebhookEndpointId,
        by: DisabledBy,
        failing_since: Option<Timestamp>,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let mut guard = sql("UPDATE webhook_endpoints SET version = version + 1, \
             updated_at = $2, disabled_at = $2, disabled_by = $3 WHERE id = $1 \
             AND disabled_at IS NULL")
        .bind(id.as_str())
        .bind(event.at)
        .bind(by.as_str());
        if let Some(since) = failing_since {
            guard.push(" AND failing_since <= ").push_bind(since);
        }
        let hold = webhook_deliveries::hold(id);
        self.write(Change::guarded(guard).then(hold).recorded(event)).await
    }

    /// Wipes the secrets before a rotation that do not sign any more.
    pub async fn delete_old_webhook_secrets(&self, now: Timestamp) -> Result<(), StoreError> {
        let count = sql("SELECT count(*) FROM webhook_endpoints WHERE old_ends_at <= $1");
        if self.fetch_count(count.bind(now)).await? == 0 {
            return Ok(());
        }
        let wipe = sql("UPDATE webhook_endpoints SET old_key_id = NULL, old_wrapped_key = NULL, \
             old_ciphertext = NULL, old_ends_at = NULL WHERE old_ends_at <= $1");
        let _ = self.write(Change::unguarded(wipe.bind(now)).shredding()).await?;
        Ok(())
    }
}
