use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::id::{ClaimId, EventId, WebhookAttemptId};
use linkhub::model::account::Account;
use linkhub::model::connect_session::{ConnectSession, Terms};
use linkhub::model::event::{Action, Actor, Caller, Event};
use linkhub::model::webhook::{Attempt, Delivery, DeliveryState, DisabledBy, WebhookEndpoint};
use linkhub::store::{Applied, DeliveryQuery, Progress};
use rstest::rstest;

use super::admins::recorded;
use super::webhook_endpoints::{endpoint, stored};
use super::{Engine, NOW, Opened, account, sealed};

fn at(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// Tells of something that has happened to the account.
async fn told(store: &Opened, action: Action, account: &Account, seconds: u64) -> EventId {
    let event = Event::new(action, &Caller::system(), at(seconds)).about(account);
    store.record_event(&event).await.unwrap();
    event.id
}

async fn all(store: &Opened, endpoint: &WebhookEndpoint) -> Vec<Delivery> {
    let query =
        DeliveryQuery { endpoint_id: endpoint.id.clone(), state: None, before: None, limit: 100 };
    store.list_deliveries(&query).await.unwrap()
}

async fn found(store: &Opened, endpoint: &WebhookEndpoint, event: &EventId) -> Delivery {
    store.find_delivery(&endpoint.id, event).await.unwrap().expect("it is stored")
}

/// What is due at this time, taken for a minute.
async fn claimed(
    store: &Opened,
    endpoint: &WebhookEndpoint,
    seconds: u64,
) -> (ClaimId, Vec<Delivery>) {
    let claim = ClaimId::new();
    let (now, until) = (at(seconds), at(seconds + 60));
    let taken = store.claim_deliveries(&endpoint.id, &claim, now, until, 10).await.unwrap();
    (claim, taken)
}

fn ids(deliveries: &[Delivery]) -> Vec<&EventId> {
    deliveries.iter().map(|delivery| &delivery.event_id).collect()
}

fn attempt(delivery: &Delivery, seconds: u64, status: Option<u16>) -> Attempt {
    Attempt {
        id: WebhookAttemptId::new(),
        endpoint_id: delivery.endpoint_id.clone(),
        event_id: delivery.event_id.clone(),
        at: at(seconds),
        duration: Duration::from_millis(1234),
        url: "https://example.com/hook".into(),
        status,
        error: status.is_none().then(|| "no answer within 15 seconds".into()),
        answer: "ok\n".into(),
    }
}

async fn finish(
    store: &Opened,
    delivery: &Delivery,
    claim: &ClaimId,
    progress: Progress,
    seconds: u64,
) -> Applied {
    let attempt = attempt(delivery, seconds, Some(200));
    store.finish_attempt(delivery, claim, &attempt, progress, at(seconds)).await.unwrap()
}

#[rstest]
#[tokio::test]
async fn of_each_account_only_the_first_event_is_due_until_it_is_finished(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let endpoint = stored(&store, endpoint(&["*"])).await;
    let (one, two) = (account("acme", "user-1"), account("acme", "user-2"));
    let first = told(&store, Action::AccountCreated, &one, 0).await;
    let second = told(&store, Action::AccountSuspended, &one, 1).await;
    let third = told(&store, Action::AccountResumed, &one, 2).await;
    let other = told(&store, Action::AccountCreated, &two, 3).await;
    told(&store, Action::AccountChecked, &two, 3).await;
    assert_eq!(ids(&all(&store, &endpoint).await), [&other, &third, &second, &first]);

    assert_eq!(
        store.list_webhook_endpoints_due(at(2)).await.unwrap(),
        std::slice::from_ref(&endpoint)
    );
    let (claim, taken) = claimed(&store, &endpoint, 3).await;
    assert_eq!(ids(&taken), [&first, &other]);
    assert_eq!(store.list_webhook_endpoints_due(at(62)).await.unwrap(), []);
    assert!(claimed(&store, &endpoint, 62).await.1.is_empty(), "they are taken");

    assert_eq!(finish(&store, &taken[0], &claim, Progress::Delivered, 10).await, Applied::Yes);
    let (claim, taken) = claimed(&store, &endpoint, 10).await;
    assert_eq!(ids(&taken), [&second]);
    let _ = finish(&store, &taken[0], &claim, Progress::Again(at(500)), 11).await;
    let again = found(&store, &endpoint, &second).await;
    assert_eq!((again.state, again.attempts), (DeliveryState::Pending, 1));
    assert_eq!(again.next_attempt_at, Some(at(500)));
    let (_, taken) = claimed(&store, &endpoint, 100).await;
    assert_eq!(ids(&taken), [&other], "the third waits for the second, and one claim is over");
    let (claim, taken) = claimed(&store, &endpoint, 500).await;
    let second_again = taken.iter().find(|delivery| delivery.event_id == second).unwrap();
    let _ = finish(&store, second_again, &claim, Progress::Failed, 501).await;
    let failed = found(&store, &endpoint, &second).await;
    assert_eq!((failed.state, failed.finished_at), (DeliveryState::Failed, Some(at(501))));
    assert_eq!(found(&store, &endpoint, &third).await.next_attempt_at, Some(at(501)));
}

#[rstest]
#[tokio::test]
async fn whoever_has_lost_a_claim_changes_nothing_but_the_log(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let endpoint = stored(&store, endpoint(&["*"])).await;
    let event = told(&store, Action::AccountCreated, &account("acme", "user-1"), 0).await;
    let (slow, taken) = claimed(&store, &endpoint, 0).await;
    let (quick, again) = claimed(&store, &endpoint, 60).await;
    assert_eq!(ids(&taken), ids(&again));
    assert_eq!(finish(&store, &taken[0], &slow, Progress::Failed, 61).await, Applied::Conflict);
    assert_eq!(found(&store, &endpoint, &event).await.state, DeliveryState::Pending);
    assert_eq!(finish(&store, &again[0], &quick, Progress::Delivered, 62).await, Applied::Yes);
    assert_eq!(found(&store, &endpoint, &event).await.state, DeliveryState::Delivered);
    assert_eq!(store.list_attempts(&endpoint.id, &event).await.unwrap().len(), 2);
}

#[rstest]
#[tokio::test]
async fn claims_at_the_same_moment_share_what_is_due(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let endpoint = stored(&store, endpoint(&["*"])).await;
    for user in 0..40 {
        let account = account("acme", &format!("user-{user}"));
        told(&store, Action::AccountCreated, &account, 0).await;
    }
    let claims: Vec<ClaimId> = (0..8).map(|_| ClaimId::new()).collect();
    let claims =
        claims.iter().map(|claim| store.claim_deliveries(&endpoint.id, claim, at(0), at(60), 10));
    let taken = futures_util::future::join_all(claims).await;
    let mut taken: Vec<EventId> =
        taken.into_iter().flat_map(Result::unwrap).map(|delivery| delivery.event_id).collect();
    let count = taken.len();
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), count, "none is taken twice");
    loop {
        let (_, more) = claimed(&store, &endpoint, 1).await;
        taken.extend(more.iter().map(|delivery| delivery.event_id.clone()));
        if more.is_empty() {
            break;
        }
    }
    assert_eq!(taken.len(), 40, "and none is left");
}

