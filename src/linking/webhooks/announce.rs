//! Announce: a link to the Hub that webhooks bring to the vendor's back ends, sealed until it is sent.

use std::time::Duration;

use secrecy::SecretString;

use crate::id::WebhookEndpointId;
use crate::linking::{Linking, NewSession, SessionError, TRIES};
use crate::model::connect_session::{ConnectSession, Terms};
use crate::model::event::{Action, Caller, Event};
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
        let (new, event) = self.new_session(terms, lifetime, caller).await?;
        let made = [(new, event)];
        let endpoints = self.announce(&made, auth_link).await?;
        let [(new, _)] = made;
        Ok(Announced { session: new.session, endpoints })
    }

    /// Stores these sessions with their webhooks, all of them or none. Answers to how many endpoints each goes.
    pub(in crate::linking) async fn announce(
        &self,
        made: &[(NewSession, Event)],
        auth_link: impl Fn(&PlainToken) -> SecretString,
    ) -> Result<usize, AnnounceError> {
        for _ in 0..TRIES {
            let listening = self.listening().await?;
            let announced: Vec<_> = made
                .iter()
                .map(|(new, event)| {
                    let event = event.clone().about_session(&new.session);
                    let link = auth_link(&new.token);
                    let seal = |endpoint: &WebhookEndpointId| {
                        let place = Place::of_delivery(endpoint.as_str(), event.id.as_str());
                        self.vault.seal(&place, &link)
                    };
                    let sealed: Vec<_> = listening.iter().map(seal).collect();
                    (&new.session, event, sealed)
                })
                .collect();
            let applied = self.store.insert_announced_sessions(&listening, &announced).await?;
            if applied.is_yes() {
                return Ok(listening.len());
            }
        }
        Err(StoreError::Busy.into())
    }

    /// The endpoints that hear of a session that is made.
    async fn listening(&self) -> Result<Vec<WebhookEndpointId>, AnnounceError> {
        let wanted = Action::SessionCreated.as_str();
        let endpoints = self.store.list_webhook_endpoints().await?;
        let listening: Vec<_> = endpoints
            .into_iter()
            .filter(|endpoint| endpoint.is_enabled() && endpoint.wants(wanted))
            .map(|endpoint| endpoint.id)
            .collect();
        if listening.is_empty() { Err(AnnounceError::NobodyListens) } else { Ok(listening) }
    }
}
