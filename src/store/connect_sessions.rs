//! Table `connect_sessions`: permissions to link. A token is stored as its hash.

mod row;

use crate::clock::Timestamp;
use crate::id::{AccountId, ConnectSessionId, WebhookEndpointId};
use crate::model::account::Account;
use crate::model::connect_session::{ConnectSession, REFUSALS_MAX, Terms};
use crate::model::event::Event;
use crate::secret::Sealed;
use crate::store::accounts;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, json, sql};
use crate::store::{Store, StoreError};
use crate::store::{vault_keys, webhook_deliveries};

use row::{SessionRow, columns};

fn insert(session: &ConnectSession) -> Statement {
    let Terms { owner, .. } = &session.terms;
    let terms = &session.terms;
    let since = |flag: bool| flag.then_some(session.created_at);
    sql(concat!(
        "INSERT INTO connect_sessions (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
         $18, $19, $20, $21, $22, $23, $24, $25)"
    ))
    .bind(session.id.as_str())
    .bind(session.token_hash.as_bytes())
    .bind(&owner.id)
    .bind(&owner.name)
    .bind(&owner.username)
    .bind(terms.account_id.clone().map(String::from))
    .bind(since(terms.multiple))
    .bind(since(terms.reusable))
    .bind(&terms.label)
    .bind(json(&terms.metadata))
    .bind(terms.kind.as_str())
    .bind(json(&terms.categories))
    .bind(json(&terms.allowed_origins))
    .bind(terms.success_url.clone().map(String::from))
    .bind(terms.language.map(|language| language.as_str().to_owned()))
    .bind(&terms.note)
    .bind(session.made_by.kind())
    .bind(session.made_by.text())
    .bind(session.created_at)
    .bind(session.expires_at)
    .bind(session.opened_at)
    .bind(session.completed_at)
    .bind(session.linked_account_id.clone().map(String::from))
    .bind(session.revoked_at)
    .bind(session.refusals)
}

/// Marks a success. Changes its row only while the session is open, so of two successes with a
/// single-use token one finds nothing to change, on whichever hub. `started` is when the person pressed
/// Connect: what began in time may finish.
fn complete(completion: Completion<'_>, account_id: &AccountId, at: Timestamp) -> Statement {
    sql("UPDATE connect_sessions SET completed_at = $2, linked_account_id = $3 WHERE id = $1 \
         AND revoked_at IS NULL AND refusals < $4 AND expires_at > $5 \
         AND (reusable_at IS NOT NULL OR completed_at IS NULL)")
    .bind(completion.session.as_str())
    .bind(at)
    .bind(account_id.as_str())
    .bind(REFUSALS_MAX)
    .bind(completion.started)
}

/// The sessions that would renew an account that is no more.
pub(super) fn revoke_all_of(account: &AccountId, at: Timestamp) -> Statement {
    sql("UPDATE connect_sessions SET revoked_at = $2 WHERE account_id = $1 AND revoked_at IS NULL \
         AND (reusable_at IS NOT NULL OR completed_at IS NULL)")
    .bind(account.as_str())
    .bind(at)
}

/// The success of a session that is stored together with the account.
#[derive(Debug, Clone, Copy)]
pub struct Completion<'a> {
    pub session: &'a ConnectSessionId,
    pub started: Timestamp,
}

/// Which sessions: newest first, `limit` at most, older than `before`.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Only those that are open at this time.
    pub open_at: Option<Timestamp>,
    /// Only those that are not open any more at this time.
    pub ended_at: Option<Timestamp>,
    pub owner_id: Option<String>,
    /// Only those that would renew this account.
    pub account_id: Option<AccountId>,
    pub before: Option<(Timestamp, ConnectSessionId)>,
    pub limit: usize,
}

/// When what is told of has happened.
fn at_of(account: &Account, events: &[Event]) -> Timestamp {
    events.first().map_or(account.updated_at, |event| event.at)
}

impl Store {
    pub async fn insert_connect_session(
        &self,
        session: &ConnectSession,
        event: &Event,
    ) -> Result<(), StoreError> {
        let _ = self.write(Change::unguarded(insert(session)).recorded(event)).await?;
        Ok(())
    }

    /// Stores all of them or none.
    pub async fn insert_connect_sessions(
        &self,
        sessions: &[(&ConnectSession, &Event)],
    ) -> Result<(), StoreError> {
        let Some(((first, event), others)) = sessions.split_first() else { return Ok(()) };
        let mut change = Change::unguarded(insert(first)).recorded(event);
        for (session, event) in others {
            change = change.then(insert(session)).recorded(event);
        }
        let _ = self.write(change).await?;
        Ok(())
    }

