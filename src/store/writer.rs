//! The one door for writes. On SQLite a task of its own commits waiting changes in groups; on
//! PostgreSQL every change is a transaction of its own.
//!
//! `sqlx` on SQLite can answer Ok for writes that never reach the disk once a commit has failed on a
//! connection, so a connection that saw any error is closed and another one opened.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::store::change::{Applied, Change};
use crate::store::health::Health;
use crate::store::sql::{execute_sqlite, sql};
use crate::store::{Store, StoreError, postgres, sqlite};

/// At most so many changes wait; more make their callers wait.
const QUEUE: usize = 1024;
/// At most so many changes share one commit.
const GROUP: usize = 256;
/// A reader has kept the write-ahead log; it is tried again after this time.
const SHRED_AGAIN: Duration = Duration::from_secs(1);

type Answer = oneshot::Sender<Result<Applied, StoreError>>;

enum Request {
    Write(Box<Change>, Answer),
    Pragmas(oneshot::Sender<Result<String, StoreError>>),
    Stop(oneshot::Sender<()>),
}

/// The way to the task that owns SQLite's one writing connection.
#[derive(Clone, Debug)]
pub struct Writer {
    requests: mpsc::Sender<Request>,
    health: Health,
}

impl Writer {
    /// Starts the task. `connection` is already open and configured by `options`.
    pub fn start(connection: SqliteConnection, options: SqliteConnectOptions) -> Self {
        let (requests, waiting) = mpsc::channel(QUEUE);
        let health = Health::default();
        let task = WriterTask {
            connection: Some(connection),
            options,
            health: health.clone(),
            unshredded: false,
        };
        tokio::spawn(task.run(waiting));
        Self { requests, health }
    }

    pub fn health(&self) -> &Health {
        &self.health
    }

    async fn write(&self, change: Change) -> Result<Applied, StoreError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Write(Box::new(change), answer);
        let sent = self.requests.send(request).await;
        let answer = if sent.is_ok() { answered.await.ok() } else { None };
        answer.unwrap_or_else(|| {
            self.health.record::<()>(&Err(StoreError::Stopping));
            Err(StoreError::Stopping)
        })
    }

    pub async fn pragmas(&self) -> Result<String, StoreError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Pragmas(answer);
        self.requests.send(request).await.map_err(|_| StoreError::Stopping)?;
        answered.await.map_err(|_| StoreError::Stopping)?
    }

    /// Ends the task after the changes that already wait, and closes its connection.
    pub async fn stop(&self) {
        let (stopped, waits) = oneshot::channel();
        if self.requests.send(Request::Stop(stopped)).await.is_ok() {
            let _ = waits.await;
        }
    }
}

struct WriterTask {
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    health: Health,
    /// A shredded secret may still be in the write-ahead log.
    unshredded: bool,
}

impl WriterTask {
    async fn run(mut self, mut waiting: mpsc::Receiver<Request>) {
        let mut group = Vec::new();
        while let Some(first) = self.next(&mut waiting).await {
            let mut next = Some(first);
            let mut stop = None;
            while let Some(request) = next {
                match request {
                    Request::Write(change, answer) => group.push((*change, answer)),
                    Request::Pragmas(answer) => {
                        let _ = answer.send(self.pragmas().await);
                    }
                    Request::Stop(stopped) => {
                        stop = Some(stopped);
                        break;
                    }
                }
                next = if group.len() < GROUP { waiting.try_recv().ok() } else { None };
            }
            self.commit_group(&mut group).await;
            if let Some(stopped) = stop {
                if let Some(connection) = self.connection.take() {
                    let _ = connection.close().await;
                }
                let _ = stopped.send(());
                return;
            }
        }
    }

    /// The next request. While it waits, what could not be shredded is tried again.
    async fn next(&mut self, waiting: &mut mpsc::Receiver<Request>) -> Option<Request> {
        while self.unshredded {
            match tokio::time::timeout(SHRED_AGAIN, waiting.recv()).await {
                Ok(request) => return request,
                Err(_) => self.shred().await,
            }
        }
        waiting.recv().await
    }

    /// Commits the group as one transaction. If one change fails, none of them has happened, and each
    /// is tried alone, so that nobody pays for another's fault.
    async fn commit_group(&mut self, group: &mut Vec<(Change, Answer)>) {
        if group.is_empty() {
            return;
        }
        let changes: Vec<&Change> = group.iter().map(|(change, _)| change).collect();
        let outcome = self.commit(&changes).await;
        match outcome {
            Err(Failed::Before(_)) if group.len() > 1 => {
                for (change, answer) in group.drain(..) {
                    let alone = self.commit(&[&change]).await.map_err(Failed::into_error);
                    self.health.record(&alone);
                    let _ = answer.send(alone.map(|applied| applied[0]));
                }
            }
            Err(failed) => {
                let error = Arc::new(failed.into_error());
                self.health.record::<()>(&Err(StoreError::Stopping));
                for (_, answer) in group.drain(..) {
                    let _ = answer.send(Err(StoreError::Shared(Arc::clone(&error))));
                }
            }
            Ok(applied) => {
                self.health.record(&Ok(()));
                for ((_, answer), applied) in group.drain(..).zip(applied) {
                    let _ = answer.send(Ok(applied));
                }
            }
        }
    }

