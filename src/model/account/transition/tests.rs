mod sequences;

use std::time::Duration;

use super::*;
use crate::model::identity::{QlikUser, Tenant};

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);
const HOUR: Duration = Duration::from_hours(1);

pub fn rules() -> Rules {
    Rules::default()
}

pub fn verified(expires_at: Option<Timestamp>) -> Verified {
    Verified {
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
        key: KeyRecord { id: None, created_at: None, expires_at },
    }
}

pub fn account(expires_at: Option<Timestamp>) -> Account {
    let host = "my-company.us.qlikcloud.com".to_owned();
    Account::linked(Owner::default(), host, verified(expires_at), NOW, &rules()).account
}

fn refused(account: Account, now: Timestamp) -> Account {
    account.checked(&Err(Failure::new(FailureCode::KeyRejected)), now, &rules()).account
}

fn suspended(account: Account, now: Timestamp) -> Account {
    account.suspended(now, &rules()).account
}

fn resumed(account: Account, now: Timestamp) -> Account {
    account.resumed(now, &rules()).account
}

fn renewed(account: Account, now: Timestamp) -> Account {
    account.renewed(String::new(), verified(None), now, &rules()).account
}

#[test]
fn a_suspension_hides_the_status_and_gives_it_back() {
    for expires_at in [None, Some(NOW.plus(HOUR))] {
        let good = account(expires_at);
        assert_eq!(resumed(suspended(good.clone(), NOW), NOW), good);
        let bad = refused(good, NOW);
        assert_eq!(bad.status, AccountStatus::Error);
        assert_eq!(resumed(suspended(bad.clone(), NOW), NOW), bad);
    }
    let dead = resumed(suspended(account(Some(NOW.plus(HOUR))), NOW), NOW.plus(HOUR));
    assert_eq!(dead.status, AccountStatus::Expired);
    assert_eq!(dead.status_reasons[0].code, "key_expired");
}

#[test]
fn what_is_learnt_during_a_suspension_counts_after_it() {
    let pausing = || suspended(account(Some(NOW.plus(HOUR))), NOW);
    let bad = refused(pausing(), NOW);
    assert_eq!(bad.status, AccountStatus::Suspended);
    assert_eq!(resumed(bad.clone(), NOW).status, AccountStatus::Error);
    let mended = renewed(bad, NOW);
    assert_eq!(mended.status, AccountStatus::Suspended, "a new key ends no suspension");
    assert_eq!(resumed(mended, NOW).status, AccountStatus::Active);
    let outage = Err(Failure::new(FailureCode::Unreachable));
    let outage = pausing().checked(&outage, NOW, &rules()).account;
    assert_eq!(resumed(outage, NOW).status, AccountStatus::Active);
}

#[test]
fn resuming_says_since_when_a_key_is_dead_once() {
    let later = NOW.plus(HOUR);
    let dead = account(Some(later)).after_time(later, &rules()).account;
    assert_eq!(dead.status, AccountStatus::Expired);
    let even_later = later.plus(HOUR);
    let after = resumed(suspended(dead.clone(), even_later), even_later);
    assert_eq!(after.status, AccountStatus::Expired);
    assert_eq!(after.status_reasons, dead.status_reasons);
}
