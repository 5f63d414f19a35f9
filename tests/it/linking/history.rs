//! The chain of history on both engines; what is done to it here is done past the store.

use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::linking::{ChainReport, verify_history};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::model::event_chain::Break;
use linkhub::store::Store;
use rstest::rstest;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::store::Engine;
use crate::support::TestHub;

const DAY: Duration = Duration::from_hours(24);

/// A hub, and the way to its database past the store.
struct Past {
    hub: TestHub,
    flags: Vec<String>,
    url: String,
    _folder: TempDir,
}

async fn start(engine: Engine, more: &[&str]) -> Past {
    let folder = tempfile::tempdir().unwrap();
    let mut flags = vec![format!("--data-dir={}", folder.path().display())];
    let url = match engine {
        Engine::Sqlite => folder.path().join("linkhub.sqlite").display().to_string(),
        Engine::Postgres => crate::store::new_database().await,
    };
    if let Engine::Postgres = engine {
        flags.push(format!("--database-url={url}"));
    }
    flags.extend(more.iter().map(|flag| (*flag).to_owned()));
    let given: Vec<&str> = flags.iter().map(String::as_str).collect();
    Past { hub: TestHub::start_with(&given).await, flags, url, _folder: folder }
}

impl Past {
    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// Whether the database has done it.
    async fn try_run(&self, sql: &str) -> bool {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.is_postgres() {
            let mut connection = PgConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.is_ok()
        } else {
            let mut connection = SqliteConnection::connect(&self.url).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.is_ok()
        }
    }

    async fn run(&self, sql: &str) {
        assert!(self.try_run(sql).await, "{sql}");
    }

    /// Whoever controls the database does not stop at a trigger.
    async fn drop_triggers(&self) {
        for name in ["events_unchanged", "events_kept"] {
            let on = if self.is_postgres() { " ON events" } else { "" };
            self.run(&format!("DROP TRIGGER {name}{on}")).await;
        }
    }

    fn store(&self) -> &Store {
        &self.hub.state.store
    }

    async fn record(&self, count: usize) {
        self.record_at(count, self.hub.clock.now()).await;
    }

    async fn record_at(&self, count: usize, at: Timestamp) {
        for _ in 0..count {
            let event = Event::new(Action::SignInFailed, &Caller::system(), at);
            self.store().record_event(&event).await.unwrap();
        }
    }

    async fn chain(&self) {
        while self.hub.state.linking.chain_events().await.unwrap() {}
    }

    async fn verify(&self) -> ChainReport {
        verify_history(self.store(), &|_, _| {}).await.unwrap()
    }

    async fn lines(&self) -> i64 {
        let ends = self.store().find_chain_ends().await.unwrap().unwrap();
        ends.head.seq
    }

    async fn doctor(&self) -> (bool, String) {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_linkhub"));
        command.arg("doctor").args(&self.flags);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }
}

#[rstest]
#[tokio::test]
async fn every_line_is_chained_once_whatever_it_holds(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let past = start(engine, &[]).await;
    let admin = past.hub.signed_in().await;
    past.hub.link(&admin).await;
    let waiting = past.verify().await;
    assert!(waiting.unchained >= 3 && waiting.verified == 0, "{waiting:?}");
    past.chain().await;
    let all = waiting.unchained;
    let right = ChainReport { verified: all, removed: 0, unchained: 0, broken: None };
    assert_eq!(past.verify().await, right);
    past.chain().await;
    assert_eq!(past.verify().await, right, "nothing is chained twice");

    // Written by a clock that was behind: they come later in the chain.
    past.record_at(1201, past.hub.clock.now().minus(DAY)).await;
    past.chain().await;
    assert_eq!(past.verify().await, ChainReport { verified: all + 1201, ..right });
}

