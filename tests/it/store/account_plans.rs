//! A round costs what is due, not what is stored: each of its statements finds its rows by an index.

use linkhub::clock::Timestamp;
use linkhub::id::ClaimId;
use linkhub::store::ROUNDS;
use rstest::rstest;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Engine, NOW, Opened, account};

/// So many accounts as the planner of PostgreSQL needs to see that an index is worth it.
async fn fill(store: &Opened) {
    store.link(&account("owner", "user")).await;
    if matches!(store.store, linkhub::store::Store::Sqlite { .. }) {
        return;
    }
    let mut connection = store.postgres().await;
    let copy = "INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', \
         'acc_' || g, 'user_id', 'u' || g, 'next_check_at', g, 'next_notice_at', g))).* \
         FROM accounts a, generate_series(1, 20000) g";
    sqlx::query(copy).execute(&mut connection).await.unwrap();
    sqlx::query("ANALYZE accounts").execute(&mut connection).await.unwrap();
}

/// The steps of the plan; placeholders have values of the right type and a time when few are due.
async fn plan(store: &Opened, sql: &str) -> String {
    let due = Timestamp::from_millis(20);
    let filled = match sql.matches('$').count() {
        _ if sql.contains("check_claim = $1") => sql.replace("$1", "'clm_1'"),
        _ => sql
            .replace("$1", &due.as_millis().to_string())
            .replace("check_claim = 20", "check_claim = 'clm_1'")
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
    ];
    for ((what, sql), index) in ROUNDS.iter().zip(indexes) {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{what} does not use {index}:\n{plan}");
        let whole = ["Seq Scan on accounts", "SCAN accounts\n", "TEMP B-TREE"];
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
