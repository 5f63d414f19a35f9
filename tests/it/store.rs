//! The contract of the store: every function on SQLite and on PostgreSQL, with the same expectations.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

mod account_health;
mod account_list;
mod account_past;
mod account_plans;
mod accounts;
mod admins;
mod api_keys;
mod calendar_feeds;
mod connect_sessions;
mod events;
mod idempotency_keys;
mod renewals;
mod retired_keys;
mod schema;
mod sessions;
mod setup_links;
mod vault_keys;
mod webhook_deliveries;
mod webhook_endpoints;
mod webhook_outbox;
mod write_groups;

use std::ops::Deref;
use std::path::PathBuf;

use linkhub::clock::Timestamp;
use linkhub::model::account::{Account, Owner, Rules};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::model::identity::{KeyRecord, QlikUser, Tenant, Verified};
use linkhub::secret::Sealed;
use linkhub::store::{Applied, EventQuery, Location, Store};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

const NOW: Timestamp = Timestamp::from_millis(1_795_430_000_000);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// A store of its own for one test.
struct Opened {
    store: Store,
    location: Location,
    /// Of SQLite; it is removed with this.
    _folder: Option<TempDir>,
}

impl Engine {
    async fn open(self) -> Opened {
        let (location, folder) = match self {
            Self::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                (Location::Sqlite(folder.path().join("linkhub.db")), Some(folder))
            }
            Self::Postgres => (Location::Postgres(new_database().await.into()), None),
        };
        Opened { store: Store::open(&location).await.unwrap(), location, _folder: folder }
    }
}

#[expect(clippy::disallowed_methods, reason = "it is a setting of the tests, not of the hub")]
fn postgres_url() -> String {
    std::env::var("LINKHUB_TEST_POSTGRES_URL").expect(
        "every store function is tested on PostgreSQL too: run `scripts/postgres.sh cargo test`, \
         or set LINKHUB_TEST_POSTGRES_URL to a server where databases may be created",
    )
}

/// The URL of an empty database; it goes with the server that `scripts/postgres.sh` started.
pub(crate) async fn new_database() -> String {
    let url = postgres_url();
    let name = format!("store_{}", linkhub::id::RequestId::new());
    let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL of the tests runs");
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0")))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let (server, _) = url.rsplit_once('/').expect("the URL names a database");
    format!("{server}/{name}")
}

impl Deref for Opened {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl Opened {
    fn sqlite_file(&self) -> PathBuf {
        match &self.location {
            Location::Sqlite(path) => path.clone(),
            Location::Postgres(_) => panic!("only SQLite has a file"),
        }
    }

    async fn sqlite(&self) -> SqliteConnection {
        let path = self.sqlite_file();
        SqliteConnection::connect(path.to_str().unwrap()).await.unwrap()
    }

    async fn postgres(&self) -> PgConnection {
        use secrecy::ExposeSecret as _;
        match &self.location {
            Location::Postgres(url) => PgConnection::connect(url.expose_secret()).await.unwrap(),
            Location::Sqlite(_) => panic!("this store is on SQLite"),
        }
    }

    /// The one number of a query that goes past the store.
    async fn number(&self, sql: &'static str) -> i64 {
        match &self.location {
            Location::Sqlite(_) => {
                sqlx::query_scalar(sql).fetch_one(&mut self.sqlite().await).await.unwrap()
            }
            Location::Postgres(_) => {
                sqlx::query_scalar(sql).fetch_one(&mut self.postgres().await).await.unwrap()
            }
        }
    }

    /// A statement that goes past the store.
    async fn run(&self, sql: &'static str) {
        match &self.location {
            Location::Sqlite(_) => {
                sqlx::query(sql).execute(&mut self.sqlite().await).await.map(drop)
            }
            Location::Postgres(_) => {
                sqlx::query(sql).execute(&mut self.postgres().await).await.map(drop)
            }
        }
        .unwrap();
    }

    /// Another hub's way to the same database.
    async fn again(&self) -> Store {
        Store::open(&self.location).await.unwrap()
    }

    /// Stores a new account; the store must not know it yet.
    async fn link(&self, account: &Account) {
        let applied = self.insert_account(account, &sealed("one"), &[linked(account)]).await;
        assert_eq!(applied.unwrap(), Applied::Yes, "{account:?}");
    }

    /// The history of an account, newest first.
    async fn history(&self, account: &Account) -> Vec<Event> {
        let query = EventQuery { account_id: &account.id, before: None, limit: 1000 };
        self.list_events(query).await.unwrap()
    }
}

fn account(owner: &str, user: &str) -> Account {
    let verified = Verified {
        tenant: Tenant {
            id: "tenant-1".into(),
            name: "My Company".into(),
            hostname: "xzoau8xi93gyfo0.us.qlikcloud.com".into(),
            region: "us".into(),
        },
        user: QlikUser {
            id: user.into(),
            name: "Jane Doe".into(),
            email: Some("jane@example.com".into()),
            tenant_admin: true,
        },
        key: KeyRecord {
            id: Some("key-1".into()),
            created_at: Some(NOW),
            expires_at: Some(Timestamp::from_millis(NOW.as_millis() + 86_400_000)),
        },
    };
    let owner = Owner { id: owner.into(), name: format!("Owner {owner}"), ..Owner::default() };
    let host = "my-company.us.qlikcloud.com".into();
    Account::linked(owner, host, verified, NOW, &Rules::default()).account
}

/// What a vault might have sealed; the store does not look into it.
fn sealed(mark: &str) -> Sealed {
    Sealed {
        key_id: "ring-1".into(),
        wrapped_key: [b"wrapped \0\xff ", mark.as_bytes()].concat(),
        ciphertext: [b"ciphertext \0\xfe ", mark.as_bytes()].concat(),
    }
}

fn event(action: Action, account: &Account) -> Event {
    Event::new(action, &Caller::system(), NOW).of(&account.id)
}

fn linked(account: &Account) -> Event {
    event(Action::AccountCreated, account)
}
