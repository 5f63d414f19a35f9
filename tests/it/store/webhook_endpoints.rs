use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::id::WebhookEndpointId;
use linkhub::model::event::{Action, Actor};
use linkhub::model::webhook::{Disabled, DisabledBy, WebhookEndpoint};
use linkhub::store::Applied;
use rstest::rstest;

use super::admins::recorded;
use super::{Engine, NOW, Opened, sealed};

pub(super) fn endpoint(events: &[&str]) -> WebhookEndpoint {
    WebhookEndpoint {
        id: WebhookEndpointId::new(),
        version: 1,
        url: "https://example.com/hook?a=b&c='\"".into(),
        description: "Jane’s <back end>".into(),
        events: events.iter().map(ToString::to_string).collect(),
        old_secret_ends_at: None,
        made_by: Actor::Admin { name: "admin".into() },
        created_at: NOW,
        updated_at: NOW,
        disabled: None,
        failing_since: None,
    }
}

pub(super) async fn stored(store: &Opened, endpoint: WebhookEndpoint) -> WebhookEndpoint {
    let event = recorded(Action::WebhookCreated);
    let applied = store.insert_webhook_endpoint(&endpoint, &sealed("one"), 100, &event).await;
    assert_eq!(applied.unwrap(), Applied::Yes);
    endpoint
}

async fn found(store: &Opened, endpoint: &WebhookEndpoint) -> WebhookEndpoint {
    store.find_webhook_endpoint(&endpoint.id).await.unwrap().expect("it is stored")
}

fn at(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

#[rstest]
#[tokio::test]
async fn an_endpoint_is_found_whole_and_listed_by_age(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let young = WebhookEndpoint { created_at: at(1), ..endpoint(&["*"]) };
    let young = stored(&store, young).await;
    let old = stored(&store, endpoint(&["account.created", "account.expired"])).await;
    assert_eq!(found(&store, &old).await, old);
    assert_eq!(store.list_webhook_endpoints().await.unwrap(), [old.clone(), young]);
    let secrets = store.find_webhook_secrets(&old.id).await.unwrap().unwrap();
    assert_eq!((secrets.current, secrets.old), (sealed("one"), None));
    let nobody = WebhookEndpointId::new();
    assert_eq!(store.find_webhook_endpoint(&nobody).await.unwrap(), None);
    assert_eq!(store.find_webhook_secrets(&nobody).await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn no_more_endpoints_are_made_than_there_may_be(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let event = || recorded(Action::WebhookCreated);
    for number in 0..3 {
        let one_more = endpoint(&["*"]);
        let applied = store.insert_webhook_endpoint(&one_more, &sealed("one"), 2, &event()).await;
        let expected = if number < 2 { Applied::Yes } else { Applied::Conflict };
        assert_eq!(applied.unwrap(), expected);
        let found = store.find_webhook_endpoint(&one_more.id).await.unwrap();
        assert_eq!(found.is_some(), number < 2);
    }
    assert_eq!(store.number("SELECT count(*) FROM events").await, 2, "and nothing else is written");
}

#[rstest]
#[tokio::test]
async fn an_edit_takes_effect_on_the_version_that_was_read(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let edited = WebhookEndpoint {
        url: "https://example.org/".into(),
        description: "other".into(),
        events: vec!["account.error".into()],
        updated_at: at(5),
        disabled: Some(Disabled { at: at(5), by: DisabledBy::Admin }),
        failing_since: Some(at(4)),
        ..made.clone()
    };
    let event = recorded(Action::WebhookUpdated);
    let update = |endpoint| store.update_webhook_endpoint(endpoint, &event);
    assert_eq!(update(&edited).await.unwrap(), Applied::Yes);
    assert_eq!(update(&edited).await.unwrap(), Applied::Conflict, "it has another version now");
    let expected = WebhookEndpoint { version: 2, ..edited };
    assert_eq!(found(&store, &made).await, expected);
}

#[rstest]
#[tokio::test]
async fn a_rotation_keeps_the_secret_before_until_it_ends(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let rotated =
        WebhookEndpoint { old_secret_ends_at: Some(at(60)), updated_at: at(1), ..made.clone() };
    let (new, old) = (sealed("new"), sealed("old"));
    let event = recorded(Action::WebhookRotated);
    let rotate = || store.rotate_webhook_secret(&rotated, &new, &old, &event);
    assert_eq!(rotate().await.unwrap(), Applied::Yes);
    assert_eq!(rotate().await.unwrap(), Applied::Conflict);
    assert_eq!(found(&store, &made).await, WebhookEndpoint { version: 2, ..rotated.clone() });
    let secrets = || async { store.find_webhook_secrets(&made.id).await.unwrap().unwrap() };
    assert_eq!(secrets().await.current, new);
    assert_eq!(secrets().await.old, Some((old.clone(), at(60))));

    store.delete_old_webhook_secrets(at(59)).await.unwrap();
    assert!(secrets().await.old.is_some());
    store.delete_old_webhook_secrets(at(60)).await.unwrap();
    assert_eq!(secrets().await.old, None);
    assert_eq!(found(&store, &made).await.old_secret_ends_at, None);
    assert_eq!(secrets().await.current, new);
}

#[rstest]
#[tokio::test]
async fn failures_count_from_the_first_and_switch_off_once(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    store.mark_webhook_endpoint_failing(&made.id, at(10)).await.unwrap();
    store.mark_webhook_endpoint_failing(&made.id, at(20)).await.unwrap();
    assert_eq!(found(&store, &made).await.failing_since, Some(at(10)));
    store.clear_webhook_endpoint_failing(&made.id).await.unwrap();
    assert_eq!(found(&store, &made).await.failing_since, None);

    store.mark_webhook_endpoint_failing(&made.id, at(30)).await.unwrap();
    let event = recorded(Action::WebhookDisabled);
    let (id, by) = (&made.id, DisabledBy::Failures);
    let disable = |since| store.disable_webhook_endpoint(id, by, Some(since), &event);
    assert_eq!(disable(at(29)).await.unwrap(), Applied::Conflict, "not for so long");
    assert_eq!(disable(at(30)).await.unwrap(), Applied::Yes);
    assert_eq!(disable(at(30)).await.unwrap(), Applied::Conflict);
    let off = found(&store, &made).await;
    assert_eq!(off.disabled, Some(Disabled { at: event.at, by }));
    assert_eq!(off.version, 2);
}

#[rstest]
#[tokio::test]
async fn an_endpoint_is_deleted_once(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let store = engine.open().await;
    let made = stored(&store, endpoint(&["*"])).await;
    let event = recorded(Action::WebhookDeleted);
    let delete = || store.delete_webhook_endpoint(&made.id, &event);
    assert_eq!(delete().await.unwrap(), Applied::Yes);
    assert_eq!(delete().await.unwrap(), Applied::Conflict);
    assert_eq!(store.list_webhook_endpoints().await.unwrap(), []);
}
