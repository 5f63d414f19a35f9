//! The house rules that a compiler does not know, each with the reason that a failure prints.
//! Every rule is shown to bite on a bad sample, so that none can fall asleep.

mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use source::{Source, sources_below};

/// What a room must not name, and why.
const ARROWS: &[(&str, &[&str], &str)] = &[
    (
        "model",
        &[
            "axum",
            "askama",
            "hyper",
            "reqwest",
            "crate::store",
            "crate::vault",
            "crate::qlik",
            "crate::linking",
            "crate::web",
            "crate::tasks",
            "crate::server",
            "crate::state",
            "crate::config",
            "crate::cli",
        ],
        "model is plain data and state machines: without I/O, SQL or HTTP it can be read and tested alone",
    ),
    (
        "store",
        &[
            "axum",
            "askama",
            "hyper",
            "reqwest",
            "crate::vault",
            "crate::qlik",
            "crate::linking",
            "crate::web",
            "crate::tasks",
            "crate::server",
            "crate::state",
            "crate::cli",
        ],
        "store only remembers: it gets sealed bytes, opens none, asks nobody and decides nothing",
    ),
    (
        "vault",
        &[
            "axum",
            "askama",
            "hyper",
            "reqwest",
            "sqlx",
            "crate::store",
            "crate::qlik",
            "crate::linking",
            "crate::web",
            "crate::tasks",
            "crate::server",
            "crate::state",
            "crate::cli",
        ],
        "vault is the only module that touches keys: the less it knows, the less there is to audit",
    ),
    (
        "qlik",
        &[
            "axum",
            "askama",
            "sqlx",
            "crate::store",
            "crate::vault",
            "crate::linking",
            "crate::web",
            "crate::tasks",
            "crate::server",
            "crate::state",
            "crate::cli",
        ],
        "qlik only talks to Qlik: what it learns is judged in linking and kept by store",
    ),
    (
        "webhook",
        &[
            "axum",
            "askama",
            "sqlx",
            "crate::store",
            "crate::vault",
            "crate::qlik",
            "crate::linking",
            "crate::web",
            "crate::tasks",
            "crate::server",
            "crate::state",
            "crate::cli",
        ],
        "webhook only sends: when, to whom and how often is decided in linking and kept by store",
    ),
    (
        "linking",
        &[
            "axum",
            "askama",
            "hyper",
            "reqwest",
            "sqlx",
            "crate::web",
            "crate::tasks",
            "crate::server",
            "crate::state",
            "crate::cli",
        ],
        "linking decides: pages, the API and background tasks share its rules, so it knows no HTTP and no SQL",
    ),
    (
        "web",
        &["reqwest", "sqlx", "crate::vault", "crate::tasks", "crate::server", "crate::cli"],
        "web translates requests: keys, SQL and calls to Qlik are behind linking, where the rules and the audit line are",
    ),
    (
        "tasks",
        &["axum", "askama", "reqwest", "sqlx", "crate::vault", "crate::web", "crate::cli"],
        "tasks are loops that call linking, nothing else",
    ),
];

/// The ground that everything stands on; it names no room above it.
const GROUND: &[&str] = &["id", "clock", "secret"];

const VAGUE_NAMES: &[&str] =
    &["utils", "util", "helpers", "helper", "common", "types", "manager", "misc"];

const LONGEST_FILE: usize = 500;

fn arrows(source: &Source) -> Vec<String> {
    let room = source.room();
    let mut found = Vec::new();
    let tokens = source.tokens();
    if tokens.windows(3).any(|w| w == ["super", "::", "super"]) {
        found.push(format!(
            "{}: `super::super` hides where an arrow points; write the path from `crate`",
            source.path
        ));
    }
    for name in source.first_names() {
        if let Some((_, _, why)) =
            ARROWS.iter().find(|(r, banned, _)| *r == room && banned.contains(&name.as_str()))
        {
            found.push(format!("{}: {room} names `{name}`; {why}", source.path));
        }
        let points_up = name.strip_prefix("crate::").is_some_and(|to| !GROUND.contains(&to));
        if GROUND.contains(&room) && points_up {
            found.push(format!(
                "{}: {room} names `{name}`; it is the ground that every room stands on",
                source.path
            ));
        }
    }
    found
}

