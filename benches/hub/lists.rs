//! Accounts page and list: the page against a bare route that runs the same statements, the store's
//! list against the same SELECT.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use linkhub::model::account::AccountStatus;
use linkhub::store::{AccountQuery, Cursor, Location, SortBy, Store};
use sqlx::SqlitePool;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};
use tokio::task::JoinSet;

use crate::cases::{Case, PAGE};
use crate::load::{Figures, Target, compare, get};
use crate::plans::{self, Watched};
use crate::process::{Server, measure as measure_start};
use crate::rows::Bound;
use crate::{bare, cases, seed, table};

const TIME: Duration = Duration::from_millis(300);

pub async fn measure(folder: &Path, count: usize) -> anyhow::Result<Vec<(Case, Figures)>> {
    let data = seed::filled(folder, count).await?;
    let cases = cases::all(&mut database(&data).await?, count).await?;
    let pages = explain(&data, &cases).await?;
    let every: Vec<&Vec<Bound>> = pages.iter().collect();
    std::fs::write(data.join(bare::QUERIES), serde_json::to_vec(&every)?)?;

    table::title(&format!(
        "Accounts page, {count} accounts; bare: an axum route, the same SELECTs"
    ));
    let (hub, bare) = (Server::hub(&data, &[])?, Server::bare(&data, None)?);
    let idle = hub.resident_mb()?;
    let cookie = hub.sign_in().await?;
    let target = |server: &Server, path: &str, cookie: &str| {
        let request = get(path, cookie);
        Target { server: server.address, requests: Arc::new(move || request.clone()) }
    };
    let mut measured = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        let targets =
            [target(&hub, &case.path(), &cookie), target(&bare, &format!("/rows/{at}"), "")];
        for clients in [1, 64] {
            let figures = compare(&[&targets[0], &targets[1]], clients, TIME).await?;
            table::row(case.name, clients, &figures[0], &figures[1]);
            if clients == 1 {
                measured.push((case.clone(), figures[0]));
            }
            // With 64 at once, what takes long would take minutes.
            if figures[0].p50 > Duration::from_millis(50) {
                break;
            }
        }
    }
    let targets = [target(&hub, "/accounts", &cookie), target(&bare, "/page", "")];
    let figures = compare(&[&targets[0], &targets[1]], 64, TIME).await?;
    table::row("first page; bare: 7 KB of memory", 64, &figures[0], &figures[1]);
    let loaded = hub.resident_mb()?;
    table::line(&format!(
        "resident: idle {idle:.1} MB, after 64 clients on every list {loaded:.1} MB"
    ));
    drop((hub, bare));

    lists(&data, &cases, &pages).await?;
    measure_start(&data, &format!("{count} accounts")).await?;
    Ok(measured)
}

async fn database(data: &Path) -> anyhow::Result<SqliteConnection> {
    // A hub that has started once has made its key, its admin and its tables.
    drop(Server::hub(data, &[])?);
    Ok(SqliteConnection::connect_with(&bare::options(&data.join(seed::FILE))).await?)
}

/// The statements of each case with their values; prints how each is carried out.
async fn explain(data: &Path, cases: &[Case]) -> anyhow::Result<Vec<Vec<Bound>>> {
    let mut watched = Watched::start(data).await?;
    let mut pages = Vec::new();
    table::line("\nHow SQLite carries out each SELECT of a list");
    for case in cases {
        let statements = watched.statements(&case.path()).await?;
        for sql in
            statements.iter().filter(|sql| sql.contains(" accounts ") || sql.contains("AS hits"))
        {
            let plan = watched.explain(sql).await?;
            let what = if sql.starts_with("SELECT count") { "count" } else { "rows" };
            table::line(&format!("{:<44} {what:<5} {}", case.name, plan.join("; ")));
            plans::check(sql, &plan)?;
        }
        pages.push(case.bind(statements)?);
    }
    Ok(pages)
}

