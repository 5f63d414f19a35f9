//! Renewal, against an emulated Qlik Cloud that refuses, falls silent, and is asked by others meanwhile.

mod budget;
mod crashes;
mod meanwhile;
mod others;
mod refusals;

use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::id::AccountId;
use linkhub::linking::{Authority, ConnectRequest, RenewalError};
use linkhub::model::account::{Account, AccountStatus, Owner, RenewalProblemCode};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::store::{EventQuery, RetiredKey};

use crate::emulator::{Key, KeyList, KeyStatus};
use crate::support::{REGION, TENANT, TestHub};

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// Longer than a hub's claim, and than the time of grace.
const LATER: Duration = Duration::from_mins(20);

/// A hub that offers renewal, with one account that has allowed it.
struct Renewing {
    hub: TestHub,
    id: AccountId,
}

impl Renewing {
    async fn start() -> Self {
        Self::start_with(DAY).await
    }

    async fn start_with(life: Duration) -> Self {
        Self::start_of(&[], life).await
    }

    async fn start_of(flags: &[&str], life: Duration) -> Self {
        let hub = TestHub::start_with(&[&["--renewal"], flags].concat()).await;
        let key = hub.qlik.world().mint_key(&hub.user_id, life);
        let id = connect(&hub, &key).await.id;
        hub.state.linking.set_renewal(&id, true, &Caller::system()).await.unwrap();
        Self { hub, id }
    }

    async fn account(&self) -> Account {
        self.hub.state.store.find_account(&self.id).await.unwrap().unwrap()
    }

    /// When the renewal is due, or tried again.
    async fn wait_until_due(&self) {
        let due = self.account().await.renewal.next_at.expect("a renewal is planned");
        self.hub.clock.advance(due.since(self.hub.clock.now()));
    }

    async fn renew(&self) {
        while self.hub.state.linking.renew_due().await.unwrap() {}
    }

    fn keys(&self) -> Vec<Key> {
        let world = self.hub.qlik.world();
        let now = world.now();
        let keys = world.keys_of_tenant(&self.hub.tenant_id);
        keys.filter(|key| key.status(now) == KeyStatus::Active).cloned().collect()
    }

    async fn retired(&self) -> Vec<RetiredKey> {
        self.hub.state.store.list_retired_keys(&self.id).await.unwrap()
    }

    /// Whether a successor was made whose id is known.
    async fn is_noted(&self) -> bool {
        let made = |key: &RetiredKey| key.key_id.is_some() && key.retired_at.is_none();
        self.retired().await.iter().any(made)
    }

    /// Keys that were made for the account and are neither stored nor in their time of grace.
    async fn orphans(&self) -> Vec<String> {
        let (account, retired) = (self.account().await, self.retired().await);
        let known = |key: &Key| {
            account.key.id.as_deref() == Some(&key.id)
                || retired
                    .iter()
                    .any(|r| r.key_id.as_ref() == Some(&key.id) && r.retired_at.is_some())
        };
        let ours = self.keys().into_iter().filter(|k| k.description.contains(self.id.as_str()));
        ours.filter(|key| !known(key)).map(|key| key.id).collect()
    }

    /// What is stored opens, works at Qlik, and is the key that the account names.
    async fn stored_key_works(&self) {
        let checked = self.hub.state.linking.check(&self.id, &Caller::system()).await.unwrap();
        assert!(checked.failure.is_none(), "{:?}", checked.failure);
        let named = checked.account.key.id.expect("the id is known");
        assert!(self.keys().iter().any(|key| key.id == named), "the named key is there");
    }

    async fn events(&self, action: Action) -> Vec<Event> {
        let query = EventQuery { account_id: &self.id, before: None, limit: 1000 };
        let events = self.hub.state.store.list_events(query).await.unwrap();
        events.into_iter().filter(|event| event.action == action).collect()
    }

    async fn problem(&self) -> Option<RenewalProblemCode> {
        self.account().await.renewal.problem.map(|problem| problem.code)
    }

    fn posts(&self) -> usize {
        self.hub.qlik.requests().iter().filter(|request| request.method == "POST").count()
    }
}