/// `web` reads the store itself, but changes nothing there.
fn changes_around_linking(source: &Source) -> Vec<String> {
    if source.room() != "web" {
        return Vec::new();
    }
    let tokens = source.tokens();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if *token != "store" {
            continue;
        }
        // `store.name(…)`, `store().name(…)` and `store::accounts::name(…)`
        let tail: Vec<&str> = tokens[at + 1..].iter().take(7).copied().collect();
        let (&[".", called, "(", ..]
        | &["(", ")", ".", called, "(", ..]
        | &["::", _, "::", called, "(", ..]) = tail.as_slice()
        else {
            continue;
        };
        let reads = ["find_", "list_", "count_"].iter().any(|verb| called.starts_with(verb));
        if !reads && !["clone", "engine", "is_ready"].contains(&called) {
            found.push(format!(
                "{}: web calls `store … {called}`; it may find, list and count, every change goes \
                 through linking, where the rules and the audit line are",
                source.path
            ));
        }
    }
    found
}

fn length(path: &str, code: &str) -> Vec<String> {
    // The tests of a file are blank lines here, and lie at its end.
    let lines = code.trim_end().lines().count();
    if lines <= LONGEST_FILE {
        return Vec::new();
    }
    vec![format!(
        "{path}: {lines} lines without its tests; beyond {LONGEST_FILE} a concept wants out"
    )]
}

fn vague_names(path: &str) -> Vec<String> {
    path.trim_end_matches(".rs")
        .split('/')
        .filter(|part| VAGUE_NAMES.contains(part))
        .map(|part| {
            format!("{path}: `{part}` says nothing; a thing belongs to the concept it serves")
        })
        .collect()
}

/// Outside a transaction, sqlx answers Ok to such a write on `SQLite` before it is on the disk, and
/// loses it when the disk fails. One rule without an exception is easier to keep.
fn returning(source: &Source) -> Vec<String> {
    let has = source
        .strings
        .iter()
        .any(|text| text.split_whitespace().any(|word| word.eq_ignore_ascii_case("RETURNING")));
    if source.room() != "store" || !has {
        return Vec::new();
    }
    vec![format!(
        "{}: RETURNING; fetched on SQLite it acknowledges rows that a failing disk then loses: \
         bind what you need to know and use execute",
        source.path
    )]
}

/// What a statement of `src` changes of history.
fn rewrites_history(source: &Source) -> Vec<String> {
    let changes = |text: &&String| {
        let words: Vec<String> = text.split_whitespace().map(str::to_uppercase).collect();
        words.windows(2).any(|pair| pair == ["UPDATE", "EVENTS"])
            || words
                .windows(3)
                .any(|three| three[..2] == ["DELETE", "FROM"] && three[2] == "EVENTS")
    };
    if source.path == "src/store/event_chain.rs" || !source.strings.iter().any(|s| changes(&s)) {
        return Vec::new();
    }
    vec![format!(
        "{}: a line of history is never changed, and removed only by its age, with the chain's root: \
         that is src/store/event_chain.rs",
        source.path
    )]
}

fn panics_and_prints(source: &Source) -> Vec<String> {
    let tokens = source.tokens();
    let mut found = Vec::new();
    if tokens.windows(3).any(|w| w == [".", "unwrap", "("]) {
        found.push(format!(
            "{}: unwrap; return the error, or `expect` what guarantees it",
            source.path
        ));
    }
    let prints = tokens.windows(2).any(|w| matches!(w, ["println" | "print", "!"]));
    if prints && source.room() != "cli" {
        found.push(format!(
            "{}: println!; only commands of cli speak to standard output, all else is a log line",
            source.path
        ));
    }
    found
}

fn unlike_migrations(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<String> {
    sqlite
        .symmetric_difference(postgres)
        .map(|name| {
            format!("migrations: {name} exists for one engine only; both have the same files")
        })
        .collect()
}

/// Names of more than one type that the description of the API shows.
fn twins<'a>(codes: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut found = Vec::new();
    for derived in codes.flat_map(|code| code.split("ToSchema)]").skip(1)) {
        let kind = |line: &&str| line.contains("struct ") || line.contains("enum ");
        let words = derived.lines().find(kind).unwrap_or_default().split(['{', '(', ';', ' ']);
        let name = words.skip_while(|word| !["struct", "enum"].contains(word)).nth(1);
        if let Some(name) = name.filter(|name| !names.insert(*name)) {
            found.push(format!(
                "{name}: schemas are called by their names alone, so one would describe both"
            ));
        }
    }
    found
}

