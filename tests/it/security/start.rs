//! Starting without the right key is refused, and the database stays as it was.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use clap::Parser as _;
use linkhub::cli::Cli;
use linkhub::clock::Clock;
use linkhub::state::AppState;
use linkhub::store::{Location, Store};

async fn start(folder: &Path) -> anyhow::Result<()> {
    let flag = format!("--data-dir={}", folder.display());
    let settings = Cli::try_parse_from(["linkhub", &flag])?.settings;
    let state = AppState::open(&settings, Clock::System).await?;
    state.store.close().await;
    Ok(())
}

/// What the database knows of the key.
async fn content(folder: &Path) -> Vec<(String, Vec<u8>, i64)> {
    let store = Store::open(&Location::Sqlite(folder.join("linkhub.sqlite"))).await.unwrap();
    let keys = store.list_vault_keys().await.unwrap();
    store.close().await;
    keys.into_iter().map(|key| (key.canary.key_id, key.canary.ciphertext, key.seals)).collect()
}

#[tokio::test]
async fn without_the_right_key_the_hub_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    start(folder.path()).await.unwrap();
    start(folder.path()).await.expect("with the right key it starts again");
    let file = folder.path().join("linkhub.key");
    let right = fs::read_to_string(&file).unwrap();
    let other = {
        let folder = tempfile::tempdir().unwrap();
        start(folder.path()).await.unwrap();
        fs::read_to_string(folder.path().join("linkhub.key")).unwrap()
    };
    let zeros = r#"{"active":"k1","keys":{"k1":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}"#;
    let database = content(folder.path()).await;
    for (why, text, mode) in [
        ("no key file", None, 0o600),
        ("an empty file", Some(String::new()), 0o600),
        ("not a key file", Some("secret".to_owned()), 0o600),
        ("a short key", Some(r#"{"active":"k1","keys":{"k1":"AAEC"}}"#.to_owned()), 0o600),
        ("zeros", Some(zeros.to_owned()), 0o600),
        ("another key", Some(other), 0o600),
        ("no active key", Some(right.replace("\"active\": \"k1\"", "\"active\": \"k2\"")), 0o600),
        ("readable by everybody", Some(right.clone()), 0o644),
    ] {
        fs::remove_file(&file).ok();
        if let Some(text) = text {
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        }
        let error = start(folder.path()).await.expect_err(why);
        let told = format!("{error:#}");
        assert!(told.contains("key file"), "{why}: {told}");
        assert_eq!(content(folder.path()).await, database, "{why}");
    }
    fs::remove_file(&file).ok();
    fs::write(&file, right).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
    start(folder.path()).await.expect("with the right key it starts again");
}
