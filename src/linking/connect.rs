//! Connect: verify with Qlik, seal, store. What was confirmed to a person is on disk.

mod recipient;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::linking::authority::Authority;
use crate::linking::edit::names;
use crate::linking::{Attempt, CheckError, Linking, TRIES};
use crate::model::account::{Account, Transition};
use crate::model::connect_session::ConnectSession;
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Certainty, Failure, FailureCode, Step};
use crate::model::identity::{QlikUser, Verified};
use crate::qlik::{ApiKey, TenantAddress};
use crate::store::{Applied, Completion, StoreError};
use crate::vault::Place;

/// What a person typed, on whose authority, and who says so.
#[derive(Debug)]
pub struct ConnectRequest {
    pub tenant_name: String,
    pub region: String,
    pub api_key: SecretString,
    /// The Qlik user whose key may take the place of another user's of the same tenant: whoever presses
    /// Connect was shown both and has said so.
    pub replace_user: Option<String>,
    /// Whether the hub may make successors of the key; `None` if nobody was asked: then it stays as it was.
    pub renewal: Option<bool>,
    pub authority: Authority,
    pub caller: Caller,
}

/// A verified link that is on disk.
#[derive(Debug)]
pub struct Linked {
    pub account: Account,
    /// The account was there already, and now has this key.
    pub renewed: bool,
}

