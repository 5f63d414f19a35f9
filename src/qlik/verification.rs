//! Does the key work, and whose is it? Asked when a key is pasted and at every later check.

use std::time::Duration;

use reqwest::Method;
use tokio::time::{Instant, timeout_at};

use crate::clock::Timestamp;
use crate::model::failure::{Failure, FailureCode, Step};
use crate::model::identity::{KeyRecord, QlikUser, Tenant, Verified};
use crate::qlik::address::TenantAddress;
use crate::qlik::answer::{KeyAnswer, TenantAnswer, UserAnswer};
use crate::qlik::client::Qlik;
use crate::qlik::key::{ApiKey, is_path_segment};
use crate::qlik::redirect::Resource;
use crate::qlik::refusal::{self, Refused, unexpected, unreachable};
use crate::qlik::reply::Reply;

/// The key's record is worth having, but not worth a person's wait.
const SLOWEST_KEY_RECORD: Duration = Duration::from_secs(5);

/// What became of a key that was to be deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    Now,
    /// It is gone already, or it is another user's: Qlik does not say which.
    NotThere,
}

impl Qlik {
    /// Asks the tenant whose key this is. `progress` hears of each step that has succeeded; the step
    /// of a failure is the first of which it has not heard. Dropping the future stops everything.
    ///
    /// A later check passes the permanent host name and compares the answered tenant and user with
    /// the stored ones: here they are only compared with what the key says of itself.
    pub async fn verify(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        now: Timestamp,
        progress: &(dyn Fn(Step) + Send + Sync),
    ) -> Result<Verified, Failure> {
        let deadline = Instant::now() + self.settings().verification_timeout;
        let mut run = Run { qlik: self, address, key, now, deadline, reached: None, progress };
        let outcome = run.verify().await;
        outcome.map_err(|failure| refusal::where_it_stood(failure, run.reached))
    }

    /// Deletes the key at Qlik.
    pub async fn delete_key(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        key_id: &str,
    ) -> Result<Deleted, Failure> {
        if !is_path_segment(key_id) {
            return Err(unexpected("a key id that does not fit in a path"));
        }
        let deadline = Instant::now() + self.settings().verification_timeout;
        let call = self.send_for_key(Method::DELETE, address, key, key_id);
        let reply = timeout_at(deadline, call).await.unwrap_or_else(|_| Err(too_slow()))?;
        match reply.status {
            200 | 202 | 204 => Ok(Deleted::Now),
            404 => Ok(Deleted::NotThere),
            _ => Err(refusal::failure(reply.answer(), Refused::default(), None)),
        }
    }
}

struct Run<'a> {
    qlik: &'a Qlik,
    address: &'a TenantAddress,
    key: &'a ApiKey,
    now: Timestamp,
    deadline: Instant,
    reached: Option<Step>,
    progress: &'a (dyn Fn(Step) + Send + Sync),
}

