use std::time::Duration;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);
const HOUR: Duration = Duration::from_hours(1);

fn verified(expires_at: Option<Timestamp>) -> Verified {
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

fn account(expires_at: Option<Timestamp>) -> Account {
    let host = "my-company.us.qlikcloud.com".to_owned();
    Account::linked(Owner::default(), host, verified(expires_at), NOW)
}

#[test]
fn a_suspension_hides_the_status_and_gives_it_back() {
    let refused = Failure::new(FailureCode::KeyRejected);
    for expires_at in [None, Some(NOW.plus(HOUR))] {
        let good = account(expires_at);
        assert_eq!(good.clone().suspended(NOW).resumed(NOW), good);
        let bad = good.checked_with(&refused, NOW);
        assert_eq!(bad.status, AccountStatus::Error);
        assert_eq!(bad.clone().suspended(NOW).resumed(NOW), bad);
    }
    let dead = account(Some(NOW.plus(HOUR))).suspended(NOW).resumed(NOW.plus(HOUR));
    assert_eq!(dead.status, AccountStatus::Expired);
    assert_eq!(dead.status_reasons[0].code, "key_expired");
}

#[test]
fn what_is_learnt_during_a_suspension_counts_after_it() {
    let suspended = || account(Some(NOW.plus(HOUR))).suspended(NOW);
    let refused = suspended().checked_with(&Failure::new(FailureCode::KeyRejected), NOW);
    assert_eq!(refused.status, AccountStatus::Suspended);
    assert_eq!(refused.clone().resumed(NOW).status, AccountStatus::Error);
    let mended = refused.renewed(String::new(), verified(None), NOW);
    assert_eq!(mended.status, AccountStatus::Suspended, "a new key ends no suspension");
    assert_eq!(mended.resumed(NOW).status, AccountStatus::Active);
    let outage = suspended().checked_with(&Failure::new(FailureCode::Unreachable), NOW);
    assert_eq!(outage.resumed(NOW).status, AccountStatus::Active);
}

#[test]
fn resuming_says_since_when_a_key_is_dead_once() {
    let dead = account(Some(NOW)).expired(NOW);
    let later = NOW.plus(HOUR);
    let resumed = dead.clone().suspended(later).resumed(later);
    assert_eq!(resumed.status, AccountStatus::Expired);
    assert_eq!(resumed.status_reasons, dead.status_reasons);
}