#[rstest]
#[tokio::test]
async fn nothing_of_an_endpoint_that_is_switched_off_is_due_or_lost(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let one = account("acme", "user-1");
    let first = told(&store, Action::AccountCreated, &one, 0).await;
    told(&store, Action::AccountSuspended, &one, 1).await;
    told(&store, Action::AccountCreated, &account("acme", "user-2"), 1).await;
    let (claim, taken) = claimed(&store, &made, 0).await;
    let off = recorded(Action::WebhookDisabled);
    let by = DisabledBy::Gone;
    assert!(store.disable_webhook_endpoint(&made.id, by, None, &off).await.unwrap().is_yes());
    let unsent = told(&store, Action::AccountResumed, &one, 2).await;
    assert_eq!(store.find_delivery(&made.id, &unsent).await.unwrap(), None);
    // What was under way comes to its end, and makes nothing due.
    let _ = finish(&store, &taken[0], &claim, Progress::Again(at(5)), 3).await;
    assert_eq!(found(&store, &made, &first).await.next_attempt_at, None);
    assert!(claimed(&store, &made, 1000).await.1.is_empty());
    assert!(!store.sweep_deliveries(at(1000)).await.unwrap());
    assert_eq!(store.list_webhook_endpoints_due(at(1000)).await.unwrap(), []);

    let now = store.find_webhook_endpoint(&made.id).await.unwrap().unwrap();
    let on = WebhookEndpoint { disabled: None, updated_at: at(1000), ..now };
    let event = recorded(Action::WebhookUpdated);
    assert!(store.update_webhook_endpoint(&on, &event).await.unwrap().is_yes());
    let due: Vec<_> =
        all(&store, &made).await.into_iter().filter(|d| d.next_attempt_at.is_some()).collect();
    assert_eq!(due.len(), 2, "the first of each order");
    assert!(due.iter().any(|delivery| delivery.event_id == first));
}

