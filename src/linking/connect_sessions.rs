//! Connect sessions: made by a back end or an admin, opened by a token, revoked.

use std::time::Duration;

use serde_json::json;

use crate::id::{AccountId, ConnectSessionId};
use crate::linking::Linking;
use crate::model::account::Account;
use crate::model::connect_session::{ConnectSession, LIFETIME_MAX, LIFETIME_MIN, Terms};
use crate::model::event::{Action, Caller, Event};
use crate::secret::PlainToken;
use crate::store::{Applied, StoreError};

/// How long an ended session is still told apart from one that never was.
pub const KEPT: Duration = Duration::from_hours(90 * 24);

/// A session with its token, which is shown once.
#[derive(Debug)]
pub struct NewSession {
    pub session: ConnectSession,
    pub token: PlainToken,
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("there is no such account, or it belongs to another owner")]
    NoSuchAccount,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// Makes a session that lives for `lifetime` (cut to what is allowed). Unless it is for one more
    /// account, it renews the account that its owner linked last, if there is one.
    pub async fn create_connect_session(
        &self,
        terms: Terms,
        lifetime: Duration,
        caller: &Caller,
    ) -> Result<NewSession, SessionError> {
        let (new, event) = self.new_session(terms, lifetime, caller).await?;
        self.store.insert_connect_session(&new.session, &event).await?;
        Ok(new)
    }

    /// One that is about to be stored, with its line of history.
    pub(super) async fn new_session(
        &self,
        mut terms: Terms,
        lifetime: Duration,
        caller: &Caller,
    ) -> Result<(NewSession, Event), SessionError> {
        self.settle_account(&mut terms).await?;
        Ok(self.settled_session(terms, lifetime, caller))
    }

    /// As [`Linking::new_session`], where it is known which account is renewed.
    pub(super) fn settled_session(
        &self,
        terms: Terms,
        lifetime: Duration,
        caller: &Caller,
    ) -> (NewSession, Event) {
        let now = self.clock.now();
        let id = ConnectSessionId::new();
        let token = PlainToken::generate(id.as_str());
        let session = ConnectSession {
            id,
            token_hash: token.hash(),
            made_by: caller.actor.clone(),
            created_at: now,
            expires_at: now.plus(lifetime.clamp(LIFETIME_MIN, LIFETIME_MAX)),
            opened_at: None,
            completed_at: None,
            linked_account_id: None,
            revoked_at: None,
            refusals: 0,
            terms,
        };
        let event = about(&session, Action::SessionCreated, caller, now).with(json!({
            "connect_session_id": session.id,
            "owner_id": session.terms.owner.id,
            "expires_at": session.expires_at.to_string(),
        }));
        (NewSession { session, token }, event)
    }

    async fn settle_account(&self, terms: &mut Terms) -> Result<(), SessionError> {
        if let Some(id) = &terms.account_id {
            let account = self.account(id).await?;
            let own = account
                .filter(|account| terms.owner.id.is_empty() || account.owner.id == terms.owner.id);
            terms.owner = own.ok_or(SessionError::NoSuchAccount)?.owner;
        } else if !terms.multiple && !terms.owner.id.is_empty() {
            let newest = self.store.find_newest_account_of(&terms.owner.id).await?;
            terms.account_id = newest.map(|account| account.id);
        }
        Ok(())
    }

    /// The session that a token opens, in whatever state it is. `None` for what is no token of ours. One
    /// that renews an account which is gone, or has another owner now, counts as revoked.
    pub async fn connect_session(&self, token: &str) -> Result<Option<ConnectSession>, StoreError> {
        let Some(token) = PlainToken::parse(token) else { return Ok(None) };
        let session = self.store.find_connect_session(token.id()).await?;
        let Some(mut session) = session.filter(|session| session.token_hash.matches(&token)) else {
            return Ok(None);
        };
        if session.terms.account_id.is_some() && self.account_renewed_by(&session).await?.is_none()
        {
            session.revoked_at = session.revoked_at.or(Some(self.clock.now()));
        }
        Ok(Some(session))
    }

    /// The account that a session gives a new key. Unless it is for one more account, that may also be
    /// one that its owner has linked since it was made.
    pub async fn account_renewed_by(
        &self,
        session: &ConnectSession,
    ) -> Result<Option<Account>, StoreError> {
        let Terms { account_id, multiple, owner, .. } = &session.terms;
        match account_id {
            Some(id) => {
                let account = self.account(id).await?;
                Ok(account.filter(|account| account.owner.id == owner.id))
            }
            None if *multiple || owner.id.is_empty() => Ok(None),
            None => self.store.find_newest_account_of(&owner.id).await,
        }
    }

    /// Notes that somebody has opened the Hub with it. A disk that takes no writes must not hide the Hub.
    pub async fn note_opened(&self, session: &ConnectSession, caller: &Caller) {
        if session.opened_at.is_some() {
            return;
        }
        let now = self.clock.now();
        let event = about(session, Action::SessionOpened, caller, now)
            .with(json!({ "connect_session_id": session.id }));
        if let Err(error) = self.store.mark_connect_session_opened(&session.id, &event).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an opening was not noted");
        }
    }

    /// Revokes a session; false if there is none that can be revoked.
    pub async fn revoke_connect_session(
        &self,
        id: &ConnectSessionId,
        caller: &Caller,
    ) -> Result<bool, StoreError> {
        let Some(session) = self.store.find_connect_session(id.as_str()).await? else {
            return Ok(false);
        };
        let now = self.clock.now();
        let event = about(&session, Action::SessionRevoked, caller, now)
            .with(json!({ "connect_session_id": session.id }));
        Ok(self.store.revoke_connect_session(id, &event).await? == Applied::Yes)
    }
}

/// An event about a session stands in the history of the account that it renews.
fn about(
    session: &ConnectSession,
    action: Action,
    caller: &Caller,
    now: crate::clock::Timestamp,
) -> Event {
    let event = Event::new(action, caller, now);
    let account: Option<&AccountId> = session.terms.account_id.as_ref();
    match account {
        Some(account) => event.of(account),
        None => event,
    }
}