impl Linking {
    /// Links an account. `progress` hears of every step that has succeeded. Until saving begins,
    /// cancelling the attempt or dropping the future stores nothing.
    pub async fn connect(
        &self,
        request: ConnectRequest,
        attempt: &Attempt,
        progress: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Linked, Failure> {
        let result = self.verify_and_save(&request, attempt, progress).await;
        if let Err(failure) = &result {
            self.record_failure(&request, failure).await;
        }
        result
    }

    /// As [`Linking::connect`], for a form that need not say what stays as it is: if it renews an account, no
    /// tenant means the account's, and no key that the stored one is tested, where it lives.
    pub async fn connect_or_check(
        &self,
        mut request: ConnectRequest,
        existing: Option<Account>,
    ) -> Result<AccountId, Failure> {
        let session = request.authority.session();
        let attempt = self.begin_attempt(session.map_or("", |session| session.id.as_str()));
        if let (Some(account), Some(session)) = (existing, session) {
            if request.tenant_name.trim().is_empty() {
                request.tenant_name.clone_from(&account.host);
                request.region.clear();
            }
            let address = self.qlik.address(&request.tenant_name, &request.region);
            let is_there = address.is_ok_and(|address| address.host() == account.host);
            if is_there && request.api_key.expose_secret().trim().is_empty() {
                let checked = self.check_by(session, account, &request.caller).await;
                let checked = checked.map_err(|error| match error {
                    CheckError::NotFound => FailureCode::SessionRevoked.into(),
                    CheckError::Store(error) => not_saved(error),
                })?;
                return checked.failure.map_or(Ok(checked.account.id), Err);
            }
        }
        let linked = self.connect(request, &attempt, &|_| {}).await;
        linked.map(|linked| linked.account.id)
    }

    async fn verify_and_save(
        &self,
        request: &ConnectRequest,
        attempt: &Attempt,
        progress: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Linked, Failure> {
        let started = self.clock.now();
        let session = request.authority.session();
        if let Some(code) = session.and_then(|session| session.state(started).refusal()) {
            return Err(code.into());
        }
        let address = self.qlik.address(&request.tenant_name, &request.region)?;
        let key = ApiKey::parse(request.api_key.expose_secret())?;
        self.refuse_other_tenant(&request.authority, &key).await?;
        let link = session.map(|session| session.id.as_str());
        self.limits.connect(request.caller.address.as_deref(), link, &address.host())?;
        let verification = async {
            let _turn = self.conversations.acquire().await;
            self.qlik.verify(&address, &key, self.clock.now(), progress).await
        };
        let verified = tokio::select! {
            biased;
            () = attempt.cancelled() => return Err(FailureCode::Cancelled.into()),
            verified = verification => verified?,
        };
        if !attempt.begin_saving() {
            return Err(FailureCode::Cancelled.into());
        }
        let linked = self.save(request, started, &address, &key, verified).await?;
        progress(Step::Saved);
        Ok(linked)
    }

    /// Stores a new account, or the new key of the account that this owner already has for this user.
    async fn save(
        &self,
        request: &ConnectRequest,
        started: Timestamp,
        address: &TenantAddress,
        key: &ApiKey,
        verified: Verified,
    ) -> Result<Linked, Failure> {
        let secret = SecretString::from(key.expose());
        for _ in 0..TRIES {
            let now = self.clock.now();
            let existing = self.existing(request, &verified).await?;
            let renewed = existing.is_some();
            let Transition { account, happened } = if let Some(existing) = &existing {
                existing.clone().renewed(address.host(), verified.clone(), now, &self.rules)
            } else {
                let owner = request.authority.owner().clone();
                let verified = verified.clone();
                Account::linked(owner, address.host(), verified, now, &self.rules)
            };
            let account = request.authority.named(account, renewed);
            let (account, consent) = self.with_consent(account, existing.as_ref(), request.renewal);
            let sealed = self.vault.seal(&Place::of_account(&account), &secret);
            let session = request.authority.session();
            let after = Transition { account: account.clone(), happened };
            let mut events = Event::of_transition(&after, &request.caller, now);
            let detail = json!({
                "host": account.host,
                "connect_session_id": session.map(|session| &session.id),
            });
            if let Some(first) = events.first_mut() {
                *first = first.clone().with(detail);
                if let Some(before) = &existing {
                    *first =
                        first.clone().with(names(before, &account)).with(users(before, &account));
                }
            }
            events.extend(
                consent.map(|action| Event::new(action, &request.caller, now).about(&account)),
            );
            events.extend(session.map(|session| {
                let linked_account_id = Some(account.id.clone());
                let session = ConnectSession { linked_account_id, ..session.clone() };
                Event::new(Action::SessionCompleted, &request.caller, now)
                    .about_session(&session)
                    .of(&account.id)
            }));
            let completion = session.map(|session| Completion { session: &session.id, started });
            let applied = match (completion, renewed) {
                (None, true) => self.store.update_account(&account, Some(&sealed), &events).await,
                (None, false) => self.store.insert_account(&account, &sealed, &events).await,
                (Some(completion), true) => {
                    self.store.update_account_by(completion, &account, &sealed, &events).await
                }
                (Some(completion), false) => {
                    self.store.insert_account_by(completion, &account, &sealed, &events).await
                }
            };
            if applied.map_err(not_saved)? == Applied::Yes {
                return Ok(Linked { account, renewed });
            }
            self.still_open(session, started).await?;
        }
        Err(Failure::new(FailureCode::NotSaved).because("others kept changing the same account"))
    }

    /// Why a change conflicted: if the session is at its end, trying again is of no use.
    async fn still_open(
        &self,
        session: Option<&ConnectSession>,
        started: Timestamp,
    ) -> Result<(), Failure> {
        let Some(session) = session else { return Ok(()) };
        let now = self.store.find_connect_session(session.id.as_str()).await.map_err(not_saved)?;
        let refusal = match now {
            Some(session) => session.state(started).refusal(),
            None => Some(FailureCode::SessionUnknown),
        };
        refusal.map_or(Ok(()), |code| Err(code.into()))
    }

    /// A failed attempt is history too; that it could not be recorded is not the visitor's trouble.
    async fn record_failure(&self, request: &ConnectRequest, failure: &Failure) {
        let host = self.qlik.address(&request.tenant_name, &request.region);
        let session = request.authority.session();
        let now = self.clock.now();
        let event = match session {
            Some(session) => {
                Event::new(Action::SessionFailed, &request.caller, now).about_session(session)
            }
            None => Event::new(Action::ConnectFailed, &request.caller, now),
        };
        let event = event.with(json!({
            "code": failure.code.as_str(),
            "step": failure.step.as_str(),
            "host": host.ok().map(|address| address.host()),
            "owner_id": request.authority.owner().id,
            "connect_session_id": session.map(|session| &session.id),
            "trace_id": failure.trace_id,
        }));
        tracing::info!(
            code = failure.code.as_str(),
            step = failure.step.as_str(),
            cause = failure.cause,
            trace_id = failure.trace_id,
            "a connection failed"
        );
        let refused = failure.code.certainty() == Certainty::Definite;
        let recorded = match session {
            Some(session) if refused => self.store.record_refusal(&session.id, &event).await,
            _ => self.store.record_event(&event).await,
        };
        if let Err(error) = recorded {
            tracing::warn!(error = &error as &dyn std::error::Error, "history was not written");
        }
    }
}

/// What an event says where a key of another user has taken the place of the one before.
fn users(before: &Account, after: &Account) -> serde_json::Value {
    if before.user.id == after.user.id {
        return json!({});
    }
    let told = |account: &Account| {
        let QlikUser { id, name, email, .. } = &account.user;
        json!({ "id": id, "name": name, "email": email })
    };
    json!({ "user": [told(before), told(after)] })
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it so")]
fn not_saved(error: StoreError) -> Failure {
    tracing::error!(error = &error as &dyn std::error::Error, "a link was not saved");
    Failure::new(FailureCode::NotSaved).because(error.to_string())
}