#[rstest]
#[tokio::test]
async fn an_order_that_a_race_has_stopped_is_set_going_by_the_sweep(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let one = account("acme", "user-1");
    let first = told(&store, Action::AccountCreated, &one, 0).await;
    let second = told(&store, Action::AccountSuspended, &one, 1).await;
    let forgotten = "UPDATE webhook_deliveries SET next_attempt_at = NULL";
    match engine {
        Engine::Sqlite => {
            sqlx::query(forgotten).execute(&mut store.sqlite().await).await.unwrap();
        }
        Engine::Postgres => {
            sqlx::query(forgotten).execute(&mut store.postgres().await).await.unwrap();
        }
    }
    assert!(!store.sweep_deliveries(at(60)).await.unwrap());
    assert_eq!(found(&store, &made, &first).await.next_attempt_at, Some(at(60)));
    assert_eq!(found(&store, &made, &second).await.next_attempt_at, None);
}

#[rstest]
#[tokio::test]
async fn a_replay_goes_to_the_end_of_its_order_and_what_is_being_sent_is_left_alone(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let one = account("acme", "user-1");
    let first = told(&store, Action::AccountCreated, &one, 0).await;
    let second = told(&store, Action::AccountSuspended, &one, 1).await;
    let event = |seconds| Event {
        at: at(seconds),
        id: EventId::new(),
        ..recorded(Action::WebhookReplayed)
    };
    let (claim, taken) = claimed(&store, &made, 1).await;
    let replay = |id, seconds| {
        let (store, made, event) = (&store, &made, event(seconds));
        async move { store.replay_delivery(&made.id, id, &event).await.unwrap() }
    };
    assert_eq!(replay(&first, 2).await, Applied::Conflict, "it is being sent");
    assert_eq!(replay(&second, 2).await, Applied::Conflict, "it waits for the first");
    let _ = finish(&store, &taken[0], &claim, Progress::Delivered, 3).await;
    assert_eq!(replay(&first, 4).await, Applied::Yes);
    assert_eq!(found(&store, &made, &first).await.next_attempt_at, None, "behind the second");
    let (claim, taken) = claimed(&store, &made, 5).await;
    assert_eq!(ids(&taken), [&second]);
    let _ = finish(&store, &taken[0], &claim, Progress::Again(at(900)), 6).await;
    assert_eq!(replay(&second, 7).await, Applied::Yes, "it only waited for its time");
    let (claim, taken) = claimed(&store, &made, 7).await;
    assert_eq!((taken[0].attempts, ids(&taken)), (1, vec![&second]));
    let _ = finish(&store, &taken[0], &claim, Progress::Delivered, 8).await;
    let (_, taken) = claimed(&store, &made, 8).await;
    assert_eq!((taken[0].attempts, ids(&taken)), (0, vec![&first]));
    let nobody = EventId::new();
    assert_eq!(replay(&nobody, 9).await, Applied::Conflict);
}

#[rstest]
#[tokio::test]
async fn deliveries_are_listed_by_page_and_by_state(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["account.created"])).await;
    let mut told_of = Vec::new();
    for user in 0..5 {
        let account = account("acme", &format!("user-{user}"));
        told(&store, Action::AccountDeleted, &account, 1).await;
        told_of.push(told(&store, Action::AccountCreated, &account, user).await);
    }
    told_of.reverse();
    let (claim, taken) = claimed(&store, &made, 0).await;
    let _ = finish(&store, &taken[0], &claim, Progress::Delivered, 1).await;
    let page = |state, before, limit| {
        let query = DeliveryQuery { endpoint_id: made.id.clone(), state, before, limit };
        let store = &store;
        async move { store.list_deliveries(&query).await.unwrap() }
    };
    let first = page(None, None, 2).await;
    assert_eq!(ids(&first), [&told_of[0], &told_of[1]]);
    let before = Some((first[1].created_at, first[1].event_id.clone()));
    assert_eq!(ids(&page(None, before, 9).await), told_of[2..].iter().collect::<Vec<_>>());
    let delivered = page(Some(DeliveryState::Delivered), None, 9).await;
    assert_eq!(ids(&delivered), [&told_of[4]]);
    assert_eq!(page(Some(DeliveryState::Failed), None, 9).await, []);
}

