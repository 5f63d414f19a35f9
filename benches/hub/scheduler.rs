//! What the hub does by itself: the cost of a tick with few and with many accounts of which the same number
//! is due, how a tick finds them, and how many checks a second go through.

mod postgres;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser as _;
use linkhub::cli::Cli;
use linkhub::clock::{Clock, Timestamp};
use linkhub::id::ClaimId;
use linkhub::linking::{Authority, ConnectRequest};
use linkhub::model::account::Owner;
use linkhub::model::event::Caller;
use linkhub::state::AppState;
use linkhub::store::{Location, ROUNDS, Store};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use tokio::task::JoinSet;

use crate::{bare, plans, seed, stub, table};

/// Accounts that are due in each tick.
const DUE: usize = 50;
const TICKS: usize = 61;
/// Accounts that are checked against the stub.
const CHECKED: usize = 2_000;

/// Medians of a tick.
struct Ticks {
    idle: Duration,
    claim: Duration,
    notices: Duration,
}

pub async fn measure(
    folder: &Path,
    counts: &[usize],
    postgres: Option<&str>,
) -> anyhow::Result<()> {
    let mut measured = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        if !counts[..at].contains(count) {
            measured.push((*count, ticks(folder, *count).await?));
        }
    }
    print("SQLite", &measured);
    if let Some(server) = postgres {
        let mut measured = Vec::new();
        for count in [crate::FEW, crate::MANY] {
            measured.push((count, postgres::ticks(server, count).await?));
        }
        print("PostgreSQL", &measured);
    }

    table::line("\nChecks a second against the local stub, one hub, SQLite");
    for (what, tenants) in
        [("64 tenants that take turns", Some(64)), ("each a tenant of its own", None)]
    {
        let (took, done) = checks(folder, tenants).await?;
        let rate = f64::from(u32::try_from(done)?) / took.as_secs_f64();
        table::line(&format!("{what:<44} {rate:>9.0} ({done} in {took:.2?})"));
    }
    Ok(())
}

fn print(engine: &str, measured: &[(usize, Ticks)]) {
    table::line(&format!("\nA tick with the same number due on {engine}, median of {TICKS}"));
    let heads: Vec<String> = measured.iter().map(|(count, _)| format!("{count:>12}")).collect();
    table::line(&format!("{:<44} {}   accounts", "", heads.join(" ")));
    let row = |what: &str, of: fn(&Ticks) -> Duration| {
        let times: Vec<String> = measured.iter().map(|(_, t)| micros(of(t))).collect();
        table::line(&format!("{what:<44} {}", times.join(" ")));
    };
    row("nothing due", |ticks| ticks.idle);
    row(&format!("{DUE} checks due: claim, read, give back"), |ticks| ticks.claim);
    row(&format!("{DUE} notices due: read"), |ticks| ticks.notices);
}

fn micros(time: Duration) -> String {
    format!("{:>9.3} ms", time.as_secs_f64() * 1000.0)
}

async fn ticks(folder: &Path, count: usize) -> anyhow::Result<Ticks> {
    let path = seed::filled(folder, count).await?.join(seed::FILE);
    let mut database = SqliteConnection::connect_with(&bare::options(&path)).await?;
    explain(&mut database, count).await?;
    let store = Store::open(&Location::Sqlite(path)).await?;
    let ticks = ticks_of(&store, async |sql: &str| run(&mut database, sql).await).await;
    store.close().await;
    ticks
}

