use std::time::Duration;

use super::*;
use crate::model::account::Owner;
use crate::model::identity::{KeyRecord, QlikUser, Tenant, Verified};

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);
const HOUR: Duration = Duration::from_hours(1);

/// With a key that was stored ten hours ago.
fn account(expires_at: Option<Timestamp>) -> Account {
    let verified = Verified {
        tenant: Tenant {
            id: "tenant-1".into(),
            name: "My Company".into(),
            hostname: "xzoau8xi93gyfo0.us.qlikcloud.com".into(),
            region: "us".into(),
        },
        user: QlikUser {
            id: "user-1".into(),
            name: "Jane Doe".into(),
            email: None,
            tenant_admin: false,
        },
        key: KeyRecord { id: Some("key-9".into()), created_at: None, expires_at },
    };
    let host = "my-company.us.qlikcloud.com".to_owned();
    let stored_at = NOW.minus(HOUR * 10);
    Account::linked(Owner::default(), host, verified, stored_at, &Rules::default()).account
}

/// Stored so many hours ago, with a life of a day.
fn earlier(hours_ago: u32, id: &str) -> StoredKey {
    let stored_at = NOW.minus(HOUR * hours_ago);
    StoredKey { stored_at, id: Some(id.into()), expires_at: Some(stored_at.plus(HOUR * 24)) }
}

fn drawn(account: &Account, past: &[StoredKey]) -> KeysPicture {
    KeysPicture::new(account, past, &Rules::default(), NOW)
}

fn kinds(bar: &KeyBar) -> Vec<&'static str> {
    bar.parts.iter().map(|part| part.kind).collect()
}

#[test]
fn a_key_is_used_until_now_and_left_until_its_expiry() {
    let picture = drawn(&account(Some(NOW.plus(HOUR * 10))), &[]);
    let parts = &picture.keys[0].parts;
    assert_eq!(parts[0], Part { kind: "used", x: 0, width: 500 });
    assert_eq!(parts[1], Part { kind: "left", x: 500, width: 500 });
    // Of twenty hours a half, a fifth and a twentieth remain after 10, 16 and 19.
    let lines: Vec<(&str, u64)> = picture.keys[0].marks.iter().map(|l| (l.kind, l.x)).collect();
    assert_eq!(lines, [("now", 500), ("warned", 500), ("warning", 800), ("warning", 950)]);
    assert_eq!(picture.keys[0].words, "stored 10 h ago, expires in 10 h");
    assert_eq!(picture.warnings[1].text, "20 % of its life left in 6 h");
    assert!(picture.warnings[0].past && !picture.warnings[1].past);
}

#[test]
fn an_earlier_key_ends_with_its_successor_or_its_life() {
    // The middle one had 20 of 24 hours when it was replaced, the first died 10 hours before that.
    let past = [earlier(10, "key-9"), earlier(30, "key-8"), earlier(64, "key-7")];
    let picture = drawn(&account(Some(NOW.plus(HOUR * 10))), &past);
    assert_eq!(picture.keys.len(), 3, "the present key is in the history too");
    assert_eq!(kinds(&picture.keys[1]), ["used", "unused"]);
    assert_eq!(picture.keys[1].words, "stored 1 d 6 h ago, replaced 10 h ago");
    assert_eq!(kinds(&picture.keys[2]), ["used"]);
    assert_eq!(picture.keys[2].words, "stored 2 d 16 h ago, expired 1 d 16 h ago");
    assert_eq!(picture.begins, "2 d 16 h ago");
    assert_eq!(picture.ends, "in 10 h");
    for key in &picture.keys {
        for part in &key.parts {
            assert!(part.x + part.width <= WIDTH && part.width > 0, "{part:?}");
        }
    }
}

#[test]
fn only_the_last_keys_are_drawn_and_it_is_said_so() {
    let past: Vec<StoredKey> = (1..20).map(|n| earlier(10 + n, &format!("key-{n}"))).collect();
    let picture = drawn(&account(Some(NOW.plus(HOUR))), &past[..6]);
    assert_eq!((picture.keys.len(), picture.earlier), (6, true));
    let picture = drawn(&account(Some(NOW.plus(HOUR))), &past[10..15]);
    assert_eq!((picture.keys.len(), picture.earlier), (6, false));
}

#[test]
fn an_unknown_expiry_is_said_and_not_drawn() {
    let picture = drawn(&account(None), &[]);
    assert_eq!(kinds(&picture.keys[0]), ["used"]);
    assert!(picture.keys[0].words.ends_with("expires nobody knows when"));
    assert!(picture.warnings.is_empty() && picture.unwarned.contains("unknown"));
}

#[test]
fn a_dead_key_has_nothing_left_and_nobody_waits_for_it() {
    let account = account(Some(NOW.minus(HOUR * 2)));
    let account = account.after_time(NOW, &Rules::default()).account;
    let picture = drawn(&account, &[]);
    assert_eq!(picture.keys[0].parts, [Part { kind: "used", x: 0, width: 800 }]);
    assert_eq!(picture.keys[0].words, "stored 10 h ago, expired 2 h ago");
    assert_eq!(picture.keys[0].marks, [Line { kind: "now", x: 1_000 }]);
    assert!(picture.unwarned.contains("only active"));
}

#[test]
fn where_linkhub_renews_nobody_is_warned() {
    let rules = Rules { renewal: true, ..Rules::default() };
    let account = account(Some(NOW.plus(HOUR * 10))).renewal_allowed(true, NOW, &rules);
    let picture = KeysPicture::new(&account, &[], &rules, NOW);
    assert!(picture.warnings.is_empty() && picture.unwarned.contains("by itself"));
    assert_eq!(picture.keys[0].marks.len(), 1, "only now");
}