#[rstest]
#[tokio::test]
async fn an_attempt_is_found_whole_and_goes_with_its_delivery(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let event = told(&store, Action::AccountCreated, &account("acme", "user-1"), 0).await;
    let (claim, taken) = claimed(&store, &made, 0).await;
    let failed = attempt(&taken[0], 1, None);
    let again = Progress::Again(at(5));
    let _ = store.finish_attempt(&taken[0], &claim, &failed, again, at(1)).await.unwrap();
    let (claim, taken) = claimed(&store, &made, 5).await;
    let fine = attempt(&taken[0], 5, Some(204));
    let done = Progress::Delivered;
    let _ = store.finish_attempt(&taken[0], &claim, &fine, done, at(6)).await.unwrap();
    assert_eq!(store.list_attempts(&made.id, &event).await.unwrap(), [fine, failed]);

    let waiting = told(&store, Action::AccountSuspended, &account("acme", "user-1"), 7).await;
    store.delete_old_deliveries(at(6)).await.unwrap();
    assert_eq!(all(&store, &made).await.len(), 2);
    store.delete_old_deliveries(at(1_000_000)).await.unwrap();
    assert_eq!(ids(&all(&store, &made).await), [&waiting], "what waits is not old");
    assert_eq!(store.list_attempts(&made.id, &event).await.unwrap(), []);
}

#[rstest]
#[tokio::test]
async fn what_is_sealed_waits_with_its_delivery_and_is_wiped_at_the_end(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let other = stored(&store, endpoint(&["*"])).await;
    let token = linkhub::secret::PlainToken::generate("lhc_1");
    let session = ConnectSession {
        id: linkhub::id::ConnectSessionId::new(),
        token_hash: token.hash(),
        terms: Terms::default(),
        made_by: Actor::System,
        created_at: NOW,
        expires_at: at(3600),
        opened_at: None,
        completed_at: None,
        linked_account_id: None,
        revoked_at: None,
        refusals: 0,
    };
    let event = Event::new(Action::SessionCreated, &Caller::system(), NOW).about_session(&session);
    let parts = [(&session, event.clone(), vec![sealed("link")])];
    let to = std::slice::from_ref(&made.id);
    assert!(store.insert_announced_sessions(to, &parts).await.unwrap().is_yes());
    assert!(store.find_connect_session(session.id.as_str()).await.unwrap().is_some());

    let late = ConnectSession { id: linkhub::id::ConnectSessionId::new(), ..session.clone() };
    let parts = [(&late, recorded(Action::SessionCreated), vec![sealed("a"), sealed("b")])];
    let to = [made.id.clone(), linkhub::id::WebhookEndpointId::new()];
    let applied = store.insert_announced_sessions(&to, &parts).await.unwrap();
    assert_eq!(applied, Applied::Conflict, "one of them does not listen any more");
    assert!(store.find_connect_session(late.id.as_str()).await.unwrap().is_none());
    assert_eq!(all(&store, &other).await, [], "it has no part for it");
    let (claim, taken) = claimed(&store, &made, 0).await;
    assert_eq!(taken[0].sealed, Some(sealed("link")));
    let _ = finish(&store, &taken[0], &claim, Progress::Again(at(5)), 1).await;
    let (claim, taken) = claimed(&store, &made, 5).await;
    assert_eq!(taken[0].sealed, Some(sealed("link")));
    let _ = finish(&store, &taken[0], &claim, Progress::Failed, 6).await;
    assert_eq!(found(&store, &made, &event.id).await.sealed, None);
    let left = "SELECT count(*) FROM webhook_deliveries WHERE sealed_key_id IS NOT NULL \
        OR sealed_wrapped_key IS NOT NULL OR sealed_ciphertext IS NOT NULL";
    assert_eq!(store.number(left).await, 0);
    let replayed = recorded(Action::WebhookReplayed);
    let applied = store.replay_delivery(&made.id, &event.id, &replayed).await.unwrap();
    assert_eq!(applied, Applied::Conflict, "there is nothing to send any more");
}

#[rstest]
#[tokio::test]
async fn a_delivery_for_one_endpoint_alone_is_taken_from_the_start(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["account.created"])).await;
    let event = recorded(Action::WebhookTested);
    let delivery = Delivery {
        endpoint_id: made.id.clone(),
        event_id: event.id.clone(),
        event_type: "webhook.test".into(),
        ordering_key: event.id.to_string(),
        payload: "{}".into(),
        sealed: None,
        created_at: NOW,
        state: DeliveryState::Pending,
        attempts: 0,
        next_attempt_at: Some(at(60)),
        finished_at: None,
    };
    let claim = ClaimId::new();
    store.insert_claimed_delivery(&delivery, &claim, &event).await.unwrap();
    assert_eq!(found(&store, &made, &event.id).await, delivery);
    assert!(claimed(&store, &made, 59).await.1.is_empty());
    assert_eq!(finish(&store, &delivery, &claim, Progress::Failed, 59).await, Applied::Yes);
    assert_eq!(found(&store, &made, &event.id).await.state, DeliveryState::Failed);
}
