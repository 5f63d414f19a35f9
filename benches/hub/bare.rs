//! The baseline: axum, reqwest and sqlx with nothing around them. It knows no sessions, seals nothing,
//! checks nothing and has no history of who did what, but what it does it does on disk.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "bare is what it is measured for"
)]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path as FilePath;
use std::sync::Arc;

use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use axum::{Router, serve};
use serde::Deserialize;
use serde_json::Value;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};
use sqlx::{Connection as _, Row as _, SqliteConnection};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::rows::{self, Bound};
use crate::stub::Claims;
use crate::{accounts, seed};

/// The statements that `/rows/{n}` runs.
pub const QUERIES: &str = "queries.json";
pub const CA: &str = "ca.pem";
/// As long as a list page of the hub.
const PAGE: usize = 7_000;

struct Bare {
    readers: SqlitePool,
    queries: Vec<Vec<Bound>>,
    client: reqwest::Client,
    /// Commits each change alone, and many together.
    writers: [mpsc::Sender<Waiting>; 2],
    page: String,
}

type Waiting = (Vec<Bound>, oneshot::Sender<()>);

pub fn options(path: &FilePath) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
}

pub fn readers(path: &FilePath) -> SqlitePool {
    let pool = SqlitePoolOptions::new().max_connections(8);
    pool.connect_lazy_with(options(path).read_only(true))
}

pub async fn run(data: &FilePath, stub: Option<SocketAddr>) -> anyhow::Result<()> {
    let path = data.join(seed::FILE);
    let queries = std::fs::read(data.join(QUERIES)).unwrap_or_else(|_| b"[]".to_vec());
    let mut client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    if let Some(stub) = stub {
        let ca = std::fs::read(data.join(CA))?;
        client = client.tls_certs_merge([reqwest::Certificate::from_pem(&ca)?]);
        client = client.dns_resolver(Stub(stub)).no_proxy();
    }
    let bare = Bare {
        readers: readers(&path),
        queries: serde_json::from_slice(&queries)?,
        client: client.build()?,
        writers: [writer(&path, 1).await?, writer(&path, 256).await?],
        page: "x".repeat(PAGE),
    };
    let router = Router::new()
        .route("/page", get(async |State(bare): State<Arc<Bare>>| Html(bare.page.clone())))
        .route("/rows/{at}", get(list))
        .route("/connect/{writer}", post(connect))
        .with_state(Arc::new(bare));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    crate::table::note(&format!("listening on http://{}", listener.local_addr()?));
    serve(
        axum::serve::ListenerExt::tap_io(listener, |stream| {
            let _ = stream.set_nodelay(true);
        }),
        router,
    )
    .await?;
    Ok(())
}

struct Stub(SocketAddr);

impl reqwest::dns::Resolve for Stub {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let address: reqwest::dns::Addrs = Box::new([self.0].into_iter());
        Box::pin(async { Ok(address) })
    }
}

fn failed(error: impl std::fmt::Display) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

/// Runs the statements and writes every row into a page.
async fn list(
    State(bare): State<Arc<Bare>>,
    Path(at): Path<usize>,
) -> Result<Html<String>, (StatusCode, String)> {
    let mut page = String::with_capacity(PAGE);
    for bound in bare.queries.get(at).ok_or_else(|| failed("no such query"))? {
        let rows = bound.query().fetch_all(&bare.readers).await.map_err(failed)?;
        for row in &rows {
            let _ = write!(page, "<tr>{}</tr>", cells(row));
        }
    }
    Ok(Html(page))
}

fn cells(row: &SqliteRow) -> String {
    let mut text = String::new();
    for at in 0..row.len() {
        let cell: Option<&str> = row.try_get_unchecked(at).unwrap_or_default();
        let _ = write!(text, "<td>{}</td>", cell.unwrap_or_default());
    }
    text
}

