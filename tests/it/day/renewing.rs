//! The same day with renewal: whoever allowed it never is without a working key.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use linkhub::id::AccountId;
use linkhub::model::event::Caller;
use secrecy::ExposeSecret as _;

use super::cast::{RETRY_AFTER, TENANTS};
use super::{DAY, Day, START, STEP, accounts};
use crate::emulator::{Fault, KeyStatus};

/// What nobody hears of whose key is renewed.
const UNHEARD_OF: [&str; 4] =
    ["account.expiring", "account.expired", "account.error", "renewal.failed"];

impl Day {
    async fn allow_renewal(&mut self) {
        let linking = &self.hub.state.linking;
        for (id, (number, told)) in &mut self.linked {
            let actor = &self.cast.actors[*number];
            if actor.renews() && !std::mem::replace(&mut told.renewal_allowed, true) {
                let id = AccountId::try_from(id.clone()).unwrap();
                linking.set_renewal(&id, true, &Caller::system()).await.unwrap();
            }
        }
    }

    /// Somewhere Qlik is away for an hour, or asks for patience for half of one; elsewhere a key is made and its
    /// maker does not hear of it.
    fn spoil_keys(&mut self) {
        let mut world = self.hub.qlik.world();
        world.clear_faults();
        self.cast.storm = None;
        if self.now < START.plus(Duration::from_hours(2)) {
            return;
        }
        let steps = usize::try_from(self.now.since(START).as_secs() / STEP.as_secs()).unwrap();
        for part in 0..3 {
            let place = &self.cast.tenants[(steps / 12 * 3 + part) % TENANTS];
            world.fault("*", Fault::Maintenance).of_tenant(&place.id);
        }
        // Far from the tenants that are away before or after.
        let storm = (steps / 12 * 3 + TENANTS / 2) % TENANTS;
        if steps % 12 < 6 {
            let patience = Fault::TooManyRequests(RETRY_AFTER.as_secs());
            world.fault("*", patience).of_tenant(&self.cast.tenants[storm].id);
            self.cast.storm = Some(storm);
        }
        for part in 0..10 {
            let number = (steps * 7 + part * 5) % TENANTS;
            // Not where Qlik was away an hour ago: after two misfortunes a renewal is late, and people hear of it.
            let since = (number + TENANTS - steps / 12 * 3 % TENANTS) % TENANTS;
            if !(3..TENANTS - 6).contains(&since) {
                continue;
            }
            let place = &self.cast.tenants[number];
            let rule = world.fault("/api/v1/api-keys", Fault::Truncated);
            rule.of_tenant(&place.id).after(1).times(1);
        }
    }

    /// Asks Qlik itself whether each stored key works, and what else there is. Answers the number of orphans.
    async fn judge_keys(&mut self) -> usize {
        let retired = self.database.retired_keys().await;
        let world = self.hub.qlik.world();
        let mut owned: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for place in &self.cast.tenants {
            for key in world.keys_of_tenant(&place.id) {
                if key.status(self.now) == KeyStatus::Active {
                    owned.entry(&key.user_id).or_default().push(&key.id);
                }
            }
        }
        let mut orphans = 0;
        for (id, (number, told)) in &self.linked {
            let actor = &self.cast.actors[*number];
            let row = told.row.as_ref().unwrap();
            assert_eq!(row.status, "active", "{id} of {} at {}", actor.tenant, self.now);
            if !actor.renews() {
                continue;
            }
            let keys = owned.get(actor.user_id.as_str()).map_or(&[][..], Vec::as_slice);
            assert!(
                keys.contains(&row.key_id.as_str()),
                "{id} of tenant {} has no working key at {}: {row:?}",
                actor.tenant,
                self.now
            );
            let unknown = keys.iter().filter(|key| **key != row.key_id && !retired.contains(**key));
            let unknown = unknown.count();
            assert!(unknown <= 1, "{id} has {unknown} orphans at {}", self.now);
            assert!(keys.len() <= 5, "{id} has {} keys", keys.len());
            orphans += unknown;
        }
        orphans
    }

    /// What is sealed is what the row says.
    async fn judge_secrets(&self) {
        for (id, (_, told)) in &self.linked {
            let id = AccountId::try_from(id.clone()).unwrap();
            let read = self.hub.state.linking.read_credential(&id, &Caller::system()).await;
            let secret = read.unwrap().api_key;
            let world = self.hub.qlik.world();
            let key = world.key_by_text(secret.expose_secret()).expect("the stored key is at Qlik");
            assert_eq!(key.id, told.row.as_ref().unwrap().key_id, "the sealed key of {id}");
            assert_eq!(key.status(self.now), KeyStatus::Active);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_renewal_no_account_is_ever_without_a_working_key() {
    let started = Instant::now();
    let mut day = Day::begin(&["--renewal"], accounts(), false).await;
    let (mut most_orphans, mut renewals) = (0, 0);
    while day.now < START.plus(DAY) {
        day.spoil_keys();
        day.step().await;
        day.allow_renewal().await;
        renewals += day.hear_of_keys().await;
        most_orphans = most_orphans.max(day.judge_keys().await);
        day.now = day.now.plus(STEP);
    }
    // All is well again: what was left over is found with the next renewal or deletion of each.
    let (end, mut orphans) = (day.now.plus(Duration::from_hours(26)), most_orphans);
    while day.now < end && (orphans > 0 || day.overdue().await > 0) {
        day.hub.qlik.world().clear_faults();
        day.cast.storm = None;
        day.step().await;
        renewals += day.hear_of_keys().await;
        orphans = day.judge_keys().await;
        day.now = day.now.plus(STEP);
    }
    assert_eq!((orphans, day.overdue().await), (0, 0), "keys that nobody deletes");
    day.judge_storms();
    assert!(day.storms.len() > TENANTS / 10, "{} storms were noticed", day.storms.len());
    let announced = day.judge_webhooks().await;
    day.judge_secrets().await;
    println!(
        "{} accounts, {renewals} renewals, {} requests to Qlik, at most {most_orphans} orphans at once, {} lines \
         of history, {announced} webhooks, {:?}",
        day.linked.len(),
        day.requests,
        day.lines,
        started.elapsed()
    );
    assert!(renewals > day.linked.len() * 2, "only {renewals} renewals");
}

impl Day {
    /// How many keys should have been deleted by now.
    async fn overdue(&mut self) -> usize {
        let long_ago = self.now.minus(Duration::from_mins(30));
        self.database.keys_to_delete(long_ago).await
    }

    /// Answers how many were renewed.
    async fn hear_of_keys(&mut self) -> usize {
        let _ = self.hear().await;
        let mut renewals = 0;
        for (id, (_, told)) in &mut self.linked {
            for action in told.actions.drain(..) {
                assert!(!UNHEARD_OF.contains(&action.as_str()), "{action} of {id} at {}", self.now);
                renewals += usize::from(action == "account.renewed");
            }
        }
        renewals
    }
}