#[rstest]
#[tokio::test]
async fn whatever_is_done_to_history_past_the_store_shows(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
    #[values(
        "deleted",
        "changed",
        "swapped",
        "cut",
        "inserted",
        "appended",
        "unchained",
        "head",
        "gone"
    )]
    done: &str,
) {
    let past = start(engine, &[]).await;
    past.record(20).await;
    past.chain().await;
    let last = past.lines().await;
    assert_eq!(past.verify().await.broken, None);
    past.drop_triggers().await;
    let insert = |seq: i64| {
        format!(
            "INSERT INTO events (id, occurred_at, action, actor_kind, actor_name, detail, \
             chain_seq, chain_hash) SELECT 'evt_00000000000000000000000000000000', occurred_at, \
             action, actor_kind, actor_name, detail, {seq}, chain_hash FROM events \
             WHERE chain_seq = 7"
        )
    };
    let sql = match done {
        "deleted" => "DELETE FROM events WHERE chain_seq = 7".to_owned(),
        "changed" => "UPDATE events SET address = '192.0.2.9' WHERE chain_seq = 7".to_owned(),
        "swapped" => "UPDATE events SET chain_seq = 999 WHERE chain_seq = 7; \
             UPDATE events SET chain_seq = 7 WHERE chain_seq = 8; \
             UPDATE events SET chain_seq = 8 WHERE chain_seq = 999"
            .to_owned(),
        "cut" => format!("DELETE FROM events WHERE chain_seq > {}", last - 2),
        "inserted" => format!(
            "UPDATE events SET chain_seq = -chain_seq WHERE chain_seq > 7; \
             UPDATE events SET chain_seq = 1 - chain_seq WHERE chain_seq < 0; {}; \
             UPDATE event_chain SET seq = seq + 1 WHERE name = 'head'",
            insert(8)
        ),
        "appended" => insert(last + 1),
        "unchained" => "UPDATE events SET chain_seq = NULL WHERE chain_seq = 7".to_owned(),
        "head" => format!(
            "DELETE FROM events WHERE chain_seq = {last}; \
             UPDATE event_chain SET seq = seq - 1 WHERE name = 'head'"
        ),
        _ => "DELETE FROM event_chain WHERE name = 'head'".to_owned(),
    };
    past.run(&sql).await;
    let broken = past.verify().await.broken.expect(done);
    let right = match done {
        "deleted" | "unchained" => matches!(broken, Break::Missing { seq: 7, .. }),
        "changed" | "swapped" => matches!(broken, Break::Changed { seq: 7, .. }),
        "inserted" => matches!(broken, Break::Changed { seq: 8, .. }),
        "cut" => broken == Break::Tail { seq: last - 1, until: last },
        "appended" => broken == Break::Outside { lines: 1 },
        _ => broken == Break::Ends,
    };
    assert!(right, "{done}: {broken:?}");
    let (good, said) = past.doctor().await;
    assert!(!good && said.contains("WRONG  history was tampered with"), "{done}: {said}");
}

#[rstest]
#[tokio::test]
async fn the_database_itself_refuses_to_change_history(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let past = start(engine, &[]).await;
    past.record(3).await;
    let refused = [
        "UPDATE events SET detail = '{}'",
        "UPDATE events SET address = 'x'",
        "UPDATE events SET account_id = 'x'",
        "DELETE FROM events",
    ];
    for sql in refused {
        assert!(!past.try_run(sql).await, "not chained: {sql}");
    }
    past.chain().await;
    let places = ["UPDATE events SET chain_seq = NULL", "UPDATE events SET chain_seq = 7"];
    for sql in refused.iter().chain(&places) {
        assert!(!past.try_run(sql).await, "chained: {sql}");
    }
    assert_eq!(past.verify().await.broken, None);
}

/// What each hub reads may be old when it writes; the head decides which of them was first.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn hubs_that_chain_at_the_same_time_make_one_chain() {
    let past = start(Engine::Postgres, &[]).await;
    let flags: Vec<&str> = past.flags.iter().map(String::as_str).collect();
    let other = TestHub::start_without_admin(&flags).await;
    past.record(1).await;
    let mut rounds = Vec::new();
    for n in 0..40 {
        past.record(3).await;
        let hub = if n % 2 == 0 { &past.hub } else { &other };
        for linking in [hub.state.linking.clone(), past.hub.state.linking.clone()] {
            rounds.push(tokio::spawn(async move { linking.chain_events().await.unwrap() }));
        }
    }
    for round in rounds {
        round.await.unwrap();
    }
    past.chain().await;
    let report = past.verify().await;
    assert_eq!((report.broken, report.unchained), (None, 0));
    assert!(report.verified >= 121, "{}", report.verified);
}

