//! Made-up accounts, the same in every run, with words that are rare, common or never together.

use linkhub::clock::Timestamp;
use linkhub::id::AccountId;
use linkhub::model::account::{Account, AccountStatus, CheckPlan, NoticePlan, Owner, RenewalPlan};
use linkhub::model::identity::{KeyRecord, QlikUser, Tenant};

/// In about 20 of 1,000,000 accounts.
pub const RARE: &str = "zephyr";
/// In nearly 3,000 of 1,000,000: looked up first and sorted.
pub const FREQUENT: &str = "tundra";
/// In 3,125 of 1,000,000: found while walking the list.
pub const SCATTERED: &str = "quarry";
/// Each in a third of all accounts, never in the same.
pub const COMMON: &str = "gmbh";
pub const COMMON_ELSEWHERE: &str = "limited";
pub const NOWHERE: &str = "xyzzyq";

const WORDS: [&str; 12] = [
    "Northwind",
    "Harbour",
    "Meridian",
    "Lantern",
    "Copper",
    "Juniper",
    "Falcon",
    "Orchard",
    "Summit",
    "Delta",
    "Granite",
    "Willow",
];
const FIRST: [&str; 8] = ["Jane", "John", "Amina", "Luca", "Mei", "Olga", "Pablo", "Sven"];
const LAST: [&str; 8] = ["Doe", "Smith", "Haddad", "Rossi", "Chen", "Petrova", "Garcia", "Berg"];

const FIRST_LINK: i64 = 1_730_000_000_000;
const MINUTE: i64 = 60_000;

pub fn account(at: usize) -> Account {
    let word = match at {
        _ if at % 50_021 == 11 => "Zephyr",
        _ if at % 340 == 7 => "Tundra",
        _ if at % 320 == 5 => "Quarry",
        _ => WORDS[at % WORDS.len()],
    };
    let form = ["GmbH", "Limited", "Group"][at % 3];
    let status = match at {
        _ if at % 101 == 7 => AccountStatus::Suspended,
        _ if at % 17 == 3 => AccountStatus::Expired,
        _ if at % 23 == 5 => AccountStatus::Error,
        _ => AccountStatus::Active,
    };
    let (first, last) = (FIRST[at % 8], LAST[at / 8 % 8]);
    let number = i64::try_from(at).expect("a count of accounts is small");
    let linked_at = Timestamp::from_millis(FIRST_LINK + number * MINUTE);
    let day = std::time::Duration::from_hours(24);
    Account {
        id: id_of(at, linked_at),
        version: 1,
        metadata: linkhub::model::account::Metadata::new(),
        kind: linkhub::model::account::AccountKind::Production,
        owner: Owner {
            id: format!("customer-{at:07}"),
            name: format!("{word} {form}"),
            ..Owner::default()
        },
        label: String::new(),
        host: format!("tenant{at:07}.us.qlikcloud.com"),
        tenant: Tenant {
            id: format!("tenant-id-{at:07}"),
            name: format!("{word} {at:07}"),
            hostname: format!("permanent{at:07}.us.qlikcloud.com"),
            region: "us".to_owned(),
        },
        user: QlikUser {
            id: format!("user-id-{at:07}"),
            name: format!("{first} {last}"),
            email: Some(format!("{first}.{last}@example.com").to_lowercase()),
            tenant_admin: at.is_multiple_of(2),
        },
        key: KeyRecord {
            id: Some(format!("key-id-{at:07}")),
            created_at: Some(linked_at),
            expires_at: Some(linked_at.plus(day * u32::try_from(at % 365).unwrap_or(1))),
        },
        status,
        status_reasons: Vec::new(),
        linked_at,
        updated_at: linked_at,
        last_checked_at: linked_at.plus(day),
        unchecked_since: None,
        key_stored_at: linked_at,
        // Not before the benchmark has long been over, unless it says so.
        check: CheckPlan { next_at: linked_at.plus(day * 4_000), alike: 0, claim: None },
        notice: NoticePlan { warned_percent: 100, next_at: None },
        renewal: RenewalPlan::default(),
    }
}

/// Ordered by time, as real ones are; the rest is scattered by multiplying with an odd number.
fn id_of(at: usize, linked_at: Timestamp) -> AccountId {
    let scattered = (at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 4;
    let text = format!("acc_{:012x}7abc8{scattered:015x}", linked_at.as_millis());
    AccountId::try_from(text).expect("it has 32 hexadecimal digits")
}
