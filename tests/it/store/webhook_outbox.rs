//! What the outbox costs grows with what is due and with the endpoints, not with what is stored: each of its
//! statements finds its rows by an index.

use linkhub::model::event::{Action, Caller, Event};
use linkhub::store::OUTBOX;
use rstest::rstest;
use sqlx::{AssertSqlSafe, Row as _};

use super::webhook_endpoints::{endpoint, stored};
use super::{Engine, Opened, account};

/// Of each statement: its index on the table, and values for its placeholders with which little is found.
const PLANS: [(&str, &str, &[&str]); 8] = [
    ("enqueue", "webhook_deliveries_in_order", &["evt_1", "a.b", "acc_1", "{}", "20", "%a.b%"]),
    ("list the endpoints that something is due for", "webhook_deliveries_due", &["20"]),
    ("claim", "webhook_deliveries_due", &["clm_1", "90", "whe_1", "20", "8"]),
    ("read what is claimed", "webhook_deliveries_by_claim", &["clm_1"]),
    ("let the next of an order go", "webhook_deliveries_", &["20", "whe_1", "acc_1"]),
    ("sweep", "webhook_deliveries_", &["500"]),
    ("count what is old", "webhook_deliveries_old", &["20", "500"]),
    ("delete what is old", "webhook_deliveries_old", &["20", "500"]),
];

/// So many deliveries as the planner of PostgreSQL needs to see that an index is worth it; few of them wait.
async fn fill(store: &Opened) {
    stored(store, endpoint(&["*"])).await;
    let one = account("owner", "user");
    let event = Event::new(Action::AccountCreated, &Caller::system(), super::NOW).about(&one);
    store.record_event(&event).await.unwrap();
    if matches!(store.store, linkhub::store::Store::Sqlite { .. }) {
        return;
    }
    let mut connection = store.postgres().await;
    for fill in [
        "INSERT INTO webhook_deliveries SELECT (jsonb_populate_record(d, jsonb_build_object( \
         'event_id', 'evt_' || g, 'ordering_key', 'acc_' || g % 2000, 'position', g, \
         'state', CASE WHEN g % 100 = 0 THEN 'pending' ELSE 'delivered' END, \
         'next_attempt_at', CASE WHEN g % 200 = 0 THEN g END, \
         'claim', CASE WHEN g % 400 = 0 THEN 'clm_' || g END, \
         'finished_at', CASE WHEN g % 100 > 0 THEN g END))).* \
         FROM webhook_deliveries d, generate_series(1, 20000) g",
        "ANALYZE webhook_deliveries",
        "ANALYZE webhook_endpoints",
    ] {
        sqlx::query(fill).execute(&mut connection).await.unwrap();
    }
}

/// The steps of the plan.
async fn plan(store: &Opened, sql: &str, values: &[&str]) -> String {
    if matches!(store.store, linkhub::store::Store::Sqlite { .. }) {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = sqlx::raw_sql(explain).fetch_all(&mut store.sqlite().await).await.unwrap();
        return rows.iter().map(|row| row.get::<String, _>("detail") + "\n").collect();
    }
    let is_number = |value: &&str| value.parse::<i64>().is_ok();
    let types: Vec<_> =
        values.iter().map(|value| if is_number(value) { "bigint" } else { "text" }).collect();
    let (types, values) = (types.join(", "), values.join("', '"));
    let mut connection = store.postgres().await;
    let prepare = AssertSqlSafe(format!("PREPARE one ({types}) AS {sql}"));
    sqlx::raw_sql(prepare).execute(&mut connection).await.unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN EXECUTE one ('{values}')"));
    let rows = sqlx::raw_sql(explain).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0) + "\n").collect()
}

#[rstest]
#[tokio::test]
async fn the_outbox_finds_its_work_by_an_index(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    fill(&store).await;
    for ((what, sql), (named, index, values)) in OUTBOX.iter().zip(PLANS) {
        assert_eq!(*what, named);
        let plan = plan(&store, sql, values).await;
        assert!(plan.contains(index), "{what} does not use {index}:\n{plan}");
        let whole = ["Seq Scan on webhook_deliveries", "SCAN webhook_deliveries", "SCAN d\n"];
        assert!(whole.iter().all(|step| !plan.contains(step)), "{what}:\n{plan}");
    }
    let bad = plan(&store, "SELECT event_id FROM webhook_deliveries WHERE payload = $1", &["x"]);
    let bad = bad.await;
    assert!(
        bad.contains("SCAN webhook_deliveries") || bad.contains("Seq Scan on webhook_deliveries"),
        "it would be seen: {bad}"
    );
}