    /// Runs the changes in one transaction; on any error the connection is closed.
    async fn commit(&mut self, changes: &[&Change]) -> Result<Vec<Applied>, Failed> {
        let mut connection = self.connect().await.map_err(Failed::AtBegin)?;
        let result = Self::transact(&mut connection, changes).await;
        if result.is_ok() {
            self.connection = Some(connection);
            if changes.iter().any(|change| change.shreds) {
                self.shred().await;
            }
        } else {
            let _ = connection.close_hard().await;
        }
        result
    }

    /// The open connection, or a new one where an error has closed it.
    async fn connect(&mut self) -> Result<SqliteConnection, sqlx::Error> {
        match self.connection.take() {
            Some(connection) => Ok(connection),
            None => SqliteConnection::connect_with(&self.options).await,
        }
    }

    async fn pragmas(&mut self) -> Result<String, StoreError> {
        let mut connection = self.connect().await?;
        let pragmas = sqlite::pragmas(&mut connection).await?;
        self.connection = Some(connection);
        Ok(pragmas)
    }

    async fn transact(
        connection: &mut SqliteConnection,
        changes: &[&Change],
    ) -> Result<Vec<Applied>, Failed> {
        let mut all = Vec::with_capacity(changes.len());
        execute_sqlite(connection, sql("BEGIN IMMEDIATE")).await.map_err(Failed::AtBegin)?;
        for change in changes {
            all.push(Self::apply(connection, change).await.map_err(Failed::Before)?);
        }
        execute_sqlite(connection, sql("COMMIT")).await.map_err(Failed::AtCommit)?;
        Ok(all)
    }

    async fn apply(
        connection: &mut SqliteConnection,
        change: &Change,
    ) -> Result<Applied, sqlx::Error> {
        // What a first guard has changed is taken back if a later one fails; the group goes on.
        let several = change.guards.len() > 1;
        if several {
            execute_sqlite(connection, sql("SAVEPOINT guards")).await?;
        }
        for guard in &change.guards {
            if execute_sqlite(connection, guard.clone()).await? != 1 {
                if several {
                    execute_sqlite(connection, sql("ROLLBACK TO guards")).await?;
                    execute_sqlite(connection, sql("RELEASE guards")).await?;
                }
                return Ok(Applied::Conflict);
            }
        }
        if several {
            execute_sqlite(connection, sql("RELEASE guards")).await?;
        }
        for statement in &change.statements {
            execute_sqlite(connection, statement.clone()).await?;
        }
        Ok(Applied::Yes)
    }

    /// Empties the write-ahead log, so that a shredded secret is in no file any more.
    async fn shred(&mut self) {
        let Ok(mut connection) = self.connect().await else { return };
        match sqlite::empty_log(&mut connection).await {
            Ok(emptied) => {
                self.unshredded = !emptied;
                self.connection = Some(connection);
            }
            Err(error) => {
                tracing::warn!(%error, "the write-ahead log could not be emptied");
                self.unshredded = true;
                let _ = connection.close_hard().await;
            }
        }
    }
}

/// Where a transaction failed. Before its commit it has certainly not happened; a commit that failed
/// may still be found after a restart.
enum Failed {
    /// There is no connection or no lock: the next change would fare no better.
    AtBegin(sqlx::Error),
    Before(sqlx::Error),
    AtCommit(sqlx::Error),
}

impl Failed {
    fn into_error(self) -> StoreError {
        match self {
            Self::AtBegin(error) | Self::Before(error) | Self::AtCommit(error) => {
                StoreError::Database(error)
            }
        }
    }
}

impl Store {
    /// Carries out a change. `Ok(Applied::Yes)` means that it is on disk. It goes on when the caller
    /// leaves: a change is never cut in the middle.
    pub(super) async fn write(&self, change: Change) -> Result<Applied, StoreError> {
        match self {
            Self::Sqlite { writer, .. } => writer.write(change).await,
            Self::Postgres { pool, health } => {
                let (pool, health) = (pool.clone(), health.clone());
                let transaction = tokio::spawn(async move {
                    let result = postgres::write(&pool, change).await;
                    health.record(&result);
                    result
                });
                transaction.await.map_err(|_| StoreError::Stopping)?
            }
        }
    }

    /// What SQLite's writing connection is set to, as `name=value` with blanks between; nothing on
    /// PostgreSQL, whose server decides.
    pub async fn pragmas(&self) -> Result<Option<String>, StoreError> {
        match self {
            Self::Sqlite { writer, .. } => writer.pragmas().await.map(Some),
            Self::Postgres { .. } => Ok(None),
        }
    }

    /// Tries a write of no consequence; a hub whose writes failed is ready again when it succeeds.
    pub async fn probe_write(&self) -> bool {
        let probe = sql("INSERT INTO write_probes (id, probed_at) VALUES ('probe', 1) \
             ON CONFLICT (id) DO UPDATE SET probed_at = write_probes.probed_at + 1");
        self.write(Change::unguarded(probe)).await.is_ok()
    }
}
