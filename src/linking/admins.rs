//! Admins: the first one, signing in and out.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use crate::clock::Timestamp;
use crate::id::{AdminId, SessionId, SetupId};
use crate::linking::Linking;
use crate::model::admin::{Admin, SETUP_LIFETIME, Session};
use crate::model::event::{Action, Actor, Caller, Event};
use crate::secret::PlainToken;
use crate::store::StoreError;

/// The name of the one admin.
pub const ADMIN: &str = "admin";
pub const PASSWORD_MIN: usize = 12;
pub const PASSWORD_MAX: usize = 256;
/// A session's use is written down this often, not with every request.
const TOUCH: Duration = Duration::from_mins(1);

/// A password that cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    #[error("a password has at least {PASSWORD_MIN} characters")]
    TooShort,
    #[error("a password has at most {PASSWORD_MAX} characters")]
    TooLong,
    #[error("a password has more than a few different characters")]
    TooSimple,
}

#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    #[error("the setup link is unknown, used or expired")]
    BadLink,
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("the password is wrong")]
    WrongPassword,
    #[error("too many passwords were tried")]
    TooMany { retry_after: Duration },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new session; the token goes into the cookie and nowhere else.
#[derive(Debug)]
pub struct StartSession {
    pub token: PlainToken,
}

/// An admin whose session is alive.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub session_id: SessionId,
    pub admin_id: AdminId,
    pub admin_name: String,
}

fn check_password(password: &SecretString) -> Result<(), PasswordError> {
    let password = password.expose_secret();
    let length = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    match length {
        0..PASSWORD_MIN => Err(PasswordError::TooShort),
        PASSWORD_MIN..=PASSWORD_MAX if different.len() < 5 => Err(PasswordError::TooSimple),
        PASSWORD_MIN..=PASSWORD_MAX => Ok(()),
        _ => Err(PasswordError::TooLong),
    }
}

impl Linking {
    /// Whether the first admin is still to be made.
    pub async fn needs_setup(&self) -> Result<bool, StoreError> {
        Ok(self.store.count_admins().await? == 0)
    }

    /// Draws a setup link's token; an older one stops working.
    pub async fn new_setup_link(&self) -> Result<PlainToken, StoreError> {
        let id = SetupId::new();
        let token = PlainToken::generate(id.as_str());
        self.store.replace_setup_link(&id, &token.hash(), self.clock.now()).await?;
        Ok(token)
    }

    /// Makes the first admin by a setup link and signs in. The link works once.
    pub async fn set_up(
        &self,
        token: &str,
        password: SecretString,
        caller: &Caller,
    ) -> Result<StartSession, SetupError> {
        let now = self.clock.now();
        if !self.opens_setup(token, now).await? {
            // Within the limit for passwords, so that nobody can fill the disk with them.
            if self.limits.sign_in(caller.address.as_deref()).is_ok() {
                let event = Event::new(Action::SignInFailed, caller, now);
                let event = event.with(json!({ "by": "setup link" }));
                self.store.record_event(&event).await?;
            }
            return Err(SetupError::BadLink);
        }
        let admin = self.create_admin(password, caller).await?.ok_or(SetupError::BadLink)?;
        Ok(self.start_session(&admin, caller, now).await?)
    }

    async fn opens_setup(&self, token: &str, now: Timestamp) -> Result<bool, StoreError> {
        let Some(token) = PlainToken::parse(token) else { return Ok(false) };
        let link = self.store.find_setup_link(token.id()).await?;
        Ok(link.is_some_and(|(hash, created_at)| {
            hash.matches(&token) && now < created_at.plus(SETUP_LIFETIME)
        }))
    }

    /// Makes the first admin. `None` if there is one already.
    pub async fn create_admin(
        &self,
        password: SecretString,
        caller: &Caller,
    ) -> Result<Option<Admin>, SetupError> {
        check_password(&password)?;
        let password_hash = self.passwords.hash(password).await;
        let admin = Admin { id: AdminId::new(), version: 1, name: ADMIN.to_owned(), password_hash };
        let now = self.clock.now();
        let event = Event::new(Action::AdminCreated, caller, now);
        let applied = self.store.insert_admin(&admin, now, &event).await?;
        Ok(applied.is_yes().then_some(admin))
    }

