//! The same ticks on PostgreSQL: `scripts/postgres.sh` starts a server and says where it is.

use anyhow::{Context as _, ensure};
use linkhub::id::ClaimId;
use linkhub::model::event::{Action, Caller, Event};
use linkhub::secret::Sealed;
use linkhub::store::{Location, ROUNDS, Store};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};

use super::{Ticks, ticks_of};
use crate::{accounts, table};

/// Copies of the first account that differ where an index or a claim looks.
const COPIES: [&str; 2] = [
    "INSERT INTO accounts SELECT (jsonb_populate_record(a, jsonb_build_object('id', 'acc_' || lpad(to_hex(g), 32, '0'), \
     'user_id', 'user-' || g, 'linked_at', a.linked_at + g * 60000, 'last_checked_at', a.last_checked_at + g * 60000, \
     'expiry_key', a.expiry_key + g * 60000, 'next_check_at', a.next_check_at + g * 60000))).* \
     FROM accounts AS a, generate_series(2, $COUNT) AS g",
    "INSERT INTO credentials SELECT (jsonb_populate_record(c, jsonb_build_object('account_id', a.id))).* \
     FROM credentials AS c, accounts AS a WHERE a.id <> c.account_id",
];

pub async fn ticks(server: &str, count: usize) -> anyhow::Result<Ticks> {
    let name = format!("bench_{}", ClaimId::new());
    let mut database = PgConnection::connect(server).await?;
    run(&mut database, &format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
    let (server, _) = server.rsplit_once('/').context("the URL names a database")?;
    let url = format!("{server}/{name}");
    let store = Store::open(&Location::Postgres(url.clone().into())).await?;
    let account = accounts::account(1);
    let sealed = Sealed { key_id: "k".to_owned(), wrapped_key: vec![1], ciphertext: vec![1; 600] };
    let event = Event::new(Action::AccountCreated, &Caller::system(), account.linked_at);
    ensure!(store.insert_account(&account, &sealed, &[event]).await?.is_yes());
    let mut database = PgConnection::connect(&url).await?;
    for copy in COPIES {
        run(&mut database, &copy.replace("$COUNT", &count.to_string())).await?;
    }
    run(&mut database, "VACUUM ANALYZE").await?;
    explain(&mut database, count).await?;
    let ticks = ticks_of(&store, async |sql: &str| run(&mut database, sql).await).await;
    store.close().await;
    ticks
}

async fn run(database: &mut PgConnection, sql: &str) -> anyhow::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(database).await?;
    Ok(())
}

/// Prints the plan that holds for any values; fails if it reads the whole table, where that has many rows.
async fn explain(database: &mut PgConnection, count: usize) -> anyhow::Result<()> {
    table::line(&format!(
        "\nHow PostgreSQL carries out each statement of a tick, {count} accounts"
    ));
    run(database, "SET plan_cache_mode = force_generic_plan").await?;
    for (at, (what, sql)) in ROUNDS.iter().enumerate() {
        run(database, &format!("PREPARE round_{at} AS {sql}")).await?;
        let most = (1..=9_u8).take_while(|number| sql.contains(&format!("${number}"))).count();
        let nulls = vec!["NULL"; most].join(", ");
        let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE round_{at}({nulls})"));
        let rows = sqlx::raw_sql(explain).fetch_all(&mut *database).await?;
        let plan: Vec<String> = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        let steps: Vec<&str> = plan.iter().map(|step| step.trim()).collect();
        table::line(&format!("{what:<44} {}", steps.join("; ")));
        let whole = plan.iter().any(|step| step.contains("Seq Scan on accounts"));
        ensure!(!whole || count <= crate::FEW, "a whole table is read: {sql}");
    }
    Ok(())
}
