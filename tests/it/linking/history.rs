//! The chain of history on both engines; what is done to it here is done past the store.

use std::path::PathBuf;
use std::time::Duration;

use linkhub::clock::Timestamp;
use linkhub::linking::{ChainReport, verify_history};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::model::event_chain::Break;
use linkhub::store::{EventFilter, Store};
use linkhub::vault::Vault;
use linkhub::vault::keyring::Keyring;
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
    key_file: PathBuf,
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
    let key_file = folder.path().join("linkhub.key");
    Past { hub: TestHub::start_with(&given).await, flags, url, key_file, _folder: folder }
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
        for (name, table) in [
            ("events_unchanged", "events"),
            ("events_kept", "events"),
            ("events_new", "events"),
            ("event_chain_moves", "event_chain"),
            ("event_chain_kept", "event_chain"),
        ] {
            let on = if self.is_postgres() { format!(" ON {table}") } else { String::new() };
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
        let ring = Keyring::read(self.key_file.as_ref()).unwrap().unwrap();
        verify_history(self.store(), Some(&Vault::new(ring)), &|_, _| {}).await.unwrap()
    }

    async fn lines(&self) -> i64 {
        let stored = self.store().find_chain_ends().await.unwrap().unwrap();
        stored.ends.head.seq
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
        "shortened",
        "aged",
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
        // The end fits the last line that is left: nothing has to be computed for that.
        "shortened" => format!(
            "DELETE FROM events WHERE chain_seq > {kept}; UPDATE event_chain SET seq = {kept}, \
             hash = (SELECT chain_hash FROM events WHERE chain_seq = {kept}) WHERE name = 'head'",
            kept = last - 3
        ),
        "aged" => "UPDATE event_chain SET seq = 7, hash = (SELECT chain_hash FROM events \
             WHERE chain_seq = 7) WHERE name = 'root'; DELETE FROM events WHERE chain_seq <= 7"
            .to_owned(),
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
    if matches!(done, "head" | "shortened" | "aged" | "gone") {
        past.record(1).await;
        assert!(past.hub.state.linking.chain_events().await.is_err(), "nothing is built on that");
        assert_eq!(past.verify().await.broken, Some(Break::Ends));
    }
}

/// Whoever takes the chain back to its beginning has it made anew, but not without a line of that.
#[rstest]
#[tokio::test]
async fn a_chain_that_is_taken_back_to_its_beginning_says_so(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut past = start(engine, &[]).await;
    past.record(20).await;
    past.chain().await;
    let begun = EventFilter { actions: vec![Action::ChainBegun], ..EventFilter::default() };
    let told = async |past: &Past| past.store().list_history(&begun, None, 9).await.unwrap();
    assert!(told(&past).await.is_empty(), "a chain that begins with its hub is no news");
    past.drop_triggers().await;
    let lines = past.lines().await - 1;
    past.run(
        "DELETE FROM events WHERE chain_seq = 7; \
         UPDATE events SET chain_seq = NULL, chain_hash = NULL; \
         UPDATE event_chain SET seq = 0, hash = (SELECT hash FROM event_chain WHERE name = 'root'), \
         key_id = NULL, wrapped_key = NULL, ciphertext = NULL",
    )
    .await;
    assert!(past.hub.state.linking.chain_events().await.is_err(), "not by a hub that runs");
    past.hub.state = past.hub.another().await;
    past.chain().await;
    assert_eq!(past.verify().await.broken, None);
    let told = told(&past).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].detail["lines_before"], lines);
}

/// Between the commit of a change and its place in the chain a hub may die: the next one goes on.
#[rstest]
#[tokio::test]
async fn what_a_hub_that_died_has_not_chained_the_next_one_chains(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let mut past = start(engine, &[]).await;
    past.record(600).await;
    assert!(past.hub.state.linking.chain_events().await.unwrap(), "the first 500");
    past.hub.state = past.hub.another().await;
    past.record(1).await;
    past.chain().await;
    let report = past.verify().await;
    assert_eq!((report.broken, report.unchained), (None, 0));
    assert!(report.verified >= 601, "{}", report.verified);
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
    let line =
        "INTO events (id, occurred_at, action, actor_kind, actor_name, detail, chain_seq) SELECT";
    let fields = "occurred_at, action, actor_kind, actor_name, detail";
    let first = "FROM events WHERE chain_seq = 1";
    let others = [
        "UPDATE event_chain SET seq = seq - 1 WHERE name = 'head'".to_owned(),
        "UPDATE event_chain SET name = 'x' WHERE name = 'head'".to_owned(),
        "DELETE FROM event_chain".to_owned(),
        "TRUNCATE events".to_owned(),
        "TRUNCATE event_chain".to_owned(),
        format!("INSERT {line} 'evt_x', {fields}, 999 {first}"),
        format!("INSERT OR REPLACE {line} id, {fields}, NULL {first}"),
        format!("REPLACE {line} 'evt_x', {fields}, 1 {first}"),
    ];
    for sql in &others {
        assert!(!past.try_run(sql).await, "{sql}");
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

/// A hub would otherwise remove for somebody what they have made look old, and prove the rest right.
#[tokio::test]
async fn a_line_that_is_made_to_look_old_is_not_removed() {
    let past = start(Engine::Sqlite, &["--event-retention=30"]).await;
    past.record(20).await;
    past.chain().await;
    past.drop_triggers().await;
    past.run("UPDATE events SET occurred_at = 1 WHERE chain_seq <= 7").await;
    past.hub.state.linking.clean_up().await.unwrap();
    let report = past.verify().await;
    assert_eq!(report.removed, 0);
    assert!(matches!(report.broken, Some(Break::Changed { seq: 1, .. })), "{report:?}");
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
