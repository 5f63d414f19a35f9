//! A round costs what is due, not what is stored: each of its statements finds its rows by an index.

use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::id::ClaimId;
use linkhub::store::ROUNDS;
use rstest::rstest;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Engine, NOW, Opened, account};

const MINUTE: Duration = Duration::from_mins(1);

/// So many accounts as the planner of PostgreSQL needs to see that an index is worth it.
async fn fill(store: &Opened) {
    store.link(&account("owner", "user")).await;
    if matches!(store.store, linkhub::store::Store::Sqlite { .. }) {
        return;
    }
    let mut connection = store.postgres().await;
    let copy = "INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', \
         'acc_' || g, 'user_id', 'u' || g, 'next_check_at', g, 'next_notice_at', g, \
         'next_renewal_at', g))).* FROM accounts a, generate_series(1, 20000) g";
    sqlx::query(copy).execute(&mut connection).await.unwrap();
    let keys = "INSERT INTO retired_keys (account_id, key_id, delete_at, attempts) \
         SELECT 'acc_' || g, 'key', g, 0 FROM generate_series(1, 20000) g";
    sqlx::query(keys).execute(&mut connection).await.unwrap();
    sqlx::query("ANALYZE accounts, retired_keys").execute(&mut connection).await.unwrap();
}

/// The steps of the plan; placeholders have values of the right type and a time when few are due.
async fn plan(store: &Opened, sql: &str) -> String {
    let due = Timestamp::from_millis(20);
    let filled = match sql.matches('$').count() {
        _ if sql.starts_with("SELECT id FROM") => {
            sql.replace("$1", "20").replace("$2", &(i64::MAX / 2).to_string())
        }
        _ if sql.contains("claim = $1") => sql.replace("$1", "'clm_1'"),
        _ => sql
            .replace("$1", &due.as_millis().to_string())
            .replace("$2", if sql.starts_with("UPDATE") { "'clm_1'" } else { "10" })
            .replace("$3", &due.as_millis().to_string())
            .replace("$4", "10"),
    };
    if matches!(store.store, linkhub::store::Store::Sqlite { .. }) {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {filled}"));
        let rows = sqlx::query(explain).fetch_all(&mut store.sqlite().await).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>("detail") + "\n").collect()
    } else {
        let explain = AssertSqlSafe(format!("EXPLAIN {filled}"));
        let rows = sqlx::query(explain).fetch_all(&mut store.postgres().await).await.unwrap();
        rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
    }
}

#[rstest]
#[tokio::test]
async fn every_round_finds_its_work_by_an_index(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    fill(&store).await;
    let indexes = [
        "accounts_by_next_check",
        "accounts_by_next_check",
        "accounts_by_check_claim",
        "accounts_by_next_notice",
        "accounts_by_checked",
        "accounts_status_expiry",
        "accounts_by_next_check",
        "accounts_by_next_renewal",
        "accounts_by_next_renewal",
        "accounts_by_renewal_claim",
        "retired_keys_due",
        "retired_keys_due",
        "retired_keys_by_claim",
    ];
    assert_eq!(ROUNDS.len(), indexes.len());
    for ((what, sql), index) in ROUNDS.iter().zip(indexes) {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{what} does not use {index}:\n{plan}");
        let whole = ["Seq Scan", "SCAN accounts\n", "SCAN retired_keys\n", "TEMP B-TREE"];
        assert!(whole.iter().all(|step| !plan.contains(step)), "{what}:\n{plan}");
    }
    let plan = plan(&store, "SELECT id FROM accounts WHERE version > 0").await;
    assert!(
        plan.contains("SCAN accounts") || plan.contains("Seq Scan"),
        "it would be seen: {plan}"
    );
}

#[rstest]
#[tokio::test]
async fn the_longest_due_are_claimed_first_and_given_back_when_wanted(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    for number in 0..5_i64 {
        let mut account = account("owner", &format!("user-{number}"));
        account.check.next_at = Timestamp::from_millis(100 - number * 10);
        store.link(&account).await;
    }
    let (claim, end) = (ClaimId::new(), NOW);
    let now = Timestamp::from_millis(90);
    let claimed = store.claim_checks(&claim, now, end, 3).await.unwrap();
    let users: Vec<_> = claimed.iter().map(|(account, _)| account.user.id.as_str()).collect();
    let mut sorted = users.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["user-2", "user-3", "user-4"]);
    for (account, sealed) in &claimed {
        assert_eq!(account.check.claim.as_deref(), Some(claim.as_str()));
        assert_eq!((account.check.next_at, account.version), (end, 2));
        assert!(sealed.is_some());
    }
    assert_eq!(store.claim_checks(&ClaimId::new(), now, end, 9).await.unwrap().len(), 1);
    assert!(!store.is_check_due(now).await.unwrap());
    store.release_checks(&claim, now).await.unwrap();
    assert_eq!(store.claim_checks(&ClaimId::new(), now, end, 9).await.unwrap().len(), 3);
}

#[rstest]
#[tokio::test]
async fn a_row_that_cannot_be_read_holds_up_nobody(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let due = Timestamp::from_millis(10);
    for number in 0..3 {
        let mut account = account("owner", &format!("user-{number}"));
        account.check.next_at = due;
        account.notice.next_at = Some(due);
        store.link(&account).await;
    }
    store.run("UPDATE accounts SET status_reasons = 'damaged' WHERE user_id = 'user-1'").await;
    let told = store.list_accounts_with_notices_due(NOW, 10).await.unwrap();
    assert_eq!(told.len(), 2);
    let claimed = store.claim_checks(&ClaimId::new(), NOW, NOW.plus(MINUTE), 10).await.unwrap();
    assert_eq!(claimed.len(), 2);
}

#[tokio::test]
async fn hubs_that_claim_at_the_same_moment_take_each_account_once() {
    const HUBS: usize = 8;
    const ACCOUNTS: usize = 160;
    let store = Engine::Postgres.open().await;
    store.link(&account("owner", "user")).await;
    let mut connection = store.postgres().await;
    let copy = "INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', \
         'acc_' || lpad(to_hex(g), 32, '0'), 'user_id', 'u' || g))).* \
         FROM accounts a, generate_series(2, 160) g";
    sqlx::query(copy).execute(&mut connection).await.unwrap();
    let mut hubs = Vec::new();
    for _ in 0..HUBS {
        hubs.push(std::sync::Arc::new(store.again().await));
    }
    for round in 1..=20_u32 {
        // Some of what is claimed was claimed before and not given back.
        let now = NOW.plus(Duration::from_hours(8) * round);
        let mut claims = tokio::task::JoinSet::new();
        for hub in &hubs {
            let hub = std::sync::Arc::clone(hub);
            claims.spawn(async move {
                let mut ids = Vec::new();
                while hub.is_check_due(now).await.unwrap() {
                    let end = now.plus(MINUTE * 2);
                    let claimed = hub.claim_checks(&ClaimId::new(), now, end, 30).await;
                    let claimed = claimed.expect("no claim gets in another's way");
                    ids.extend(claimed.into_iter().map(|(account, _)| account.id.to_string()));
                }
                ids
            });
        }
        let mut ids: Vec<String> = claims.join_all().await.into_iter().flatten().collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((all, ids.len()), (ACCOUNTS, ACCOUNTS), "in round {round}");
    }
}
