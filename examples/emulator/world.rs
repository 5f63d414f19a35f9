//! The state of the emulated cloud.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use linkhub::clock::{Clock, Timestamp};
use serde_json::Value;

use super::faults::{Fault, FaultRule};
use super::keys::{Key, KeyStatus, opaque_id, random_hex, system_hostname, uuid};
use super::knobs::Knobs;

pub struct World {
    pub knobs: Knobs,
    /// The id of the tenant that answers when `Host` is an address; the first one added unless changed.
    pub default_tenant: Option<String>,
    pub(super) faults: Vec<FaultRule>,
    clock: Clock,
    tenants: BTreeMap<String, Tenant>,
    keys: BTreeMap<String, Key>,
}

#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: String,
    /// What `https://{alias}.{region}.{base domain}` calls it; may change, and may pass to another tenant.
    pub alias: String,
    /// The first label of the permanent hostname.
    pub system_hostname: String,
    pub region: String,
    pub base_domain: String,
    pub name: String,
    pub status: TenantStatus,
    pub created: Timestamp,
    pub max_keys_per_user: usize,
    pub max_key_life: Duration,
    /// Overrides those of the world.
    pub knobs: Option<Knobs>,
    pub users: Vec<User>,
    pub items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantStatus {
    Active,
    Disabled,
    Deleted,
    UserAccessDisabled,
}

#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub subject: String,
    pub name: String,
    pub email: String,
    pub status: UserStatus,
    pub roles: Vec<String>,
    pub may_manage_keys: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    Active,
    Invited,
    Disabled,
    Deleted,
    Provisioned,
}

#[derive(Clone, Debug)]
pub struct Item {
    pub id: String,
    pub resource_id: String,
    /// `app`, `automation`, `dataset` …
    pub resource_type: String,
    pub name: String,
}

impl Tenant {
    /// An active tenant with Qlik's defaults: five keys a user, 24 hours a key.
    pub fn new(alias: &str, region: &str, name: &str) -> Self {
        Self {
            id: opaque_id(),
            alias: alias.to_owned(),
            system_hostname: system_hostname(),
            region: region.to_owned(),
            base_domain: "qlikcloud.com".to_owned(),
            name: name.to_owned(),
            status: TenantStatus::Active,
            created: Timestamp::from_millis(1_700_000_000_000),
            max_keys_per_user: 5,
            max_key_life: Duration::from_hours(24),
            knobs: None,
            users: Vec::new(),
            items: Vec::new(),
        }
    }

    pub fn host(&self) -> String {
        self.host_of(&self.alias)
    }

    pub fn permanent_host(&self) -> String {
        self.host_of(&self.system_hostname)
    }

    fn host_of(&self, label: &str) -> String {
        format!("{label}.{}.{}", self.region, self.base_domain)
    }
}

impl User {
    /// An active user without roles who may manage API keys.
    pub fn new(name: &str, email: &str) -> Self {
        Self {
            id: random_hex::<12>(),
            subject: format!("auth0|{}", random_hex::<32>()),
            name: name.to_owned(),
            email: email.to_owned(),
            status: UserStatus::Active,
            roles: Vec::new(),
            may_manage_keys: true,
        }
    }

    pub fn is_tenant_admin(&self) -> bool {
        self.roles.iter().any(|role| role == "TenantAdmin")
    }
}

