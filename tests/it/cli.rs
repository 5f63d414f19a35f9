//! The commands as programs, beside a hub that runs on the same database.

use std::process::Output;

use linkhub::model::event::Caller;
use tempfile::TempDir;

use crate::store::Engine;
use crate::support::TestHub;

/// A running hub, and the flags by which a command finds its database.
struct Beside {
    hub: TestHub,
    flags: Vec<String>,
    _folder: TempDir,
}

async fn beside(engine: Engine) -> Beside {
    let folder = tempfile::tempdir().unwrap();
    let mut flags = vec![format!("--data-dir={}", folder.path().display())];
    if let Engine::Postgres = engine {
        flags.push(format!("--database-url={}", crate::store::new_database().await));
    }
    let given: Vec<&str> = flags.iter().map(String::as_str).collect();
    Beside { hub: TestHub::start_with(&given).await, flags, _folder: folder }
}

impl Beside {
    async fn run(&self, words: &[&str]) -> Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_linkhub"));
        command.args(words).args(&self.flags);
        // The hub goes on meanwhile.
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[rstest::rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn api_keys_are_made_listed_and_revoked_beside_a_running_hub(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let beside = beside(engine).await;
    let none = beside.run(&["api-key", "list"]).await;
    assert!(none.status.success() && none.stdout.is_empty(), "{none:?}");

    // The hub writes meanwhile.
    let admin = beside.hub.signed_in().await;
    let (made, _) = tokio::join!(
        beside.run(&["api-key", "create", "--name", "back end\u{1b}[31m"]),
        beside.hub.link(&admin),
    );
    assert!(made.status.success(), "{made:?}");
    let token = text(&made.stdout);
    let token = token.strip_suffix('\n').unwrap();
    assert!(!token.contains(char::is_whitespace), "nothing but the key: {token}");
    assert!(text(&made.stderr).contains("sessions:write, accounts:read"));
    let linking = &beside.hub.state.linking;
    let client = linking.authenticate_api_key(token, Caller::system()).await.unwrap();
    assert_eq!(client.key.name, "back end[31m");

    let words = ["api-key", "create", "--name=reader", "--scope=events:read", "--scope"];
    let second = beside.run(&[&words[..], &["credentials:read"]].concat()).await;
    assert!(second.status.success(), "{second:?}");
    let doctor = text(&beside.run(&["doctor"]).await.stdout);
    assert!(doctor.contains("note   the API key “reader” may read stored Qlik keys"), "{doctor}");

    let listed = text(&beside.run(&["api-key", "list"]).await.stdout);
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    let column = lines[0].find("STATE").unwrap();
    assert!(lines[1..].iter().all(|line| line[column..].starts_with("in use")), "{listed}");
    assert!(lines[1].ends_with("credentials:read,events:read"), "{listed}");
    assert!(!listed.contains(token.split_once('.').unwrap().1));

    let id = client.key.id.as_str();
    assert!(beside.run(&["api-key", "revoke", id]).await.status.success());
    assert!(linking.authenticate_api_key(token, Caller::system()).await.is_err());
    let again = beside.run(&["api-key", "revoke", id]).await;
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("revoked before"));
    let listed = text(&beside.run(&["api-key", "list"]).await.stdout);
    assert_eq!(listed.matches(" revoked ").count(), 1, "{listed}");
    assert_eq!(beside.hub.count_accounts().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_cannot_be_done_says_so_and_makes_nothing() {
    let beside = beside(Engine::Sqlite).await;
    let cases: [(&[&str], i32, &str); 5] = [
        (&["create"], 2, "--name"),
        (&["create", "--name= "], 1, "needs a name"),
        (&["create", "--name=x", "--scope=everything"], 2, "sessions:write"),
        (&["revoke", "nonsense"], 2, "identifier"),
        (&["revoke", "lhk_00000000000000000000000000000000"], 1, "there is no API key"),
    ];
    for (words, code, says) in cases {
        let output = beside.run(&[&["api-key"], words].concat()).await;
        assert_eq!(output.status.code(), Some(code), "{words:?}: {output:?}");
        assert!(text(&output.stderr).contains(says), "{words:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{words:?}");
    }
    assert!(beside.hub.state.store.list_api_keys().await.unwrap().is_empty());
}