#[derive(Deserialize)]
struct ConnectForm {
    tenant_name: String,
    region: String,
    api_key: String,
    owner_id: String,
}

async fn connect(
    State(bare): State<Arc<Bare>>,
    Path(writer): Path<usize>,
    Form(form): Form<ConnectForm>,
) -> Result<Html<String>, (StatusCode, String)> {
    let host = format!("{}.{}.qlikcloud.com", form.tenant_name, form.region);
    let claims = Claims::of(&form.api_key).ok_or_else(|| failed("no key"))?;
    let ask = async |path: &str| -> Result<Value, (StatusCode, String)> {
        let mut url = format!("https://{host}{path}");
        loop {
            let request = bare.client.get(&url).bearer_auth(&form.api_key);
            let response = request.send().await.map_err(failed)?;
            let to = response.headers().get("location").and_then(|to| to.to_str().ok());
            if let Some(to) = to {
                url = format!("https://{host}{to}");
                continue;
            }
            let body = response.bytes().await.map_err(failed)?;
            return serde_json::from_slice(&body).map_err(failed);
        }
    };
    let user = ask("/api/v1/users/me").await?;
    let record = format!("/api/v1/api-keys/{}", claims.jti);
    let (tenant, _) = tokio::try_join!(ask("/api/v1/tenants/me"), ask(&record))?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut account = accounts::account(0);
    account.id = linkhub::id::AccountId::new();
    account.owner.id = form.owner_id;
    account.host = host;
    account.user.id = text(&user["id"]);
    account.user.name = text(&user["name"]);
    account.tenant.id = text(&user["tenantId"]);
    account.tenant.name = text(&tenant["name"]);
    account.tenant.hostname = text(&tenant["hostnames"][0]);
    account.key.id = Some(claims.jti);

    let id = account.id.as_str();
    let terms = rows::terms(&account).into_iter().map(|term| vec![term.as_str().into(), id.into()]);
    let credential = "INSERT INTO credentials (account_id, key_id, wrapped_key, ciphertext) \
         VALUES (?, 'key', zeroblob(61), CAST(? AS BLOB))";
    let change = vec![
        rows::insert("accounts", rows::ACCOUNT_COLUMNS, vec![rows::account(&account)]),
        Bound::new(credential, vec![id.into(), form.api_key.as_str().into()]),
        Bound::new("UPDATE vault_keys SET seals = seals + 1 WHERE key_id = 'key'", Vec::new()),
        rows::insert("account_terms", "term, account_id", terms.collect()),
        rows::insert("events", rows::EVENT_COLUMNS, vec![rows::event(&account)]),
    ];
    let (done, waiting) = oneshot::channel();
    let writer = bare.writers.get(writer).ok_or_else(|| failed("no such writer"))?;
    writer.send((change, done)).await.map_err(failed)?;
    waiting.await.map_err(failed)?;
    Ok(Html(bare.page.clone()))
}

/// Commits up to `most` changes together; what waits is answered after the commit.
async fn writer(path: &FilePath, most: usize) -> anyhow::Result<mpsc::Sender<Waiting>> {
    let options = options(path).busy_timeout(std::time::Duration::from_secs(5));
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let (changes, mut waiting) = mpsc::channel::<Waiting>(1024);
    tokio::spawn(async move {
        while let Some(first) = waiting.recv().await {
            let mut group = vec![first];
            while group.len() < most
                && let Ok(next) = waiting.try_recv()
            {
                group.push(next);
            }
            if let Err(error) = commit(&mut connection, &group).await {
                crate::table::note(&format!("not committed: {error}"));
                return;
            }
            for (_, done) in group {
                let _ = done.send(());
            }
        }
    });
    Ok(changes)
}

async fn commit(connection: &mut SqliteConnection, group: &[Waiting]) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for bound in group.iter().flat_map(|(change, _)| change) {
        bound.query().execute(&mut *connection).await?;
    }
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(())
}
