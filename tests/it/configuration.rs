//! `docs/configuration.md` against the settings that the program has.

use std::collections::BTreeSet;
use std::process::Command;

use clap::{Arg, CommandFactory as _};
use linkhub::cli::Cli;

/// A row of the table of settings.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    variable: String,
    flag: String,
    /// `none` where a setting that is not given has no value.
    default: String,
}

fn documented(text: &str) -> Vec<Setting> {
    text.lines()
        .filter(|line| line.starts_with("| `LINKHUB_"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [variable, flag, default, meaning] = cells[..] else {
                panic!("a row has four cells: {line}")
            };
            assert!(!meaning.is_empty(), "{variable} has no meaning");
            let plain = |cell: &str| cell.trim_matches('`').to_owned();
            Setting { variable: plain(variable), flag: plain(flag), default: plain(default) }
        })
        .collect()
}

fn setting(argument: &Arg) -> Option<Setting> {
    let defaults: Vec<_> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    Some(Setting {
        variable: argument.get_env()?.to_string_lossy().into_owned(),
        flag: format!("--{}", argument.get_long()?),
        default: if defaults.is_empty() { "none".to_owned() } else { defaults.join(",") },
    })
}

fn in_the_program() -> BTreeSet<Setting> {
    Cli::command().get_arguments().filter_map(setting).collect()
}

fn page(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_setting_is_documented_with_its_flag_and_default_and_none_is_invented() {
    let rows = documented(&page("docs/configuration.md"));
    let documented: BTreeSet<Setting> = rows.into_iter().collect();
    let program = in_the_program();
    let missing: Vec<_> = program.difference(&documented).collect();
    let invented: Vec<_> = documented.difference(&program).collect();
    assert!(missing.is_empty(), "write into docs/configuration.md: {missing:#?}");
    assert!(invented.is_empty(), "docs/configuration.md says what is not so: {invented:#?}");
}

#[test]
fn no_setting_is_documented_twice() {
    let rows = documented(&page("docs/configuration.md"));
    let variables: BTreeSet<&str> = rows.iter().map(|row| row.variable.as_str()).collect();
    assert_eq!(variables.len(), rows.len());
}

#[test]
fn a_variable_is_named_after_its_flag() {
    for Setting { variable, flag, .. } in in_the_program() {
        let named = flag.trim_start_matches('-').replace('-', "_").to_uppercase();
        assert_eq!(variable, format!("LINKHUB_{named}"));
    }
}

/// Compose files pass on what nobody has set so.
#[test]
fn a_variable_that_is_set_to_nothing_counts_as_not_set() {
    let told = |value: Option<&str>| {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_linkhub"));
        program.args(["doctor", "--data-dir"]).arg(folder.path());
        for Setting { variable, .. } in in_the_program() {
            match value {
                Some(value) => program.env(variable, value),
                None => program.env_remove(variable),
            };
        }
        let output = program.output().unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replace(&*folder.path().to_string_lossy(), "FOLDER")
        };
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (code, printed, errors) = told(Some(""));
    assert!(printed.contains("people reach the hub at http://localhost:8080/"), "{errors}");
    assert_eq!((code, printed, errors), told(None));
    assert_eq!(told(Some(" ")).0, Some(2), "a blank is no value of most settings");
}

#[test]
fn every_flag_but_help_and_version_is_a_setting() {
    let without: Vec<_> = Cli::command()
        .get_arguments()
        .filter(|argument| argument.get_env().is_none())
        .map(|argument| argument.get_id().to_string())
        .filter(|id| id != "help" && id != "version")
        .collect();
    assert!(without.is_empty(), "flags without a variable: {without:?}");
}

#[test]
fn what_a_secret_holds_is_shown_in_no_help() {
    for argument in Cli::command().get_arguments() {
        let Some(variable) = argument.get_env().map(|name| name.to_string_lossy()) else {
            continue;
        };
        let has_file =
            in_the_program().iter().any(|setting| setting.variable == format!("{variable}_FILE"));
        assert_eq!(argument.is_hide_env_values_set(), has_file, "{variable}");
    }
}

#[test]
fn pages_name_no_setting_that_does_not_exist() {
    let known: BTreeSet<String> =
        in_the_program().into_iter().map(|setting| setting.variable).collect();
    // Of compose.yaml, of the tests, and of back ends in examples; the program does not read them.
    let others = [
        "LINKHUB_POSTGRES_PASSWORD",
        "LINKHUB_TEST_DAY_ACCOUNTS",
        "LINKHUB_TEST_POSTGRES_URL",
        "LINKHUB_URL",
        "LINKHUB_API_KEY",
        "LINKHUB_WEBHOOK_SECRET",
    ];
    let pages = [
        "README.md",
        "SECURITY.md",
        "CONTRIBUTING.md",
        "docs/api.md",
        "docs/architecture.md",
        "docs/configuration.md",
        "docs/embed.md",
        "docs/history.md",
        "docs/operating.md",
        "docs/reconnect.md",
        "docs/renewal.md",
        "docs/security.md",
        "docs/testing.md",
        "docs/webhooks.md",
        "docs/white-label.md",
        "compose.yaml",
        "Dockerfile",
    ];
    for path in pages {
        let text = page(path);
        let is_name = |c: char| c.is_ascii_uppercase() || c == '_';
        for (at, _) in text.match_indices("LINKHUB_") {
            let name: String = text[at..].chars().take_while(|c| is_name(*c)).collect();
            // `LINKHUB_QLIK_…` speaks of several.
            let several = name.ends_with('_');
            let found = known.contains(&name) || others.contains(&name.as_str());
            assert!(several || found, "{path} names {name}, which does not exist");
        }
    }
}