impl Item {
    pub fn new(resource_type: &str, name: &str) -> Self {
        Self {
            id: random_hex::<12>(),
            resource_id: uuid(),
            resource_type: resource_type.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl World {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            knobs: Knobs::default(),
            default_tenant: None,
            faults: Vec::new(),
            clock,
            tenants: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Returns the tenant's id.
    pub fn add_tenant(&mut self, tenant: Tenant) -> String {
        let id = tenant.id.clone();
        self.default_tenant.get_or_insert_with(|| id.clone());
        self.tenants.insert(id.clone(), tenant);
        id
    }

    /// Returns the user's id.
    pub fn add_user(&mut self, tenant_id: &str, user: User) -> String {
        let id = user.id.clone();
        self.tenant_mut(tenant_id).users.push(user);
        id
    }

    /// Panics for an unknown id, as do all that take an id from a test.
    pub fn tenant_mut(&mut self, tenant_id: &str) -> &mut Tenant {
        self.tenants.get_mut(tenant_id).expect("the id is that of a tenant of this world")
    }

    pub fn tenant(&self, tenant_id: &str) -> &Tenant {
        self.tenants.get(tenant_id).expect("the id is that of a tenant of this world")
    }

    pub fn user_mut(&mut self, user_id: &str) -> &mut User {
        let mut users = self.tenants.values_mut().flat_map(|tenant| &mut tenant.users);
        users.find(|user| user.id == user_id).expect("the id is that of a user of this world")
    }

    /// A key as the user would make it in their profile, but free of the cap. Returns the token.
    pub fn mint_key(&mut self, user_id: &str, life: Duration) -> String {
        let expiry = self.now().plus(life);
        self.mint_key_until(user_id, expiry)
    }

    /// May lie in the past, for a key that has expired.
    pub fn mint_key_until(&mut self, user_id: &str, expiry: Timestamp) -> String {
        self.mint(user_id, expiry, false, "linkhub").text
    }

    /// With a description of its own.
    pub fn mint_described(&mut self, user_id: &str, life: Duration, description: &str) -> String {
        let expiry = self.now().plus(life);
        self.mint(user_id, expiry, false, description).text
    }

    pub fn mint_scim_key(&mut self, user_id: &str, life: Duration) -> String {
        let expiry = self.now().plus(life);
        self.mint(user_id, expiry, true, "SCIM provisioning").text
    }

    pub(super) fn mint(
        &mut self,
        user_id: &str,
        expiry: Timestamp,
        scim: bool,
        description: &str,
    ) -> Key {
        let owns = |tenant: &&Tenant| tenant.users.iter().any(|user| user.id == user_id);
        let tenant = self.tenants.values().find(owns).expect("the user belongs to a tenant");
        let mut key = Key {
            id: uuid(),
            tenant_id: tenant.id.clone(),
            user_id: user_id.to_owned(),
            scim,
            description: description.to_owned(),
            created: self.now(),
            expiry,
            revoked: false,
            text: String::new(),
        };
        key.sign(self.knobs_of(tenant).keys_carry_exp);
        self.keys.insert(key.id.clone(), key.clone());
        key
    }

    /// By a tenant admin: the record stays and says so.
    pub fn revoke_key(&mut self, text: &str) {
        let id = self.key_by_text(text).expect("the key is of this world").id.clone();
        self.keys.get_mut(&id).expect("just found").revoked = true;
    }

    /// By its owner: nothing stays.
    pub fn delete_key(&mut self, text: &str) {
        let id = self.key_by_text(text).expect("the key is of this world").id.clone();
        self.keys.remove(&id);
    }

    pub fn disable_user(&mut self, user_id: &str) {
        self.user_mut(user_id).status = UserStatus::Disabled;
    }

    pub fn disable_tenant(&mut self, tenant_id: &str) {
        self.tenant_mut(tenant_id).status = TenantStatus::Disabled;
    }

    /// The first tenant gives its alias up for `new_alias`; the second, in the same region, takes it.
    pub fn give_alias(&mut self, from_tenant: &str, to_tenant: &str, new_alias: &str) {
        let region = self.tenant(to_tenant).region.clone();
        let from = self.tenant_mut(from_tenant);
        assert_eq!(from.region, region, "an alias belongs to a region");
        let alias = std::mem::replace(&mut from.alias, new_alias.to_owned());
        self.tenant_mut(to_tenant).alias = alias;
    }

    /// The key that is this text, whatever its state.
    pub fn key_by_text(&self, text: &str) -> Option<&Key> {
        let claims = URL_SAFE_NO_PAD.decode(text.split('.').nth(1)?).ok()?;
        let claims: Value = serde_json::from_slice(&claims).ok()?;
        self.keys.get(claims["jti"].as_str()?).filter(|key| key.text == text)
    }

    pub fn key(&self, key_id: &str) -> Option<&Key> {
        self.keys.get(key_id)
    }

    pub(super) fn key_mut(&mut self, key_id: &str) -> Option<&mut Key> {
        self.keys.get_mut(key_id)
    }

    pub(super) fn remove_key(&mut self, key_id: &str) {
        self.keys.remove(key_id);
    }

    pub fn keys_of_tenant<'a>(&'a self, tenant_id: &'a str) -> impl Iterator<Item = &'a Key> {
        self.keys.values().filter(move |key| key.tenant_id == tenant_id)
    }

    /// Keys that count against the cap.
    pub fn active_keys_of_user(&self, user_id: &str) -> usize {
        let now = self.now();
        let active = |key: &&Key| key.user_id == user_id && key.status(now) == KeyStatus::Active;
        self.keys.values().filter(active).count()
    }

    /// By alias or permanent hostname in any case, with or without a port; an address is the default tenant.
    pub fn tenant_at(&self, host: &str) -> Option<&Tenant> {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        if name == "localhost" || name == "127.0.0.1" {
            return self.tenants.get(self.default_tenant.as_deref()?);
        }
        let named = |tenant: &&Tenant| {
            tenant.host().eq_ignore_ascii_case(&name) || tenant.permanent_host() == name
        };
        self.tenants.values().find(named)
    }

    pub fn knobs_of<'a>(&'a self, tenant: &'a Tenant) -> &'a Knobs {
        tenant.knobs.as_ref().unwrap_or(&self.knobs)
    }

    /// From now on `path` fails in this way. `path` is a route as in [`super::api::router`]
    /// (`/api/v1/users/{id}`), a path, or `*` for all. Narrow it with the rule's methods; the oldest rule that fits wins.
    pub fn fault(&mut self, path: &str, fault: Fault) -> &mut FaultRule {
        self.faults.push(FaultRule::new(path, fault));
        self.faults.last_mut().expect("just pushed")
    }

    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }
}
