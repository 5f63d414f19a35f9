//! `linkhub admin set-password`

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use anyhow::{Context as _, ensure};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::config::Settings;
use crate::model::event::Caller;
use crate::state::AppState;

pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let password = read_password()?;
    let state = AppState::open(settings, Clock::System).await?;
    state.linking.set_password(password, &Caller::command_line()).await?;
    state.store.close().await;
    writeln!(std::io::stderr(), "The admin's password is set; all sessions have ended.")?;
    Ok(())
}

fn read_password() -> anyhow::Result<SecretString> {
    if std::io::stdin().is_terminal() {
        let once = Zeroizing::new(rpassword::prompt_password("New password: ")?);
        let again = Zeroizing::new(rpassword::prompt_password("Once more: ")?);
        ensure!(*once == *again, "the two passwords differ");
        return Ok(SecretString::from(once.as_str()));
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).context("no password on standard input")?;
    Ok(SecretString::from(line.trim_end_matches(['\r', '\n'])))
}