async fn connect(hub: &TestHub, key: &str) -> Account {
    let request = ConnectRequest {
        tenant_name: TENANT.to_owned(),
        region: REGION.to_owned(),
        api_key: key.into(),
        authority: Authority::Admin(Owner::default()),
        caller: Caller::system(),
        replace_user: None,
        renewal: None,
    };
    let attempt = hub.state.linking.begin_attempt("test");
    hub.state.linking.connect(request, &attempt, &|_| {}).await.unwrap().account
}

#[tokio::test]
async fn a_key_is_succeeded_before_it_dies_and_then_deleted_at_qlik() {
    let scene = Renewing::start().await;
    let old = scene.account().await.key;
    scene.renew().await;
    assert_eq!(scene.posts(), 0, "nothing is due yet");

    scene.wait_until_due().await;
    let due = scene.hub.clock.now();
    let (end, hours) = (old.expires_at.unwrap(), |hours| Duration::from_hours(hours));
    assert!(due >= end.minus(hours(15)) && due <= end.minus(hours(12)), "{due}");
    scene.renew().await;

    let account = scene.account().await;
    assert_ne!(account.key.id, old.id);
    // Qlik writes whole seconds.
    let end = account.key.expires_at.unwrap();
    assert_eq!(end.to_string(), due.plus(DAY).to_string(), "it lives as long as the old one did");
    assert_eq!(account.status, AccountStatus::Active);
    assert!(account.renewal.allowed_at.is_some());
    assert!(account.renewal.next_at.unwrap() > due.plus(hours(9)));
    let new =
        scene.keys().into_iter().find(|key| Some(&key.id) == account.key.id.as_ref()).unwrap();
    assert_eq!(new.description, format!("linkhub renewal for My Company ({})", scene.id));
    let told = scene.events(Action::AccountRenewed).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail["by"], "renewal");
    assert_eq!(told[0].detail["key_id"].as_str(), account.key.id.as_deref());
    assert_eq!(told[0].detail["old_key_id"].as_str(), old.id.as_deref());
    assert_eq!(scene.keys().len(), 2, "the old key still works for a while");
    scene.stored_key_works().await;

    scene.hub.clock.advance(Duration::from_mins(9));
    scene.renew().await;
    assert_eq!(scene.keys().len(), 2);
    scene.hub.clock.advance(Duration::from_mins(2));
    scene.renew().await;
    assert_eq!(scene.keys().iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), [&new.id]);
    assert_eq!(scene.events(Action::KeyDeleted).await.len(), 1);
    assert!(scene.retired().await.is_empty());
    scene.stored_key_works().await;
}

#[tokio::test]
async fn an_account_lives_on_for_days_with_never_more_than_two_keys() {
    let scene = Renewing::start_with(6 * HOUR).await;
    let until = scene.hub.clock.now().plus(3 * DAY);
    while scene.hub.clock.now() < until {
        scene.renew().await;
        assert!(scene.keys().len() <= 2);
        let account = scene.account().await;
        assert!(account.key.expires_at.unwrap() > scene.hub.clock.now());
        scene.hub.state.linking.notice_due().await.unwrap();
        scene.hub.clock.advance(Duration::from_mins(10));
    }
    scene.stored_key_works().await;
    let renewed = scene.events(Action::AccountRenewed).await.len();
    // After half of six hours, or up to a tenth of them sooner, in steps of ten minutes.
    assert!((22..=30).contains(&renewed), "every 2.4 to 3.2 hours: {renewed}");
    assert!(scene.events(Action::AccountExpiring).await.is_empty(), "nobody needs a warning");
    assert!(scene.events(Action::AccountExpired).await.is_empty());
}