/// `run` carries out a statement past the store.
async fn ticks_of(
    store: &Store,
    mut run: impl AsyncFnMut(&str) -> anyhow::Result<()>,
) -> anyhow::Result<Ticks> {
    let ids = "SELECT id FROM accounts ORDER BY linked_at, id LIMIT 50";
    let due =
        format!("UPDATE accounts SET next_check_at = 1, next_notice_at = 1 WHERE id IN ({ids})");
    let (now, end) = (Timestamp::from_millis(2), Timestamp::from_millis(i64::MAX / 2));
    let (mut idle, mut claim, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    let later = "UPDATE accounts SET next_check_at = 9000000000000, next_notice_at = NULL \
         WHERE next_check_at = 1 OR next_notice_at = 1";
    for _ in 0..TICKS {
        let started = Instant::now();
        ensure!(!store.is_check_due(now).await?, "nothing is due yet");
        idle.push(started.elapsed());

        run(&due).await?;
        let started = Instant::now();
        let due = store.list_accounts_with_notices_due(now, 500).await?.len();
        notices.push(started.elapsed());
        ensure!(due == DUE, "{due} notices are due");

        let started = Instant::now();
        let id = ClaimId::new();
        ensure!(store.is_check_due(now).await?, "checks are due");
        let claimed = store.claim_checks(&id, now, end, 256).await?.len();
        store.release_checks(&id, Timestamp::from_millis(9_000_000_000_000)).await?;
        claim.push(started.elapsed());
        ensure!(claimed == DUE, "{claimed} checks were claimed");
        run(later).await?;
    }
    Ok(Ticks { idle: median(idle), claim: median(claim), notices: median(notices) })
}

async fn run(database: &mut SqliteConnection, sql: &str) -> anyhow::Result<()> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(database).await?;
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Prints how SQLite carries out each statement of a round; fails if one reads the whole table.
async fn explain(database: &mut SqliteConnection, count: usize) -> anyhow::Result<()> {
    table::line(&format!("\nHow SQLite carries out each statement of a tick, {count} accounts"));
    for (what, sql) in ROUNDS {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let mut query = sqlx::query(explain);
        for _ in 0..sql.matches('$').count() {
            query = query.bind(None::<String>);
        }
        let rows = query.fetch_all(&mut *database).await?;
        let plan: Vec<String> = rows.iter().map(|row| row.get("detail")).collect();
        table::line(&format!("{what:<44} {}", plan.join("; ")));
        plans::check(sql, &plan)?;
    }
    Ok(())
}

/// Links accounts through the stub, makes all of them due and carries the checks out.
async fn checks(folder: &Path, tenants: Option<usize>) -> anyhow::Result<(Duration, usize)> {
    let data = seed::empty(folder, "scheduler").await?;
    let (stub, ca) = stub::start().await?;
    let ca_file = data.join("ca.pem");
    std::fs::write(&ca_file, ca)?;
    let flags = [
        "linkhub".to_owned(),
        format!("--data-dir={}", data.display()),
        format!("--qlik-connect-to={stub}"),
        format!("--qlik-ca-file={}", ca_file.display()),
        "--connect-limit=4000000000".to_owned(),
        "--check-limit=60000".to_owned(),
    ];
    let settings = Cli::try_parse_from(flags)?.settings;
    let state = AppState::open(&settings, Clock::System).await?;
    link(&state, tenants).await?;

    let mut database =
        SqliteConnection::connect_with(&bare::options(&data.join(seed::FILE))).await?;
    run(&mut database, "UPDATE accounts SET next_check_at = 1").await?;
    let started = Instant::now();
    while state.linking.check_due().await? {}
    let took = started.elapsed();
    let done = sqlx::query("SELECT count(*) AS done FROM events WHERE action = 'account.checked'")
        .fetch_one(&mut database)
        .await?
        .get::<i64, _>("done");
    let bad = sqlx::query("SELECT count(*) AS bad FROM accounts WHERE status <> 'active'")
        .fetch_one(&mut database)
        .await?
        .get::<i64, _>("bad");
    ensure!(bad == 0, "{bad} checks went wrong");
    state.store.close().await;
    let done = usize::try_from(done)?;
    ensure!(done > 0, "nothing was checked");
    Ok((took, done))
}

async fn link(state: &AppState, tenants: Option<usize>) -> anyhow::Result<()> {
    let mut linking = JoinSet::new();
    for _ in 0..16 {
        let state = state.clone();
        linking.spawn(async move {
            for _ in 0..CHECKED / 16 {
                let (tenant_name, key) = stub::next_key(tenants);
                let request = ConnectRequest {
                    renewal: None,
                    tenant_name,
                    region: "us".to_owned(),
                    api_key: key.into(),
                    replace_user: None,
                    authority: Authority::Admin(Owner::default()),
                    caller: Caller::system(),
                };
                let attempt = state.linking.begin_attempt("bench");
                state.linking.connect(request, &attempt, &|_| {}).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(linked) = linking.join_next().await {
        linked?.context("the stub does not take a key")?;
    }
    Ok(())
}
