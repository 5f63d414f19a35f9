//! Who is there on the emulated day, and what befalls whom: the truth, known before the day begins.

use std::collections::BTreeMap;
use std::time::Duration;

use linkhub::clock::{Clock, Timestamp};

use crate::emulator::{
    Fault, InactiveUser, Knobs, RedirectStyle, Tenant, UnauthorizedBody, User, UserStatus, World,
};

pub const TENANTS: usize = 50;
const LIVES: [Duration; 3] =
    [Duration::from_hours(6), Duration::from_hours(24), Duration::from_hours(24 * 30)];
/// Some keys have lived for a while when they are linked.
const AGES: [Duration; 4] =
    [Duration::ZERO, Duration::from_mins(40), Duration::from_hours(1), Duration::from_hours(4)];
/// All are linked within the first hour, before anything befalls anybody.
const LINKING: Duration = Duration::from_hours(1);
pub const RETRY_AFTER: Duration = Duration::from_mins(20);

/// What Qlik says of a key, for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    Good,
    /// With one of these codes.
    Refused(&'static [&'static str]),
    /// No answer that means anything.
    Unknown,
}

const REJECTED: Truth = Truth::Refused(&["key_rejected", "key_revoked", "key_expired"]);
const INACTIVE: Truth = Truth::Refused(&["user_inactive"]);
const DISABLED: Truth = Truth::Refused(&["tenant_disabled"]);
const ELSEWHERE: Truth = Truth::Refused(&["key_rejected", "account_mismatch", "key_wrong_tenant"]);

pub struct Actor {
    pub tenant: usize,
    pub user_id: String,
    pub key: String,
    pub created: Timestamp,
    pub expiry: Timestamp,
    /// Whether the hub can know the expiry.
    pub expiry_known: bool,
    pub linked_at: Timestamp,
    /// From when on what holds, but for the key's expiry.
    turns: Vec<(Timestamp, Truth)>,
    pub fate: Option<&'static str>,
}

impl Actor {
    pub fn truth(&self, at: Timestamp) -> Truth {
        let turn = self.turns.iter().rev().find(|(from, _)| *from <= at);
        match turn.map_or(Truth::Good, |(_, truth)| *truth) {
            Truth::Good | INACTIVE if self.expiry <= at => REJECTED,
            truth => truth,
        }
    }

    /// Since when Qlik gives definite answers again.
    pub fn answers_since(&self, at: Timestamp) -> Timestamp {
        let ends = self.turns.windows(2).filter(|pair| pair[0].1 == Truth::Unknown);
        ends.map(|pair| pair[1].0).filter(|end| *end <= at).max().unwrap_or(self.linked_at)
    }

    /// Whether it is renewed on the day of renewals.
    pub fn renews(&self) -> bool {
        self.expiry_known && self.expiry.since(self.created) <= Duration::from_hours(24)
    }

    fn turn(&mut self, at: Timestamp, truth: Truth) {
        self.turns.push((at, truth));
    }
}

enum Act {
    Revoke(usize),
    Delete(usize),
    User(usize, UserStatus),
    MayManageKeys(usize, bool),
    TenantOff(usize),
    TenantOn(usize),
    AliasMoves(usize),
    Fault(usize, Fault),
    FaultEnds(usize),
}

pub struct Cast {
    pub actors: Vec<Actor>,
    pub tenants: Vec<Place>,
    acts: BTreeMap<Timestamp, Vec<Act>>,
    faults: BTreeMap<usize, Fault>,
    /// Which tenant asks for patience beside those that `faults` names.
    pub storm: Option<usize>,
}

/// A tenant and its address.
pub struct Place {
    pub id: String,
    pub alias: String,
    /// Where the hub looks for it after linking.
    pub hosts: [String; 2],
    /// Its users may not read the tenant, so that the hub knows nothing but the alias.
    alias_only: bool,
}

impl Cast {
    /// `spoilt` is whether anything befalls anybody.
    pub fn new(
        world: &mut World,
        clock: &Clock,
        start: Timestamp,
        count: usize,
        spoilt: bool,
    ) -> Self {
        let mut cast = Self {
            actors: Vec::new(),
            tenants: Vec::new(),
            acts: BTreeMap::new(),
            faults: BTreeMap::new(),
            storm: None,
        };
        for number in 0..TENANTS {
            cast.add_tenant(world, number);
        }
        for number in 0..count {
            cast.add_actor(world, clock, start, number);
        }
        set(clock, start);
        if spoilt {
            (0..TENANTS).for_each(|tenant| cast.spoil_tenant(start, tenant));
            (0..count).for_each(|actor| cast.spoil_actor(world, start, actor));
        }
        for actor in &mut cast.actors {
            actor.turns.sort_by_key(|(at, _)| *at);
        }
        cast
    }