#[tokio::test]
async fn only_with_consent_and_where_the_hub_offers_it() {
    let scene = Renewing::start().await;
    let linking = &scene.hub.state.linking;
    let allowed = scene.events(Action::RenewalAllowed).await;
    assert_eq!(allowed.len(), 1);
    linking.set_renewal(&scene.id, true, &Caller::system()).await.unwrap();
    assert_eq!(
        scene.events(Action::RenewalAllowed).await.len(),
        1,
        "what changes nothing is no history"
    );
    let stopped = linking.set_renewal(&scene.id, false, &Caller::system()).await.unwrap();
    assert_eq!((stopped.renewal.allowed_at, stopped.renewal.next_at), (None, None));
    assert_eq!(scene.events(Action::RenewalStopped).await.len(), 1);
    scene.hub.clock.advance(Duration::from_hours(20));
    scene.renew().await;
    assert_eq!(scene.posts(), 0);
    let unknown = linking.set_renewal(&AccountId::new(), true, &Caller::system()).await;
    assert!(matches!(unknown, Err(RenewalError::NotFound)));

    let plain = TestHub::start().await;
    let account = connect(&plain, &plain.key()).await;
    let refused = plain.state.linking.set_renewal(&account.id, true, &Caller::system()).await;
    assert!(matches!(refused, Err(RenewalError::NotOffered)));
}

#[tokio::test]
async fn a_suspended_accounts_key_is_kept_alive() {
    let scene = Renewing::start().await;
    scene.hub.state.linking.suspend(&scene.id, &Caller::system()).await.unwrap();
    let old = scene.account().await.key.id;
    scene.wait_until_due().await;
    scene.renew().await;
    let account = scene.account().await;
    assert_ne!(account.key.id, old);
    assert_eq!(account.status, AccountStatus::Suspended);
    let resumed = scene.hub.state.linking.resume(&scene.id, &Caller::system()).await.unwrap();
    assert_eq!(resumed.status, AccountStatus::Active);
    scene.stored_key_works().await;
}

#[tokio::test]
async fn a_key_that_another_account_uses_is_not_deleted() {
    let scene = Renewing::start().await;
    let shared = scene.account().await.key.id.unwrap();
    let text = scene.hub.state.linking.read_credential(&scene.id, &Caller::system()).await;
    let text = text.unwrap();
    let request = ConnectRequest {
        tenant_name: TENANT.to_owned(),
        region: REGION.to_owned(),
        api_key: text.api_key,
        authority: Authority::Admin(Owner { id: "other".into(), ..Owner::default() }),
        caller: Caller::system(),
        replace_user: None,
        renewal: None,
    };
    let attempt = scene.hub.state.linking.begin_attempt("test");
    scene.hub.state.linking.connect(request, &attempt, &|_| {}).await.unwrap();

    scene.wait_until_due().await;
    scene.renew().await;
    scene.hub.clock.advance(LATER);
    scene.renew().await;
    assert!(scene.keys().iter().any(|key| key.id == shared));
    assert_eq!(scene.events(Action::KeyNotDeleted).await[0].detail["code"], "key_in_use");
    assert!(scene.retired().await.is_empty());
}

#[tokio::test]
async fn the_list_is_read_to_its_end_or_done_without() {
    for list in [KeyList::Paged(1), KeyList::Forbidden, KeyList::Missing] {
        let scene = Renewing::start().await;
        scene.hub.qlik.world().knobs.key_list = list;
        scene.wait_until_due().await;
        scene.renew().await;
        assert_eq!(scene.events(Action::AccountRenewed).await.len(), 1, "{list:?}");
        assert_eq!(scene.problem().await, None);
    }
}

fn at(time: &str) -> Timestamp {
    Timestamp::parse(time).unwrap()
}

#[tokio::test]
async fn an_expiry_that_a_check_finds_out_plans_the_renewal() {
    let hub = TestHub::start_with(&["--renewal"]).await;
    let hidden = "/api/v1/api-keys/{id}";
    hub.qlik.world().fault(hidden, crate::emulator::Fault::Forbidden).times(1);
    let account = connect(&hub, &hub.key()).await;
    assert_eq!(account.key.expires_at, None);
    let linking = &hub.state.linking;
    let allowed = linking.set_renewal(&account.id, true, &Caller::system()).await.unwrap();
    assert_eq!(allowed.renewal.next_at, None, "nobody knows when");
    let checked = linking.check(&account.id, &Caller::system()).await.unwrap().account;
    let next = checked.renewal.next_at.expect("now it is known");
    assert!(next > at("2026-11-23T19:00:00Z") && next < at("2026-11-23T22:00:01Z"), "{next}");
}