/// `Store::list_accounts` beside its own SELECT.
async fn lists(data: &Path, cases: &[Case], pages: &[Vec<Bound>]) -> anyhow::Result<()> {
    let path = data.join(seed::FILE);
    let store = Store::open(&Location::Sqlite(path.clone())).await?;
    let pool = bare::readers(&path);
    table::title("Store::list_accounts, no HTTP; bare: the same SELECT through sqlx");
    for (case, page) in cases.iter().zip(pages) {
        let Some(select) =
            page.iter().rfind(|bound| bound.sql.contains("ORDER BY") && case.is_list())
        else {
            continue;
        };
        let query = query(case)?;
        let found = store.list_accounts(&query).await?.accounts.len();
        let rows = select.query().fetch_all(&pool).await?.len();
        ensure!(found == rows.min(PAGE), "{}: the baseline finds other rows", case.name);
        for clients in [1, 8] {
            let mut rounds = (Vec::new(), Vec::new());
            for _ in 0..3 {
                rounds.0.push(list_rounds(&store, &query, clients).await?);
                rounds.1.push(select_rounds(&pool, select, clients).await?);
            }
            let (hub, bare) = (Figures::median(&rounds.0), Figures::median(&rounds.1));
            table::row(case.name, clients, &hub, &bare);
            if hub.p50 > Duration::from_millis(50) {
                break;
            }
        }
    }
    store.close().await;
    Ok(())
}

async fn list_rounds(
    store: &Store,
    query: &AccountQuery,
    clients: usize,
) -> anyhow::Result<Figures> {
    let (store, query) = (store.clone(), query.clone());
    repeat(clients, move || {
        let (store, query) = (store.clone(), query.clone());
        async move { Ok(store.list_accounts(&query).await.map(drop)?) }
    })
    .await
}

async fn select_rounds(
    pool: &SqlitePool,
    select: &Bound,
    clients: usize,
) -> anyhow::Result<Figures> {
    let (pool, select) = (pool.clone(), select.clone());
    repeat(clients, move || {
        let (pool, select) = (pool.clone(), select.clone());
        async move { Ok(select.query().fetch_all(&pool).await.map(drop)?) }
    })
    .await
}

async fn repeat<F>(
    clients: usize,
    job: impl Fn() -> F + Clone + Send + 'static,
) -> anyhow::Result<Figures>
where
    F: Future<Output = anyhow::Result<()>> + Send,
{
    let started = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..clients {
        let job = job.clone();
        running.spawn(async move {
            let mut times = Vec::new();
            while started.elapsed() < TIME {
                let asked = Instant::now();
                job().await?;
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut all = Vec::new();
    while let Some(times) = running.join_next().await {
        all.extend(times??);
    }
    Figures::of(all, started.elapsed())
}

fn query(case: &Case) -> anyhow::Result<AccountQuery> {
    let from = match &case.cursor {
        Some(_) => {
            let text = case.cursor_text();
            let sort = SortBy::parse(case.sort()).context("a way to sort")?;
            Some(Cursor::decode(&text, sort).context("the cursor does not fit")?)
        }
        None => None,
    };
    Ok(AccountQuery {
        search: case.words.join(" "),
        statuses: AccountStatus::parse(case.status).into_iter().collect(),
        sort: SortBy::parse(case.sort()).unwrap_or_default(),
        descending: case.sort() == "linked",
        from,
        limit: PAGE,
        ..AccountQuery::default()
    })
}

/// The row behind `skipped` others of the sorted list, if there are so many: its sort key and its id.
pub async fn row(
    database: &mut SqliteConnection,
    filter: &'static str,
    sort: &'static str,
    skipped: usize,
) -> anyhow::Result<Option<(i64, String)>> {
    let order = if sort == "linked_at" { "DESC" } else { "ASC" };
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT {sort}, id FROM accounts {filter} ORDER BY {sort} {order}, id {order} LIMIT 1 OFFSET $1",
    )))
    .bind(i64::try_from(skipped)?)
    .fetch_optional(database)
    .await?;
    Ok(row.map(|row| (row.get(0), row.get(1))))
}