impl Run<'_> {
    async fn verify(&mut self) -> Result<Verified, Failure> {
        let deadline = self.deadline;
        let user = timeout_at(deadline, self.user()).await.unwrap_or_else(|_| Err(too_slow()));
        if let Err(failure) = &user {
            // A refusal of the key shows that the tenant is there, one of the user that the key is.
            [Step::Address, Step::Key]
                .into_iter()
                .filter(|step| *step < failure.code.step())
                .for_each(|step| self.reach(step));
        }
        let user = user?;
        self.reach(Step::Address);
        self.reach(Step::Key);
        self.compare_with_claims(&user)?;

        let (tenant, record) = tokio::try_join!(self.tenant(&user), self.record())?;
        self.reach(Step::User);
        self.reach(Step::Permissions);
        Ok(self.verified(user, tenant, record))
    }

    fn reach(&mut self, step: Step) {
        if self.reached < Some(step) {
            self.reached = Some(step);
            (self.progress)(step);
        }
    }

    async fn user(&mut self) -> Result<UserAnswer, Failure> {
        let (qlik, address, key) = (self.qlik, self.address, self.key);
        let mut on_redirect = || self.reach(Step::Address);
        let reply = qlik.get_me(address, key, Resource::Users, &mut on_redirect).await?;
        self.successful(&reply)?;
        UserAnswer::read(&reply.body).map_err(|failure| failure.traced(reply.trace_id))
    }

    /// `None` if this user may not read the tenant: the key is good all the same.
    async fn tenant(&self, user: &UserAnswer) -> Result<Option<TenantAnswer>, Failure> {
        let mut on_redirect = || ();
        let call = self.qlik.get_me(self.address, self.key, Resource::Tenants, &mut on_redirect);
        let reply = timeout_at(self.deadline, call).await.unwrap_or_else(|_| Err(too_slow()))?;
        match self.successful(&reply) {
            Err(_) if reply.status == 404 => return Ok(None),
            Err(failure) if failure.code == FailureCode::Forbidden => return Ok(None),
            other => other?,
        }
        let traced = |failure: Failure| failure.traced(reply.trace_id.clone());
        let tenant = TenantAnswer::read(&reply.body).map_err(traced)?;
        if tenant.id != user.tenant_id {
            return Err(traced(unexpected("the user is of another tenant than the one answering")));
        }
        Ok(Some(tenant))
    }

    /// `None` if nothing is known: many users may not read the record of their own key.
    async fn record(&self) -> Result<Option<KeyAnswer>, Failure> {
        let Some(key_id) = self.key.claims().and_then(|claims| claims.key_id.as_deref()) else {
            return Ok(None);
        };
        let deadline = self.deadline.min(Instant::now() + SLOWEST_KEY_RECORD);
        let call = self.qlik.send_for_key(Method::GET, self.address, self.key, key_id);
        match timeout_at(deadline, call).await {
            Ok(Ok(reply)) if reply.status == 200 => KeyAnswer::read(&reply.body, key_id)
                .map_err(|failure| failure.traced(reply.trace_id)),
            _ => Ok(None),
        }
    }

    fn successful(&self, reply: &Reply) -> Result<(), Failure> {
        if reply.status == 200 {
            return Ok(());
        }
        let expires_at = self.key.claims().and_then(|claims| claims.expires_at);
        let refused = Refused {
            expired: expires_at.is_some_and(|at| at <= self.now),
            cut_off: self.key.looks_cut_off(),
        };
        Err(refusal::failure(reply.answer(), refused, Some(self.now)))
    }

    /// Qlik has accepted the key, so what the key says is what Qlik signed: a difference means that
    /// the answer is another's.
    fn compare_with_claims(&self, user: &UserAnswer) -> Result<(), Failure> {
        let Some(claims) = self.key.claims() else {
            return Ok(());
        };
        if claims.tenant_id.as_ref().is_some_and(|id| *id != user.tenant_id) {
            let cause = "the key names another tenant than the one that answered";
            return Err(Failure::new(FailureCode::KeyWrongTenant).because(cause));
        }
        if claims.user_id.as_ref().is_some_and(|id| *id != user.id) {
            return Err(unexpected("the key names another user than the one answered"));
        }
        Ok(())
    }

    fn verified(
        &self,
        user: UserAnswer,
        tenant: Option<TenantAnswer>,
        record: Option<KeyAnswer>,
    ) -> Verified {
        let (name, hostname) = tenant.map_or((None, None), |t| (t.name, t.hostname));
        // A permanent host name elsewhere than the tenant itself is not believed.
        let hostname = hostname
            .and_then(|hostname| self.qlik.address_of_hostname(&hostname).ok())
            .filter(|permanent| permanent.region() == self.address.region())
            .filter(|permanent| permanent.base_domain() == self.address.base_domain())
            .map_or_else(|| self.address.host(), |permanent| permanent.host());
        let claims = self.key.claims();
        Verified {
            tenant: Tenant {
                id: user.tenant_id,
                name: name.unwrap_or_else(|| self.address.tenant().to_owned()),
                hostname,
                region: self.address.region().to_owned(),
            },
            user: QlikUser {
                id: user.id,
                name: user.name,
                email: user.email,
                tenant_admin: user.tenant_admin,
            },
            key: KeyRecord {
                id: claims.and_then(|claims| claims.key_id.clone()),
                created_at: record.and_then(|record| record.created_at),
                expires_at: record
                    .and_then(|record| record.expires_at)
                    .or_else(|| claims.and_then(|claims| claims.expires_at)),
            },
        }
    }
}

pub(super) fn too_slow() -> Failure {
    unreachable("no whole answer in the time that a verification may take")
}

#[cfg(test)]
mod tests;
