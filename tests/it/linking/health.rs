use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::model::account::health::Health;
use linkhub::model::account::{Account, Owner, Rules};
use linkhub::model::identity::{KeyRecord, QlikUser, Tenant, Verified};
use linkhub::secret::Sealed;
use tokio::task::JoinSet;

use crate::support::TestHub;

fn account(n: usize, now: Timestamp) -> Account {
    let verified = Verified {
        tenant: Tenant {
            id: "tenant-1".into(),
            name: "My Company".into(),
            hostname: "xzoau8xi93gyfo0.us.qlikcloud.com".into(),
            region: "us".into(),
        },
        user: QlikUser {
            id: format!("user-{n}"),
            name: "Jane Doe".into(),
            email: None,
            tenant_admin: false,
        },
        key: KeyRecord { id: None, created_at: None, expires_at: None },
    };
    let host = "my-company.us.qlikcloud.com".to_owned();
    Account::linked(Owner::default(), host, verified, now, &Rules::default()).account
}

async fn link(hub: &TestHub, numbers: std::ops::Range<usize>) {
    let mut linking = JoinSet::new();
    for n in numbers {
        let (store, account) = (hub.state.store.clone(), account(n, hub.clock.now()));
        linking.spawn(async move {
            let key_id = "key".to_owned();
            let sealed = Sealed { key_id, wrapped_key: vec![1], ciphertext: vec![1] };
            store.insert_account(&account, &sealed, &[]).await.unwrap()
        });
    }
    assert!(linking.join_all().await.into_iter().all(linkhub::store::Applied::is_yes));
}

#[tokio::test]
async fn few_accounts_are_counted_at_once_and_many_beside_the_pages() {
    let hub = TestHub::start().await;
    let health = async || hub.state.linking.account_health().await.unwrap();
    assert_eq!(health().await.total(), 0);
    link(&hub, 0..1_000).await;
    assert_eq!(health().await.of(Health::Healthy), 1_000, "few are counted for every page");
    link(&hub, 1_000..1_001).await;
    let first = health().await;
    assert_eq!(first.total(), 1_001);

    link(&hub, 1_001..1_003).await;
    hub.clock.advance(Duration::from_secs(9));
    assert_eq!(health().await, first, "many are not counted again at once");

    hub.clock.advance(Duration::from_secs(1));
    assert_eq!(health().await, first, "no page waits for the next count");
    let mut counted = health().await;
    while counted.total() == 1_001 {
        tokio::task::yield_now().await;
        counted = health().await;
    }
    assert_eq!((counted.total(), counted.at), (1_003, hub.clock.now()));

    link(&hub, 1_003..1_004).await;
    hub.clock.advance(Duration::from_mins(1));
    assert_eq!(health().await.total(), 1_004, "nobody is shown an old count");
}