    /// As [`Store::insert_connect_sessions`], with a delivery of each to each of these endpoints, which holds what
    /// is sealed for its receiver. A conflict means that one of the endpoints does not listen any more.
    pub async fn insert_announced_sessions(
        &self,
        endpoints: &[WebhookEndpointId],
        sessions: &[(&ConnectSession, Event, Vec<Sealed>)],
    ) -> Result<Applied, StoreError> {
        let Some(change) = webhook_deliveries::if_all_listen(endpoints) else {
            return Ok(Applied::Conflict);
        };
        let change = sessions.iter().fold(change, |change, (session, event, sealed)| {
            let change = change.then(insert(session));
            webhook_deliveries::announce_sealed(change, event, endpoints, sealed)
        });
        // Last, since every other seal waits for the row that it changes.
        let seals = sessions.iter().flat_map(|(_, _, sealed)| sealed);
        self.write(change.then_all(vault_keys::count_seals(seals))).await
    }

    pub async fn find_connect_session(
        &self,
        id: &str,
    ) -> Result<Option<ConnectSession>, StoreError> {
        let query = sql(concat!("SELECT ", columns!(), " FROM connect_sessions WHERE id = $1"));
        let row: Option<SessionRow> = self.fetch_optional(query.bind(id)).await?;
        row.map(ConnectSession::try_from).transpose()
    }

    pub async fn list_connect_sessions(
        &self,
        query: &SessionQuery,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        let mut select = sql(concat!("SELECT ", columns!(), " FROM connect_sessions WHERE 1 = 1"));
        if let Some(now) = query.open_at {
            select.push(" AND expires_at > ").push_bind(now);
            select.push(" AND revoked_at IS NULL AND refusals < ").push_bind(REFUSALS_MAX);
            select.push(" AND (reusable_at IS NOT NULL OR completed_at IS NULL)");
        }
        if let Some(now) = query.ended_at {
            select.push(" AND (expires_at <= ").push_bind(now);
            select.push(" OR revoked_at IS NOT NULL OR refusals >= ").push_bind(REFUSALS_MAX);
            select.push(" OR (reusable_at IS NULL AND completed_at IS NOT NULL))");
        }
        if let Some(owner_id) = &query.owner_id {
            select.push(" AND owner_id = ").push_bind(owner_id);
        }
        if let Some(account_id) = &query.account_id {
            select.push(" AND account_id = ").push_bind(account_id.as_str());
        }
        if let Some((at, id)) = &query.before {
            select.push(" AND (created_at, id) < (").push_bind(*at).push(", ");
            select.push_bind(id.as_str()).push(")");
        }
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        select.push(" ORDER BY created_at DESC, id DESC LIMIT ").push_bind(limit);
        let rows: Vec<SessionRow> = self.fetch_all(select).await?;
        rows.into_iter().map(ConnectSession::try_from).collect()
    }

    /// Notes that the Hub was opened with it. A conflict means that it had been before.
    pub async fn mark_connect_session_opened(
        &self,
        id: &ConnectSessionId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE connect_sessions SET opened_at = $2 WHERE id = $1 \
             AND opened_at IS NULL");
        self.write(Change::guarded(guard.bind(id.as_str()).bind(event.at)).recorded(event)).await
    }

    /// A conflict means that there is no such session, or none that can be revoked any more.
    pub async fn revoke_connect_session(
        &self,
        id: &ConnectSessionId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE connect_sessions SET revoked_at = $2 WHERE id = $1 \
             AND revoked_at IS NULL AND (reusable_at IS NOT NULL OR completed_at IS NULL)");
        self.write(Change::guarded(guard.bind(id.as_str()).bind(event.at)).recorded(event)).await
    }

    /// Counts a key that Qlik refused.
    pub async fn record_refusal(
        &self,
        id: &ConnectSessionId,
        event: &Event,
    ) -> Result<(), StoreError> {
        let count = sql("UPDATE connect_sessions SET refusals = refusals + 1 WHERE id = $1");
        let _ = self.write(Change::unguarded(count.bind(id.as_str())).recorded(event)).await?;
        Ok(())
    }

    /// As [`Store::insert_account`], together with the success of a session. A conflict means that the
    /// account is there already or that the session is not open any more.
    pub async fn insert_account_by(
        &self,
        completion: Completion<'_>,
        account: &Account,
        secret: &Sealed,
        events: &[Event],
    ) -> Result<Applied, StoreError> {
        let guard = complete(completion, &account.id, at_of(account, events));
        self.write(accounts::insertion(account, secret, events).and_only_if(guard)).await
    }

    /// As [`Store::update_account`], together with the success of a session.
    pub async fn update_account_by(
        &self,
        completion: Completion<'_>,
        account: &Account,
        secret: &Sealed,
        events: &[Event],
    ) -> Result<Applied, StoreError> {
        let guard = complete(completion, &account.id, at_of(account, events));
        self.write(accounts::replacement(account, Some(secret), events).and_only_if(guard)).await
    }

    /// Removes sessions that ended before `before`; their history stays.
    pub async fn delete_old_connect_sessions(&self, before: Timestamp) -> Result<(), StoreError> {
        let delete = sql("DELETE FROM connect_sessions WHERE expires_at < $1").bind(before);
        let _ = self.write(Change::unguarded(delete)).await?;
        Ok(())
    }
}
