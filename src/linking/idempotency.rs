//! Requests that may come again: the first is carried out, the others get its answer.

use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use crate::id::ApiKeyId;
use crate::linking::Linking;
use crate::store::{Applied, Reservation, StoreError};
use crate::vault::Place;

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_hours(24);
/// A request that has no answer after this time was cut off with its hub; it may be tried again.
const ABANDONED: Duration = Duration::from_mins(2);

/// A request that its sender has named.
#[derive(Debug, Clone)]
pub struct IdempotentRequest {
    pub api_key_id: ApiKeyId,
    pub name: String,
    /// SHA-256 of method, path and body: the same name for another request is a mistake.
    pub fingerprint: Vec<u8>,
}

/// What to do with a request of that name.
#[derive(Debug)]
pub enum Idempotency {
    /// It is the first: carry it out, then [`Linking::remember_answer`].
    First(Reservation),
    /// It was answered so.
    Again { status: u16, body: SecretString },
    /// The first is still under way.
    UnderWay,
    /// The name belongs to another request.
    Other,
}

impl Linking {
    pub async fn reserve_request(
        &self,
        request: &IdempotentRequest,
    ) -> Result<Idempotency, StoreError> {
        // A second round follows only where an abandoned or outdated reservation made way.
        for _ in 0..2 {
            let now = self.clock.now();
            let reservation = Reservation {
                api_key_id: request.api_key_id.clone(),
                name: request.name.clone(),
                fingerprint: request.fingerprint.clone(),
                created_at: now,
            };
            if self.store.reserve_idempotency_key(&reservation).await? == Applied::Yes {
                return Ok(Idempotency::First(reservation));
            }
            let found = self.store.find_idempotency_key(&request.api_key_id, &request.name).await?;
            let Some(found) = found else { continue };
            let age = now.since(found.created_at);
            let outdated = age >= KEPT || (found.answer.is_none() && age >= ABANDONED);
            if outdated {
                let old = Reservation { created_at: found.created_at, ..reservation };
                self.store.release_idempotency_key(&old).await?;
                continue;
            }
            if found.fingerprint != request.fingerprint {
                return Ok(Idempotency::Other);
            }
            let Some((status, sealed)) = found.answer else { return Ok(Idempotency::UnderWay) };
            let place = Place::of_answer(request.api_key_id.as_str(), &request.name);
            let Ok(body) = self.vault.open(&place, &sealed) else {
                return Err(StoreError::Damaged("idempotency_keys.ciphertext"));
            };
            let status = u16::try_from(status)
                .map_err(|_| StoreError::Damaged("idempotency_keys.status"))?;
            return Ok(Idempotency::Again { status, body });
        }
        Ok(Idempotency::UnderWay)
    }

    /// Keeps the answer for whoever asks again. An answer that says "try again" is not kept.
    pub async fn remember_answer(
        &self,
        reservation: &Reservation,
        status: u16,
        body: &SecretString,
    ) -> Result<(), StoreError> {
        let final_answer = status < 500 && status != 429;
        if !final_answer || body.expose_secret().is_empty() {
            return self.store.release_idempotency_key(reservation).await;
        }
        let place = Place::of_answer(reservation.api_key_id.as_str(), &reservation.name);
        let sealed = self.vault.seal(&place, body);
        let now = self.clock.now();
        self.store.answer_idempotency_key(reservation, i64::from(status), &sealed, now).await
    }
}
