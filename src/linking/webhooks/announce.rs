//! Announce: a link to the Hub that webhooks bring to the vendor's back ends, sealed until it is sent.

use std::time::Duration;

use secrecy::SecretString;

use crate::linking::{Linking, SessionError};
use crate::model::connect_session::{ConnectSession, Terms};
use crate::model::event::{Action, Caller};
use crate::secret::PlainToken;
use crate::store::StoreError;
use crate::vault::Place;

/// A session whose link is on its way.
#[derive(Debug)]
pub struct Announced {
    pub session: ConnectSession,
    /// To so many endpoints.
    pub endpoints: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// No endpoint that is switched on asks for `connect_session.created`, by name or with `*`.
    #[error("no webhook endpoint asks for connect_session.created")]
    NobodyListens,
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Linking {
    /// As [`Linking::create_connect_session`], but nobody is shown the token: the link that `auth_link` makes
    /// of it goes as `data.auth_link_url` of a `connect_session.created` to every endpoint that asks for it.
    /// The session and its webhooks are stored together or not at all.
    pub async fn announce_connect_session(
        &self,
        terms: Terms,
        lifetime: Duration,
        auth_link: impl Fn(&PlainToken) -> SecretString,
        caller: &Caller,
    ) -> Result<Announced, AnnounceError> {
        let endpoints = self.store.list_webhook_endpoints().await?;
        let wanted = Action::SessionCreated.as_str();
        let listening: Vec<_> = endpoints
            .into_iter()
            .filter(|endpoint| endpoint.is_enabled() && endpoint.wants(wanted))
            .collect();
        if listening.is_empty() {
            return Err(AnnounceError::NobodyListens);
        }
        let (new, event) = self.new_session(terms, lifetime, caller).await?;
        let event = event.about_session(&new.session);
        let link = auth_link(&new.token);
        let sealed: Vec<_> = listening
            .into_iter()
            .map(|endpoint| {
                let place = Place::of_delivery(endpoint.id.as_str(), event.id.as_str());
                let sealed = self.vault.seal(&place, &link);
                (endpoint.id, sealed)
            })
            .collect();
        self.store.insert_announced_session(&new.session, &event, &sealed).await?;
        Ok(Announced { session: new.session, endpoints: sealed.len() })
    }
}
