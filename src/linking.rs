//! What the product does: link, check, edit and unlink accounts, and let admins in. Every change of
//! anything goes through here, where the rules and the line of history are.

mod admins;
mod api_keys;
mod attempts;
mod authority;
mod bulk;
mod calendar_feeds;
mod check;
mod checks;
mod connect;
mod connect_sessions;
mod credentials;
mod edit;
mod expire;
mod health;
mod history;
mod idempotency;
mod limits;
mod passwords;
mod renewal;
mod suspend;
mod tenant_budgets;
mod unlink;
mod webhooks;

use std::sync::Arc;

use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::id::AccountId;
use crate::model::account::{Account, Rules};
use crate::model::failure::{Failure, FailureCode};
use crate::model::webhook::KEPT;
use crate::qlik::{ApiKey, Qlik, TenantAddress};
use crate::secret::Sealed;
use crate::store::{Store, StoreError};
use crate::vault::{Place, Vault};
use crate::webhook::Sender;

pub use admins::{ADMIN, PasswordError, SetupError, SignInError, SignedIn, StartSession};
pub use api_keys::{ApiClient, ApiKeyError, NewApiKey, Unauthorized};
pub use attempts::{Attempt, CancelOutcome};
pub use authority::Authority;
pub use calendar_feeds::{ENTRIES as CALENDAR_ENTRIES, Expiries, FeedError, NewCalendarFeed};
pub use check::{CheckError, Checked};
pub use connect::{ConnectRequest, Linked};
pub use connect_sessions::{NewSession, SessionError};
pub use credentials::{Credential, CredentialError};
pub use edit::{Edit, EditError};
pub use history::{ChainReport, verify_history};
pub use idempotency::{Idempotency, IdempotentRequest};
pub use limits::LimitSettings;
pub use renewal::RenewalError;
pub use suspend::SuspendError;
pub use unlink::{AtQlik, UnlinkError, Unlinked};
pub use webhooks::{
    AnnounceError, Announced, DESCRIPTION_MAX, ENDPOINTS_MAX, EndpointEdit, KEEP_OLD_SECRET,
    KEEP_OLD_SECRET_MAX, NewEndpoint, WebhookError,
};

use attempts::Attempts;
use limits::Limits;
use passwords::Passwords;
use webhooks::UnderWay;

/// At most so many conversations with Qlik at once; more wait.
const CONVERSATIONS: usize = 256;
/// How often a change is tried again after somebody else was faster.
const TRIES: usize = 128;

#[derive(Debug)]
pub struct Linking {
    store: Store,
    vault: Arc<Vault>,
    qlik: Qlik,
    clock: Clock,
    attempts: Attempts,
    passwords: Passwords,
    limits: Limits,
    conversations: Semaphore,
    health: health::Health,
    rules: Rules,
    last_look: checks::LastLook,
    stopping: CancellationToken,
    webhooks: Sender,
    under_way: UnderWay,
}

impl Linking {
    pub fn new(
        store: Store,
        vault: Arc<Vault>,
        qlik: Qlik,
        clock: Clock,
        limits: &LimitSettings,
        rules: Rules,
        webhooks: Sender,
    ) -> Self {
        Self {
            store,
            vault,
            qlik,
            clock,
            attempts: Attempts::default(),
            passwords: Passwords::default(),
            limits: Limits::new(limits),
            conversations: Semaphore::new(CONVERSATIONS),
            health: health::Health::default(),
            rules,
            last_look: checks::LastLook::default(),
            stopping: CancellationToken::new(),
            webhooks,
            under_way: UnderWay::default(),
        }
    }

    /// Ends what goes on in the background: rounds finish or give back what they have taken on.
    pub fn wind_down(&self) {
        self.stopping.cancel();
    }

    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Forgets what is no longer needed: limits that are full again, sessions that have ended, answers
    /// to requests that will not come again.
    pub async fn clean_up(&self) -> Result<(), StoreError> {
        self.limits.clean_up();
        let now = self.clock.now();
        self.store.delete_dead_sessions(now).await?;
        self.store.delete_old_connect_sessions(now.minus(connect_sessions::KEPT)).await?;
        self.store.delete_old_webhook_secrets(now).await?;
        self.store.delete_old_deliveries(now.minus(KEPT)).await?;
        self.store.delete_old_idempotency_keys(now.minus(idempotency::KEPT)).await?;
        self.forget_old_events().await
    }

    /// The key of an account and the address to use it at: the permanent one, which never changes hands.
    fn stored_key(
        &self,
        account: &Account,
        sealed: Option<&Sealed>,
    ) -> Result<(TenantAddress, ApiKey), Failure> {
        let Some(sealed) = sealed else {
            return Err(Failure::new(FailureCode::SecretDamaged).because("there is no secret"));
        };
        self.vault
            .open(&Place::of_account(account), sealed)
            .map_err(|error| Failure::new(FailureCode::SecretDamaged).because(error.to_string()))
            .and_then(|secret| {
                let address = self.qlik.address_of_hostname(&account.tenant.hostname)?;
                Ok((address, ApiKey::from_stored(secret.expose_secret().to_owned())))
            })
    }

    /// An account with the secret that belongs to it as it was read, although these are two reads.
    async fn account_with_secret(
        &self,
        id: &AccountId,
    ) -> Result<Option<(Account, Option<Sealed>)>, StoreError> {
        for _ in 0..TRIES {
            let Some(account) = self.account(id).await? else { return Ok(None) };
            let sealed = self.store.find_credential(id).await?;
            let unchanged = self.account(id).await?.map(|after| after.version);
            if unchanged == Some(account.version) {
                return Ok(Some((account, sealed)));
            }
        }
        Err(StoreError::Busy)
    }

    async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        self.store.find_account(id).await
    }
}