    /// Sets the admin's password, or makes the admin; every session ends.
    pub async fn set_password(
        &self,
        password: SecretString,
        caller: &Caller,
    ) -> Result<(), SetupError> {
        check_password(&password)?;
        let Some(mut admin) = self.store.find_admin(ADMIN).await? else {
            let made = self.create_admin(password, caller).await?;
            return made.map(drop).ok_or(SetupError::Store(StoreError::Busy));
        };
        admin.password_hash = self.passwords.hash(password).await;
        let now = self.clock.now();
        let event = Event::new(Action::PasswordChanged, caller, now);
        let applied = self.store.update_password(&admin, now, &event).await?;
        applied.is_yes().then_some(()).ok_or(SetupError::Store(StoreError::Busy))
    }

    pub async fn sign_in(
        &self,
        password: SecretString,
        caller: &Caller,
    ) -> Result<StartSession, SignInError> {
        self.limits
            .sign_in(caller.address.as_deref())
            .map_err(|retry_after| SignInError::TooMany { retry_after })?;
        let admin = self.store.find_admin(ADMIN).await?;
        let fits = password.expose_secret().len() <= 4 * PASSWORD_MAX;
        let right = match &admin {
            Some(admin) if fits => {
                self.passwords.verify(password, admin.password_hash.clone()).await
            }
            _ => false,
        };
        let now = self.clock.now();
        if let Some(admin) = admin.filter(|_| right) {
            return Ok(self.start_session(&admin, caller, now).await?);
        }
        self.store.record_event(&Event::new(Action::SignInFailed, caller, now)).await?;
        Err(SignInError::WrongPassword)
    }

    async fn start_session(
        &self,
        admin: &Admin,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<StartSession, StoreError> {
        let id = SessionId::new();
        let token = PlainToken::generate(id.as_str());
        let session = Session {
            id,
            admin_id: admin.id.clone(),
            token_hash: token.hash(),
            created_at: now,
            last_seen_at: now,
        };
        let caller = Caller { actor: Actor::Admin { name: admin.name.clone() }, ..caller.clone() };
        let event = Event::new(Action::SignedIn, &caller, now);
        let applied = self.store.insert_session(&session, admin.version, &event).await?;
        applied.is_yes().then_some(StartSession { token }).ok_or(StoreError::Busy)
    }

    /// Who presents this token, if its session is alive.
    pub async fn authenticate(&self, token: &str) -> Result<Option<SignedIn>, StoreError> {
        let Some(token) = PlainToken::parse(token) else { return Ok(None) };
        let Some((session, admin_name)) = self.store.find_session(token.id()).await? else {
            return Ok(None);
        };
        let now = self.clock.now();
        if !session.token_hash.matches(&token) || !session.is_alive(now) {
            return Ok(None);
        }
        if now.since(session.last_seen_at) >= TOUCH
            && let Err(error) = self.store.touch_session(&session.id, now).await
        {
            // A disk that takes no writes must not hide the pages that say so.
            tracing::warn!(error = &error as &dyn std::error::Error, "a session was not touched");
        }
        let Session { id: session_id, admin_id, .. } = session;
        Ok(Some(SignedIn { session_id, admin_id, admin_name }))
    }

    pub async fn sign_out(&self, who: &SignedIn, caller: &Caller) -> Result<(), StoreError> {
        let event = Event::new(Action::SignedOut, caller, self.clock.now());
        self.store.delete_session(&who.session_id, &event).await
    }

    /// Ends every session of the admin, this one too.
    pub async fn sign_out_everywhere(
        &self,
        who: &SignedIn,
        caller: &Caller,
    ) -> Result<(), StoreError> {
        let event = Event::new(Action::SignedOutAll, caller, self.clock.now());
        self.store.delete_sessions(&who.admin_id, &event).await
    }
}
