use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::model::account::past::{CheckResult, PastCheck, StoredKey};
use linkhub::model::event::{Action, Caller, Event};
use rstest::rstest;
use serde_json::json;

use super::{Engine, NOW, account};

#[rstest]
#[tokio::test]
async fn checks_are_those_of_the_account_since_then_newest_first(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let (mine, other) = (account("owner-1", "user-1"), account("owner-2", "user-1"));
    let codes = [None, Some("key_rejected"), Some("qlik_unavailable"), None];
    for (n, code) in codes.into_iter().enumerate() {
        let at = NOW.plus(Duration::from_hours(n as u64));
        let checked = Event::new(Action::AccountChecked, &Caller::system(), at);
        let checked = checked.with(json!({ "status": "active", "code": code }));
        store.record_event(&checked.clone().of(&mine.id)).await.unwrap();
        for (action, id) in [
            (Action::AccountChecked, &other.id),
            (Action::CredentialRead, &mine.id),
            (Action::AccountError, &mine.id),
        ] {
            let event = Event::new(action, &Caller::system(), at).of(id);
            store.record_event(&event).await.unwrap();
        }
    }
    let check = |hours, result, code: Option<&str>| PastCheck {
        at: NOW.plus(Duration::from_hours(hours)),
        result,
        code: code.map(Into::into),
    };
    let all = [
        check(3, CheckResult::Good, None),
        check(2, CheckResult::Unknown, Some("qlik_unavailable")),
        check(1, CheckResult::Refused, Some("key_rejected")),
        check(0, CheckResult::Good, None),
    ];
    assert_eq!(store.list_checks(&mine.id, NOW, 10).await.unwrap(), all);
    let later = NOW.plus(Duration::from_hours(1));
    assert_eq!(store.list_checks(&mine.id, later, 10).await.unwrap(), all[..3]);
    assert_eq!(store.list_checks(&mine.id, NOW, 2).await.unwrap(), all[..2]);
}

#[rstest]
#[tokio::test]
async fn keys_are_those_that_were_linked_and_renewed(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let mine = account("owner-1", "user-1");
    store.link(&mine).await;
    let expires_at = NOW.plus(Duration::from_hours(9));
    let renewed_at = NOW.plus(Duration::from_hours(1));
    for action in [Action::AccountRenewed, Action::AccountChecked, Action::RenewalFailed] {
        let event = Event::new(action, &Caller::system(), renewed_at).of(&mine.id);
        let told = json!({ "key_id": "key-2", "expires_at": expires_at.to_string() });
        store.record_event(&event.with(told)).await.unwrap();
    }
    let keys = store.list_stored_keys(&mine.id, 10).await.unwrap();
    let id = Some("key-2".to_owned());
    // What an event does not tell is not known.
    let first = StoredKey { stored_at: NOW, id: None, expires_at: None };
    assert_eq!(
        keys,
        [
            StoredKey {
                stored_at: renewed_at,
                id,
                expires_at: Timestamp::parse(&expires_at.to_string())
            },
            first
        ]
    );
    assert_eq!(store.list_stored_keys(&mine.id, 1).await.unwrap().len(), 1);
}

/// However long the rest of the history is.
#[tokio::test]
async fn pictures_read_only_their_part_of_the_history() {
    let store = Engine::Sqlite.open().await;
    let mut connection = store.sqlite().await;
    for (sql, index) in [
        (
            "EXPLAIN QUERY PLAN SELECT occurred_at, detail FROM events \
             WHERE action = 'account.checked' AND account_id = $1 AND occurred_at >= $2 \
             ORDER BY occurred_at DESC, id DESC LIMIT $3",
            "events_of_checks (account_id=? AND occurred_at>?)",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT occurred_at, detail FROM events \
             WHERE (action = 'account.created' OR action = 'account.renewed') \
             AND account_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT $2",
            "events_of_keys (account_id=?)",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT count(*) FROM accounts \
             WHERE status = $1 AND expiry_key >= $2 AND expiry_key <= $3",
            "USING COVERING INDEX accounts_status_expiry (status=? AND expiry_key>? AND expiry_key<?)",
        ),
        (
            "EXPLAIN QUERY PLAN SELECT id FROM accounts WHERE 1 = 1 AND unchecked_since IS NOT NULL \
             ORDER BY unchecked_since, id LIMIT $1",
            "accounts_by_unchecked",
        ),
    ] {
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        let steps: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
        assert_eq!(steps.len(), 1, "no step sorts: {steps:?}");
        assert!(steps[0].contains(index), "{steps:?}");
    }
}