    fn add_tenant(&mut self, world: &mut World, number: usize) {
        let alias = format!("company-{number}");
        let mut tenant = Tenant::new(&alias, ["us", "eu"][number % 2], &format!("Co {number}"));
        tenant.max_key_life = Duration::from_hours(24 * 30);
        tenant.knobs = Some(Knobs {
            // Fewer requests in most places, so that the day is over soon.
            me: match number % 10 {
                0 => RedirectStyle::Relative,
                1 => RedirectStyle::Absolute,
                _ => RedirectStyle::Direct,
            },
            unauthorized_body: match number % 3 {
                0 => UnauthorizedBody::Json,
                1 => UnauthorizedBody::NginxHtml,
                _ => UnauthorizedBody::Empty,
            },
            inactive_user: match number % 2 {
                0 => InactiveUser::Forbidden,
                _ => InactiveUser::Shown,
            },
            names_dead_keys: number.is_multiple_of(4),
            keys_need_permission: number.is_multiple_of(5),
            keys_carry_exp: number % 5 == 1,
            ..Knobs::default()
        });
        let hosts = [tenant.host(), tenant.permanent_host()];
        let id = world.add_tenant(tenant);
        self.tenants.push(Place { id, alias, hosts, alias_only: number == 7 });
        if number == 7 {
            self.faults.insert(number, Fault::NotFound);
        }
        self.put_faults(world);
    }

    fn add_actor(&mut self, world: &mut World, clock: &Clock, start: Timestamp, number: usize) {
        let tenant = number % TENANTS;
        let life = LIVES[(number / TENANTS + number) % 3];
        let age = AGES[mixed(number, 1) % 4];
        let age = if age * 2 > life { Duration::ZERO } else { age };
        let linked_at = start.plus(LINKING * u32::try_from(mixed(number, 2) % 12).unwrap() / 12);
        set(clock, linked_at.minus(age));
        let place = &self.tenants[tenant];
        let user = User::new(&format!("User {number}"), "user@example.com");
        // Their keys say nothing of their end, and nobody may ask.
        let unknown = number / TENANTS % 20 == 6 && tenant % 5 > 1;
        let user = User { may_manage_keys: !unknown, ..user };
        let user_id = world.add_user(&place.id, user);
        let key = world.mint_key(&user_id, life);
        let record = world.key_by_text(&key).unwrap();
        self.actors.push(Actor {
            tenant,
            user_id,
            created: record.created,
            expiry: record.expiry,
            expiry_known: !unknown,
            key,
            linked_at,
            turns: vec![(linked_at, Truth::Good)],
            fate: None,
        });
    }

    /// Of fifty tenants, two or three have it bad in each way.
    fn spoil_tenant(&mut self, start: Timestamp, tenant: usize) {
        let hours = |from: u64, to: u64| {
            (start.plus(Duration::from_hours(from)), start.plus(Duration::from_hours(to)))
        };
        let (from, to, fault) = match tenant {
            0 | 1 => {
                let (from, to) = hours(5, 7);
                self.act(from, Act::TenantOff(tenant));
                self.act(to, Act::TenantOn(tenant));
                return self.turn_all(tenant, "tenant disabled", from, Some(to), DISABLED);
            }
            6 => {
                let (from, _) = hours(8, 9);
                self.act(from, Act::AliasMoves(tenant));
                return self.turn_all(tenant, "alias moved", from, None, Truth::Good);
            }
            7 => {
                let (from, _) = hours(8, 9);
                self.act(from, Act::AliasMoves(tenant));
                return self.turn_all(tenant, "only alias moved", from, None, ELSEWHERE);
            }
            2 => (5, 8, Fault::Reset),
            3 => (3, 4, Fault::Maintenance),
            4 | 5 => (3, 5, Fault::TooManyRequests(RETRY_AFTER.as_secs())),
            8 => (2, 4, Fault::HtmlPage),
            9 => (2, 4, Fault::Truncated),
            10 | 11 => (2, 4, Fault::Slow(Duration::from_millis(60))),
            _ => return,
        };
        let (from, to) = hours(from, to);
        let truth = if tenant >= 10 { Truth::Good } else { Truth::Unknown };
        self.act(from, Act::Fault(tenant, fault));
        self.act(to, Act::FaultEnds(tenant));
        self.turn_all(tenant, "tenant away", from, Some(to), truth);
    }

