//! History: pages of it by every filter, near and deep, the chain, its verification, and the removal of half of it. On
//! SQLite, and on the PostgreSQL of `LINKHUB_TEST_POSTGRES_URL` if that is set.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Parser as _;
use linkhub::cli::Cli;
use linkhub::clock::{Clock, Timestamp};
use linkhub::id::{AccountId, ApiKeyId, EventId};
use linkhub::linking::verify_history;
use linkhub::model::event::{Action, Caller, Event};
use linkhub::state::AppState;
use linkhub::store::{EventFilter, Turn, Who};
use linkhub::vault::Vault;
use linkhub::vault::keyring::Keyring;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};

use crate::{seed, table};

const PAGE: usize = 51;
const ROUNDS: usize = 21;
const DAY: Duration = Duration::from_hours(24);
const BEGIN: Timestamp = Timestamp::from_millis(1_790_000_000_000);
/// A line of history for each of so many milliseconds.
const STEP: i64 = 31_536;

pub async fn measure(folder: &Path, postgres: Option<&str>, lines: usize) -> anyhow::Result<()> {
    let data = seed::empty(folder, "history").await?;
    one(&data, None, lines).await?;
    if let Some(url) = postgres {
        let data = seed::empty(folder, "history").await?;
        one(&data, Some(url), lines).await?;
    }
    Ok(())
}

async fn one(data: &Path, postgres: Option<&str>, lines: usize) -> anyhow::Result<()> {
    let count = i64::try_from(lines)?;
    let now = BEGIN.plus(Duration::from_millis(u64::try_from(count * STEP)?));
    let half = now.since(BEGIN) / 2;
    let mut flags = vec![
        "linkhub".to_owned(),
        format!("--data-dir={}", data.display()),
        format!("--event-retention={}", (half.as_secs() / DAY.as_secs()).max(1)),
    ];
    flags.extend(postgres.map(|url| format!("--database-url={url}")));
    let settings = Cli::try_parse_from(flags)?.settings;
    let state = AppState::open(&settings, Clock::fixed(now)).await?;
    fill(data, postgres, lines).await.context("history cannot be filled")?;
    table::line(&format!("\nHistory, {lines} lines, {}", state.store.engine()));

    for (name, filter) in filters()? {
        let deep = Turn::Older(BEGIN.plus(now.since(BEGIN) / 10), EventId::new());
        let plan = state.store.explain_history(&filter, Some(&deep), PAGE).await?;
        let whole = |step: &String| step.contains("Seq Scan") || step.starts_with("SCAN events");
        let uses = |step: &String| step.contains("events_by_");
        let by_index = plan.iter().filter(|step| whole(step)).all(uses) && plan.iter().any(uses);
        ensure!(by_index, "{name}: {plan:#?}");
        let (first, deep) =
            (page(&state, &filter, None).await?, page(&state, &filter, Some(&deep)).await?);
        table::line(&format!(
            "{name:<44} first {:>9}  deep {:>9}",
            table::time(first),
            table::time(deep)
        ));
    }

    let started = Instant::now();
    while state.linking.chain_events().await? {}
    let took = started.elapsed();
    table::line(&format!("{:<44} {:.1} s", "chained, 500 lines a transaction", took.as_secs_f64()));
    let ring = Keyring::read(&settings.key_file())?.context("there is a key file")?;
    let started = Instant::now();
    let report = verify_history(&state.store, Some(&Vault::new(ring)), &|_, _| {}).await?;
    ensure!(report.broken.is_none() && report.verified >= count, "{report:?}");
    let took = started.elapsed();
    table::line(&format!("{:<44} {:.1} s", "verified, as doctor does", took.as_secs_f64()));
    remove(&state).await?;
    state.store.close().await;
    Ok(())
}

