//! `linkhub api-key`: the keys of back ends, also while the hub runs. A new key is all that standard
//! output gets, so that a script can take it from there.

use std::io::Write as _;

use anyhow::ensure;

use crate::cli::ApiKeyCommand;
use crate::clock::{Clock, Timestamp};
use crate::config::Settings;
use crate::id::ApiKeyId;
use crate::model::api_key::{ApiKey, Scope};
use crate::model::event::Caller;
use crate::state::AppState;

pub async fn run(settings: &Settings, command: ApiKeyCommand) -> anyhow::Result<()> {
    let state = AppState::open(settings, Clock::System).await?;
    let result = match command {
        ApiKeyCommand::Create { name, scopes } => create(&state, &name, scopes).await,
        ApiKeyCommand::List => list(&state).await,
        ApiKeyCommand::Revoke { id } => revoke(&state, id).await,
    };
    state.store.close().await;
    result
}

/// Reads a scope as a flag names it.
pub fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| {
        let all = Scope::ALL.map(Scope::as_str).join(", ");
        format!("the scopes are {all}")
    })
}

async fn create(state: &AppState, name: &str, scopes: Vec<Scope>) -> anyhow::Result<()> {
    let scopes = if scopes.is_empty() { Scope::USUAL.to_vec() } else { scopes };
    let new = state.linking.create_api_key(&plain(name), &scopes, &Caller::command_line()).await?;
    let names: Vec<_> = new.key.scopes.iter().map(|scope| scope.as_str()).collect();
    writeln!(
        std::io::stderr(),
        "This API key may {}. It is shown only now; `linkhub api-key revoke {}` ends it.",
        names.join(", "),
        new.key.id
    )?;
    writeln!(std::io::stdout(), "{}", new.token.reveal().as_str())?;
    Ok(())
}

async fn list(state: &AppState) -> anyhow::Result<()> {
    let keys = state.store.list_api_keys().await?;
    if keys.is_empty() {
        writeln!(std::io::stderr(), "There is no API key; `linkhub api-key create` makes one.")?;
        return Ok(());
    }
    write!(std::io::stdout(), "{}", table(&keys))?;
    Ok(())
}

async fn revoke(state: &AppState, id: ApiKeyId) -> anyhow::Result<()> {
    let revoked = state.linking.revoke_api_key(&id, &Caller::command_line()).await?;
    ensure!(revoked, "there is no API key {id}, or it was revoked before");
    writeln!(std::io::stderr(), "The API key {id} is revoked.")?;
    Ok(())
}

fn table(keys: &[ApiKey]) -> String {
    use std::fmt::Write as _;
    let head = ["ID", "NAME", "STATE", "MADE", "LAST USED", "SCOPES"].map(str::to_owned);
    let rows: Vec<[String; 6]> = [head].into_iter().chain(keys.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; 6] = std::array::from_fn(|column| width(column).unwrap_or_default());
    let mut text = String::new();
    for row in &rows {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn row(key: &ApiKey) -> [String; 6] {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    [
        key.id.to_string(),
        plain(&key.name),
        if key.revoked_at.is_some() { "revoked" } else { "in use" }.to_owned(),
        key.created_at.to_string(),
        key.last_used_at.as_ref().map_or_else(|| "never".to_owned(), Timestamp::to_string),
        scopes.join(","),
    ]
}

/// A name must not move the cursor of whoever reads it.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}