fn names_in(folder: &str) -> BTreeSet<String> {
    fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
        .unwrap_or_else(|error| panic!("{folder}: {error}"))
        .map(|entry| {
            entry.expect("its entries are readable").file_name().to_string_lossy().into_owned()
        })
        .collect()
}

fn none(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn arrows_point_one_way() {
    let sources = sources_below("src");
    none(&sources.iter().flat_map(arrows).collect::<Vec<_>>());
}

#[test]
fn the_web_changes_nothing_around_linking() {
    let sources = sources_below("src");
    none(&sources.iter().flat_map(changes_around_linking).collect::<Vec<_>>());
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let sources = sources_below("src");
    none(&sources.iter().flat_map(|s| length(&s.path, &s.code)).collect::<Vec<_>>());
}

#[test]
fn names_say_what_a_thing_serves() {
    let mut sources = sources_below("src");
    sources.extend(sources_below("tests/it"));
    none(&sources.iter().flat_map(|s| vague_names(&s.path)).collect::<Vec<_>>());
}

#[test]
fn no_write_is_answered_by_returning() {
    let sources = sources_below("src");
    none(&sources.iter().flat_map(returning).collect::<Vec<_>>());
}

#[test]
fn history_is_append_only() {
    let sources = sources_below("src");
    none(&sources.iter().flat_map(rewrites_history).collect::<Vec<_>>());
}

#[test]
fn nothing_unwraps_and_only_commands_print() {
    let sources = sources_below("src");
    none(&sources.iter().flat_map(panics_and_prints).collect::<Vec<_>>());
}

#[test]
fn no_two_schemas_have_one_name() {
    let sources = sources_below("src/web/api");
    none(&twins(sources.iter().map(|source| source.code.as_str())));
}

#[test]
fn both_engines_have_the_same_migrations() {
    none(&unlike_migrations(&names_in("migrations/sqlite"), &names_in("migrations/postgres")));
}

/// The rules on samples that break them, and on neighbours that do not.
mod bites {
    use super::*;

    #[rstest::rstest]
    #[case("src/store/accounts.rs", "use axum::Router;")]
    #[case("src/store/accounts.rs", "use crate::{model::Account, vault::Sealed};")]
    #[case("src/store.rs", "use super::linking;\nuse super::linking::connect;")]
    #[case("src/linking/connect.rs", "fn f() { sqlx::query(\"SELECT 1\"); }")]
    #[case("src/qlik/client.rs", "use crate::store;")]
    #[case("src/qlik/client.rs", "pub use crate::{\n    model::{a, b},\n    store::Store,\n};")]
    #[case("src/web/pages/accounts.rs", "let vault: &crate::vault::Vault;")]
    #[case("src/model/account.rs", "impl From<crate::qlik::Address> for Account {}")]
    #[case("src/clock.rs", "use crate::model::account;")]
    #[case("src/web/pages/accounts.rs", "use super::super::layers;")]
    fn an_arrow_that_points_up(#[case] path: &str, #[case] text: &str) {
        assert_ne!(arrows(&Source::new(path, text)), Vec::<String>::new());
    }

    #[rstest::rstest]
    #[case("src/store/accounts.rs", "use crate::model::account::Account; // not axum::Router")]
    #[case("src/store/accounts.rs", "const A: &str = \"crate::vault::open\";")]
    #[case("src/store/accounts.rs", "#[cfg(test)]\nmod tests { use crate::vault::Vault; }")]
    #[case("src/linking/connect.rs", "use crate::{qlik::client::Client, store::Store, vault};")]
    #[case("src/qlik/client.rs", "use crate::model::{store, vault};")]
    #[case(
        "src/web/pages/accounts.rs",
        "use super::layout; let c = 'a'; let q = '\"'; let s: &'a str;"
    )]
    fn an_arrow_that_points_down(#[case] path: &str, #[case] text: &str) {
        assert_eq!(arrows(&Source::new(path, text)), Vec::<String>::new());
    }

    #[rstest::rstest]
    #[case("state.store.insert_account(account)", 1)]
    #[case("state.store().delete_account(id)", 1)]
    #[case("store::accounts::update_label(&pool, id)", 1)]
    #[case("state.store.list_accounts(filter)", 0)]
    #[case("state.store().find_account(id)", 0)]
    fn a_change_around_linking(#[case] text: &str, #[case] broken: usize) {
        let source = Source::new("src/web/pages/accounts.rs", &format!("fn f() {{ {text}; }}"));
        assert_eq!(changes_around_linking(&source).len(), broken);
    }

    #[test]
    fn a_long_file_and_not_its_tests() {
        let long = "fn f() {}\n".repeat(501);
        assert_eq!(length("src/a.rs", &Source::new("src/a.rs", &long).code).len(), 1);
        let tests = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
        assert_eq!(length("src/a.rs", &Source::new("src/a.rs", &tests).code).len(), 0);
    }

    #[test]
    fn a_schema_named_as_another() {
        let one = "#[derive(ToSchema)]\npub struct Kind {}";
        assert_eq!(
            twins([one, "#[derive(Debug, ToSchema)]\nenum Kind { A }"].into_iter()).len(),
            1
        );
        assert_eq!(twins([one, "#[derive(ToSchema)]\nenum Other { A }"].into_iter()).len(), 0);
    }

    #[test]
    fn a_vague_name() {
        assert_eq!(vague_names("src/web/utils.rs").len(), 1);
        assert_eq!(vague_names("src/helpers/text.rs").len(), 1);
        assert_eq!(vague_names("src/web/paths.rs").len(), 0);
    }

    #[rstest::rstest]
    #[case("src/store/a.rs", "query!(\"INSERT INTO a (id) VALUES ($1)\n returning id\")", 1)]
    #[case("src/store/a.rs", "const SQL: &str = r#\"UPDATE a SET b = $1 RETURNING *\"#;", 1)]
    #[case("src/store/a.rs", "// never RETURNING with fetch", 0)]
    #[case("src/linking/a.rs", "tracing::info!(\"returning early\")", 0)]
    fn a_write_answered_by_returning(
        #[case] path: &str,
        #[case] text: &str,
        #[case] broken: usize,
    ) {
        assert_eq!(returning(&Source::new(path, text)).len(), broken);
    }

    #[rstest::rstest]
    #[case("src/store/a.rs", "sql(\"UPDATE events SET detail = $1\")", 1)]
    #[case("src/store/a.rs", "sql(\"DELETE FROM\n events WHERE id = $1\")", 1)]
    #[case("src/store/event_chain.rs", "sql(\"DELETE FROM events WHERE id = $1\")", 0)]
    #[case("src/store/a.rs", "sql(\"SELECT id FROM events\")", 0)]
    fn a_line_of_history_rewritten(#[case] path: &str, #[case] text: &str, #[case] broken: usize) {
        assert_eq!(rewrites_history(&Source::new(path, text)).len(), broken);
    }

    #[rstest::rstest]
    #[case("src/web/a.rs", "fn f() { g().unwrap(); }", 1)]
    #[case("src/web/a.rs", "fn f() { println!(\"hello\"); }", 1)]
    #[case("src/web/a.rs", "fn f() { g().unwrap_or(1); eprintln!(\"hello\"); }", 0)]
    #[case("src/web/a.rs", "/// like `x.unwrap()`\nfn f() {}", 0)]
    #[case("src/web/a.rs", "#[cfg(test)]\nmod tests { fn f() { g().unwrap(); } }", 0)]
    #[case("src/cli/doctor.rs", "fn f() { println!(\"hello\"); }", 0)]
    fn an_unwrap_and_a_print(#[case] path: &str, #[case] text: &str, #[case] broken: usize) {
        assert_eq!(panics_and_prints(&Source::new(path, text)).len(), broken);
    }

    #[test]
    fn only_what_is_declared_for_tests_is_left_out() {
        let sources = vec![
            Source::new("src/web.rs", "#[cfg(test)]\npub(crate) mod samples;\nmod pages;"),
            Source::new("src/web/samples.rs", ""),
            Source::new("src/web/samples/names.rs", ""),
            Source::new("src/web/pages.rs", "#[cfg(test)] mod tests { mod x; }"),
            Source::new("src/web/pages/x.rs", ""),
        ];
        let kept = source::without_test_modules(sources);
        let kept: Vec<&str> = kept.iter().map(|source| source.path.as_str()).collect();
        assert_eq!(kept, ["src/web.rs", "src/web/pages.rs", "src/web/pages/x.rs"]);
    }

    #[test]
    fn a_migration_for_one_engine() {
        let one = BTreeSet::from(["0001_accounts.sql".to_owned()]);
        let two = BTreeSet::from(["0001_accounts.sql".to_owned(), "0002_keys.sql".to_owned()]);
        assert_eq!(unlike_migrations(&one, &two).len(), 1);
        assert_eq!(unlike_migrations(&two, &two).len(), 0);
    }
}