/// What history is looked for by, from what nearly all lines have to what none has.
fn filters() -> anyhow::Result<Vec<(&'static str, EventFilter)>> {
    let all = EventFilter::default;
    let account_id = Some(AccountId::try_from(format!("acc_{:032}", 7))?);
    let key = |last: &str| {
        Ok::<_, anyhow::Error>(Some(Who::ApiKey(ApiKeyId::try_from(format!("lhk_{last:0>32}"))?)))
    };
    let family =
        Action::ALL.iter().copied().filter(|action| action.as_str().starts_with("account."));
    let third = BEGIN.plus(Duration::from_millis(STEP.unsigned_abs() * 300));
    Ok(vec![
        ("everything", all()),
        ("one account (1 in 20,000)", EventFilter { account_id: account_id.clone(), ..all() }),
        (
            "one account, a rare action",
            EventFilter { account_id, actions: vec![Action::AccountDeleted], ..all() },
        ),
        ("an action of 9 in 10", EventFilter { actions: vec![Action::AccountChecked], ..all() }),
        ("an action of 1 in 100", EventFilter { actions: vec![Action::SignedIn], ..all() }),
        ("a family of actions", EventFilter { actions: family.collect(), ..all() }),
        ("who: admin (1 in 20)", EventFilter { who: Some(Who::Kind("admin")), ..all() }),
        ("who: an API key (1 in 140)", EventFilter { who: key("3")?, ..all() }),
        ("who: an API key that did nothing", EventFilter { who: key("f")?, ..all() }),
        (
            "an action that was never",
            EventFilter { actions: vec![Action::AccountDeleted], ..all() },
        ),
        ("one request", EventFilter { request_id: Some("req_500".to_owned()), ..all() }),
        ("a time long ago", EventFilter { to: Some(third), ..all() }),
    ])
}

async fn page(
    state: &AppState,
    filter: &EventFilter,
    turn: Option<&Turn>,
) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        state.store.list_history(filter, turn, PAGE).await?;
        times.push(started.elapsed());
    }
    times.sort_unstable();
    Ok(times[ROUNDS / 2])
}

/// Removes the older half, while others go on writing.
async fn remove(state: &AppState) -> anyhow::Result<()> {
    let (removal, started) = (state.linking.clone(), Instant::now());
    let mut removal = tokio::spawn(async move { removal.clean_up().await });
    let mut waits = Vec::new();
    let removed = loop {
        let event = Event::new(Action::SignedIn, &Caller::system(), state.clock.now());
        let asked = Instant::now();
        state.store.record_event(&event).await?;
        waits.push(asked.elapsed());
        if let Ok(removed) = tokio::time::timeout(Duration::from_millis(5), &mut removal).await {
            break removed?;
        }
    };
    removed?;
    let took = started.elapsed();
    let gone = state.store.find_chain_ends().await?.context("there are ends")?.ends.root.seq;
    waits.sort_unstable();
    table::line(&format!(
        "{:<44} {:.1} s; a write meanwhile: p50 {}, longest {}",
        format!("removed {gone} old lines"),
        took.as_secs_f64(),
        table::time(waits[waits.len() / 2]),
        table::time(waits[waits.len() - 1])
    ));
    Ok(())
}

/// One statement for both engines.
async fn fill(data: &Path, postgres: Option<&str>, lines: usize) -> anyhow::Result<()> {
    let padded = |number: &str| {
        let text = format!("CAST({number} AS TEXT)");
        format!("substr('{}' || {text}, length({text}) + 1, 32)", "0".repeat(32))
    };
    let sql = format!(
        "WITH RECURSIVE n(g) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT g + 1 FROM n WHERE g < {lines}) \
         INSERT INTO events (id, occurred_at, action, actor_kind, actor_name, account_id, request_id, address, detail) \
         SELECT 'evt_' || {id}, {begin} + g * {STEP}, CASE WHEN g % 100 = 0 THEN 'admin.signed_in' \
         WHEN g % 10 = 1 THEN 'account.updated' ELSE 'account.checked' END, CASE g % 20 WHEN 0 THEN 'admin' \
         WHEN 1 THEN 'api_key' ELSE 'system' END, CASE g % 20 WHEN 0 THEN 'admin' WHEN 1 THEN 'lhk_' || {key} || \
         ' back end' ELSE '' END, 'acc_' || {account}, CASE WHEN g % 20 < 2 THEN 'req_' || CAST(g AS TEXT) END, \
         CASE WHEN g % 20 < 2 THEN '192.0.2.1' END, \
         '{{\"outcome\":\"good\",\"status\":\"active\",\"host\":\"my-company.us.qlikcloud.com\"}}' FROM n",
        id = padded("g"),
        key = padded("g % 7"),
        account = padded("g % 20000"),
        begin = BEGIN.as_millis(),
    );
    let started = Instant::now();
    if let Some(url) = postgres {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await?;
        sqlx::query("ANALYZE events").execute(&mut connection).await?;
    } else {
        let path = data.join(seed::FILE).display().to_string();
        let mut connection = SqliteConnection::connect(&path).await?;
        sqlx::query("PRAGMA synchronous = OFF").execute(&mut connection).await?;
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await?;
    }
    table::note(&format!("seeded {lines} lines in {:.0?}", started.elapsed()));
    Ok(())
}
