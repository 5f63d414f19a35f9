//! Connect: verify with Qlik, seal, store. What was confirmed to a person is on disk.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::id::AttemptId;
use crate::linking::{Attempt, CancelOutcome, Linking, TRIES};
use crate::model::account::{Account, Owner};
use crate::model::event::{Action, Caller, Event};
use crate::model::failure::{Failure, FailureCode, Step};
use crate::model::identity::Verified;
use crate::qlik::{ApiKey, TenantAddress};
use crate::store::{Applied, StoreError};
use crate::vault::Place;

/// What a person typed, for whom, and who says so.
#[derive(Debug)]
pub struct ConnectRequest {
    pub tenant_name: String,
    pub region: String,
    pub api_key: SecretString,
    pub owner: Owner,
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
    /// Begins an attempt to connect that only `holder` can cancel.
    pub fn begin_attempt(&self, holder: &str) -> Attempt {
        self.attempts.begin(holder)
    }

    pub fn cancel_attempt(&self, holder: &str, id: &AttemptId) -> CancelOutcome {
        self.attempts.cancel(holder, id)
    }

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

    async fn verify_and_save(
        &self,
        request: &ConnectRequest,
        attempt: &Attempt,
        progress: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Linked, Failure> {
        let address = self.qlik.address(&request.tenant_name, &request.region)?;
        let key = ApiKey::parse(request.api_key.expose_secret())?;
        self.limits.connect(request.caller.address.as_deref(), &address.host())?;
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
        let linked = self.save(request, &address, &key, verified).await?;
        progress(Step::Saved);
        Ok(linked)
    }

    /// Stores a new account, or the new key of the account that this owner already has for this user.
    async fn save(
        &self,
        request: &ConnectRequest,
        address: &TenantAddress,
        key: &ApiKey,
        verified: Verified,
    ) -> Result<Linked, Failure> {
        let not_saved = |error: StoreError| {
            tracing::error!(error = &error as &dyn std::error::Error, "a link was not saved");
            Failure::new(FailureCode::NotSaved).because(error.to_string())
        };
        let secret = SecretString::from(key.expose());
        for _ in 0..TRIES {
            let now = self.clock.now();
            let existing = self
                .store
                .find_account_of(&request.owner.id, &verified.tenant.id, &verified.user.id)
                .await
                .map_err(not_saved)?;
            let renewed = existing.is_some();
            let mut account = match existing {
                Some(existing) => existing.renewed(address.host(), verified.clone(), now),
                None => {
                    Account::linked(request.owner.clone(), address.host(), verified.clone(), now)
                }
            };
            if !request.owner.name.is_empty() {
                account.owner.name.clone_from(&request.owner.name);
            }
            let sealed = self.vault.seal(&Place::of_account(&account), &secret);
            let action = if renewed { Action::AccountRenewed } else { Action::AccountLinked };
            let event = Event::new(action, &request.caller, now).of(&account.id).with(json!({
                "host": account.host,
                "key_id": account.key.id,
                "expires_at": account.key.expires_at.map(|at| at.to_string()),
            }));
            let applied = if renewed {
                self.store.update_account(&account, Some(&sealed), &event).await
            } else {
                self.store.insert_account(&account, &sealed, &event).await
            };
            if applied.map_err(not_saved)? == Applied::Yes {
                return Ok(Linked { account, renewed });
            }
        }
        Err(Failure::new(FailureCode::NotSaved).because("others kept changing the same account"))
    }

    /// A failed attempt is history too; that it could not be recorded is not the visitor's trouble.
    async fn record_failure(&self, request: &ConnectRequest, failure: &Failure) {
        let host = self.qlik.address(&request.tenant_name, &request.region);
        let event =
            Event::new(Action::ConnectFailed, &request.caller, self.clock.now()).with(json!({
                "code": failure.code.as_str(),
                "step": failure.step.as_str(),
                "host": host.ok().map(|address| address.host()),
                "owner_id": request.owner.id,
                "trace_id": failure.trace_id,
            }));
        tracing::info!(
            code = failure.code.as_str(),
            step = failure.step.as_str(),
            cause = failure.cause,
            trace_id = failure.trace_id,
            "a connection failed"
        );
        if let Err(error) = self.store.record_event(&event).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "history was not written");
        }
    }
}