#[rstest]
#[tokio::test]
async fn old_lines_go_and_the_rest_stays_verifiable(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let past = start(engine, &["--event-retention=30"]).await;
    past.record(1100).await;
    past.hub.clock.advance(DAY * 20);
    past.record(10).await;
    past.chain().await;
    let all = past.lines().await;
    let clean_up = async || past.hub.state.linking.clean_up().await.unwrap();

    clean_up().await;
    assert_eq!(past.verify().await.removed, 0, "none is old enough");
    past.hub.clock.advance(DAY * 10);
    clean_up().await;
    assert_eq!(past.verify().await.removed, 0, "to the hour");
    past.hub.clock.advance(Duration::from_millis(1));
    clean_up().await;
    let report = past.verify().await;
    let expected = ChainReport { verified: 10, removed: all - 10, unchained: 0, broken: None };
    assert_eq!(report, expected);
    let (_, said) = past.doctor().await;
    assert!(said.contains("ok     history is whole: 10 lines are chained"), "{said}");

    // What is not chained yet waits for its place, however old it is.
    past.record(5).await;
    past.hub.clock.advance(DAY * 60);
    clean_up().await;
    let report = past.verify().await;
    assert_eq!((report.verified, report.removed, report.unchained), (0, all, 5));
    past.chain().await;
    assert_eq!(past.verify().await.verified, 5);
    past.record(1).await;
    past.chain().await;
    clean_up().await;
    let report = past.verify().await;
    assert_eq!((report.verified, report.broken), (1, None));
}

#[tokio::test]
async fn what_follows_a_gap_is_evidence_and_stays() {
    let past = start(Engine::Sqlite, &["--event-retention=30"]).await;
    past.record(20).await;
    past.chain().await;
    past.drop_triggers().await;
    past.run("DELETE FROM events WHERE chain_seq = 7").await;
    past.hub.clock.advance(DAY * 31);
    past.hub.state.linking.clean_up().await.unwrap();
    let report = past.verify().await;
    assert_eq!(report.removed, 6);
    assert!(matches!(report.broken, Some(Break::Missing { seq: 7, .. })), "{report:?}");
}

#[tokio::test]
async fn history_is_kept_for_ever_if_told_so() {
    let past = start(Engine::Sqlite, &["--event-retention=0"]).await;
    past.record(5).await;
    past.chain().await;
    past.hub.clock.advance(DAY * 10_000);
    past.hub.state.linking.clean_up().await.unwrap();
    let report = past.verify().await;
    assert_eq!((report.removed, report.broken), (0, None));
}

#[tokio::test]
async fn a_hub_that_stops_chains_its_last_lines() {
    let mut past = start(Engine::Sqlite, &["--background=true"]).await;
    past.record(3).await;
    past.hub.stop().await;
    let (good, said) = past.doctor().await;
    assert!(good, "{said}");
    assert!(said.contains("history is whole") && !said.contains("not chained"), "{said}");
}

#[rstest]
#[tokio::test]
async fn doctor_does_not_migrate_what_it_looks_at(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let past = start(engine, &[]).await;
    let (good, said) = past.doctor().await;
    assert!(good && said.contains("its schema is current"), "{said}");

    past.run("DELETE FROM _sqlx_migrations WHERE version = 14").await;
    let (good, said) = past.doctor().await;
    assert!(good && said.contains("the schema lacks 0014 event chain"), "{said}");
    assert!(past.try_run("SELECT chain_seq FROM events").await, "untouched");
    let (_, again) = past.doctor().await;
    assert_eq!(again, said);

    past.run("UPDATE _sqlx_migrations SET version = 9000 WHERE version = 1").await;
    let (good, said) = past.doctor().await;
    assert!(!good && said.contains("migration 9000 is not its own"), "{said}");
}
