//! A cast to try everything with: two customers, names that break careless pages, and a key for every outcome.

use std::time::Duration;

use super::{Fault, Item, Tenant, User, UserStatus, World};

pub const RIGHT_TO_LEFT: &str = "שרה כהן ‏العربية";
pub const HOSTILE: &str = "<script>alert(1)</script>";

const SLOW: Duration = Duration::from_secs(2);

/// A key to try, at the tenant where it is meant to be typed.
pub struct SampleKey {
    /// Stable, for scripts: `good`, `expired` …
    pub label: &'static str,
    /// What to expect, in words.
    pub about: &'static str,
    pub tenant_name: String,
    pub region: String,
    pub key: String,
}

pub fn long_name() -> String {
    let middle = "Maximiliane-Theodora ".repeat(6);
    format!("Wilhelmina {middle}von Hohenzollern-Sigmaringen the Younger")
}

/// Fills `world` and answers the keys, the good one first.
#[allow(clippy::too_many_lines, reason = "a list")]
pub fn fill(world: &mut World) -> Vec<SampleKey> {
    let mut company = Tenant::new("my-company", "us", "My Company");
    company.items = items("Sales", 23);
    let company = world.add_tenant(company);
    let mut europe = Tenant::new("example-europe", "eu", "Example Europe GmbH");
    europe.items = items("Logistik", 4);
    let europe = world.add_tenant(europe);
    let mut closed = Tenant::new("closed-company", "us", "Closed Company");
    closed.status = super::TenantStatus::Disabled;
    let closed = world.add_tenant(closed);
    let slow = world.add_tenant(Tenant::new("slow-company", "us", "Slow Company"));
    world.fault("*", Fault::Slow(SLOW)).of_tenant(&slow);

    let admin = |user: User| User { roles: vec!["TenantAdmin".to_owned()], ..user };
    let jane = world.add_user(&company, User::new("Jane Doe", "jane.doe@example.com"));
    let john = world.add_user(&company, admin(User::new("John Roe", "john.roe@example.com")));
    let long = world.add_user(&company, User::new(&long_name(), "long.name@example.com"));
    let rtl = world.add_user(&company, User::new(RIGHT_TO_LEFT, "right.to.left@example.com"));
    let hostile = world.add_user(&company, User::new(HOSTILE, "\"><img src=x>@example.com"));
    let no_permission = User::new("Norah Nokeys", "norah.nokeys@example.com");
    let no_permission = User { may_manage_keys: false, ..no_permission };
    let no_permission = world.add_user(&company, no_permission);
    let disabled = User::new("Dora Disabled", "dora.disabled@example.com");
    let disabled = User { status: UserStatus::Disabled, ..disabled };
    let disabled = world.add_user(&company, disabled);
    let erika = world.add_user(&europe, User::new("Erika Mustermann", "erika@example.com"));
    let agatha = world.add_user(&company, User::new("Agatha Aged", "agatha.aged@example.com"));
    let fulvio = world.add_user(&company, User::new("Fulvio Full", "fulvio.full@example.com"));
    let sam = world.add_user(&slow, User::new("Sam Slow", "sam.slow@example.com"));
    let carl = world.add_user(&closed, User::new("Carl Closed", "carl@example.com"));

    let day = Duration::from_hours(24);
    let hour_ago = world.now().minus(Duration::from_hours(1));
    let mut samples = Vec::new();
    let mut add = |label, about, host: (&str, &str), key: String| {
        let (tenant_name, region) = (host.0.to_owned(), host.1.to_owned());
        samples.push(SampleKey { label, about, tenant_name, region, key });
    };
    let (us, eu) = (("my-company", "us"), ("example-europe", "eu"));
    add("good", "Jane Doe, valid for 24 hours", us, world.mint_key(&jane, day));
    let soon = Duration::from_mins(10);
    add("expiring", "Jane Doe, valid for 10 minutes", us, world.mint_key(&jane, soon));
    add("expired", "expired an hour ago", us, world.mint_key_until(&jane, hour_ago));
    let revoked = world.mint_key(&jane, day);
    world.revoke_key(&revoked);
    add("revoked", "revoked by an admin", us, revoked);
    add("scim", "made for SCIM, not for a user", us, world.mint_scim_key(&john, day));
    let foreign = world.mint_key(&erika, day);
    add("other-tenant", "belongs to example-europe.eu", us, foreign);
    add("disabled-user", "its user is disabled", us, world.mint_key(&disabled, day));
    let about = "works, but its expiry cannot be read: no Manage API keys";
    add("no-manage-keys", about, us, world.mint_key(&no_permission, day));
    add("tenant-admin", "John Roe, Tenant Admin", us, world.mint_key(&john, day));
    add("good-eu", "Erika Mustermann in the other tenant", eu, world.mint_key(&erika, day));
    add("long-name", "a very long name", us, world.mint_key(&long, day));
    add("right-to-left", "a name that runs from right to left", us, world.mint_key(&rtl, day));
    add("hostile-name", "a name that is a script", us, world.mint_key(&hostile, day));
    let about = "takes two seconds a step: time to cancel";
    add("slow", about, ("slow-company", "us"), world.mint_key(&sam, day));
    let about = "two thirds of its life are over: with --renewal a successor is due at once";
    add("aged", about, us, aged(world, &agatha));
    let about = "the same, but its user has as many keys as the tenant allows";
    add("aged-full", about, us, aged(world, &fulvio));
    while world.active_keys_of_user(&fulvio) < world.tenant(&company).max_keys_per_user {
        world.mint_key(&fulvio, day);
    }
    let disabled_tenant = ("closed-company", "us");
    add("disabled-tenant", "its tenant is off", disabled_tenant, world.mint_key(&carl, day));
    samples
}

/// A key that was made 16 hours ago for a day.
fn aged(world: &mut World, user: &str) -> String {
    let text = world.mint_key(user, Duration::from_hours(8));
    let id = world.key_by_text(&text).expect("it was just made").id.clone();
    let key = world.key_mut(&id).expect("it was just made");
    key.created = key.created.minus(Duration::from_hours(16));
    text
}

fn items(topic: &str, apps: usize) -> Vec<Item> {
    let apps = (1..=apps).map(|number| Item::new("app", &format!("{topic} {number}")));
    apps.chain([Item::new("automation", "Nightly"), Item::new("dataset", "orders.qvd")]).collect()
}