    fn turn_all(
        &mut self,
        tenant: usize,
        fate: &'static str,
        from: Timestamp,
        to: Option<Timestamp>,
        truth: Truth,
    ) {
        for actor in self.actors.iter_mut().filter(|actor| actor.tenant == tenant) {
            actor.fate = Some(fate);
            actor.turn(from, truth);
            if let Some(to) = to {
                actor.turn(to, Truth::Good);
            }
        }
    }

    /// In the other tenants one of twenty has it bad in each way.
    fn spoil_actor(&mut self, world: &World, start: Timestamp, number: usize) {
        let tenant = self.actors[number].tenant;
        if tenant < 12 {
            return;
        }
        let minutes = 90 + mixed(number, 3) as u64 % (18 * 12) * 5;
        let from = start.plus(Duration::from_mins(minutes));
        let to = from.plus(Duration::from_hours(3));
        let knobs = world.knobs_of(world.tenant(&self.tenants[tenant].id));
        let needed = knobs.keys_need_permission;
        let (fate, act, end, truth) = match mixed(number, 4) % 20 {
            0 => ("revoked", Act::Revoke(number), None, REJECTED),
            1 => ("deleted", Act::Delete(number), None, REJECTED),
            2 => ("user disabled", Act::User(number, UserStatus::Disabled), None, INACTIVE),
            3 => {
                let end = Act::User(number, UserStatus::Active);
                ("user away", Act::User(number, UserStatus::Disabled), Some(end), INACTIVE)
            }
            4 | 5 if self.actors[number].expiry_known => {
                let truth = if needed { REJECTED } else { Truth::Good };
                let end = Act::MayManageKeys(number, true);
                ("permission lost", Act::MayManageKeys(number, false), Some(end), truth)
            }
            _ => return,
        };
        self.act(from, act);
        let actor = &mut self.actors[number];
        actor.fate = Some(fate);
        actor.turn(from, truth);
        if let Some(end) = end {
            actor.turn(to, Truth::Good);
            self.act(to, end);
        }
    }

    fn act(&mut self, at: Timestamp, act: Act) {
        self.acts.entry(at).or_default().push(act);
    }

    /// Lets happen what was to happen until `now`.
    pub fn play(&mut self, world: &mut World, now: Timestamp) {
        let later = self.acts.split_off(&now.plus(Duration::from_millis(1)));
        for act in std::mem::replace(&mut self.acts, later).into_values().flatten() {
            self.play_one(world, act);
        }
    }

    fn play_one(&mut self, world: &mut World, act: Act) {
        match act {
            Act::Revoke(actor) => world.revoke_key(&self.actors[actor].key),
            Act::Delete(actor) => world.delete_key(&self.actors[actor].key),
            Act::User(actor, status) => {
                world.user_mut(&self.actors[actor].user_id).status = status;
            }
            Act::MayManageKeys(actor, may) => {
                world.user_mut(&self.actors[actor].user_id).may_manage_keys = may;
            }
            Act::TenantOff(tenant) => world.disable_tenant(&self.tenants[tenant].id),
            Act::TenantOn(tenant) => {
                let tenant = world.tenant_mut(&self.tenants[tenant].id);
                tenant.status = crate::emulator::TenantStatus::Active;
            }
            Act::AliasMoves(tenant) => {
                let place = &self.tenants[tenant];
                let region = world.tenant(&place.id).region.clone();
                let other = world.add_tenant(Tenant::new("newcomer", &region, "Newcomer"));
                world.give_alias(&place.id, &other, &format!("{}-before", place.alias));
            }
            Act::Fault(tenant, fault) => {
                self.faults.insert(tenant, fault);
                self.put_faults(world);
            }
            Act::FaultEnds(tenant) => {
                self.faults.remove(&tenant);
                self.put_faults(world);
            }
        }
    }

    /// Whether the tenant asks for patience now.
    pub fn is_storm(&self, tenant: usize) -> bool {
        self.storm == Some(tenant)
            || matches!(self.faults.get(&tenant), Some(Fault::TooManyRequests(_)))
    }

    fn put_faults(&self, world: &mut World) {
        world.clear_faults();
        for (tenant, fault) in &self.faults {
            let place = &self.tenants[*tenant];
            let path = if place.alias_only { "/api/v1/tenants/me" } else { "*" };
            world.fault(path, fault.clone()).of_tenant(&place.id);
        }
    }
}

/// Sets a clock that a test holds.
pub fn set(clock: &Clock, at: Timestamp) {
    if let Clock::Fixed(millis) = clock {
        millis.store(at.as_millis(), std::sync::atomic::Ordering::SeqCst);
    }
}

/// A number that looks random and is the same in every run.
fn mixed(number: usize, salt: u64) -> usize {
    let mut x = (number as u64).wrapping_add(salt << 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((x ^ (x >> 31)) % 1_000_000).unwrap()
}
