//! `linkhub serve`

use std::collections::BTreeMap;
use std::io::Write as _;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::Settings;
use crate::model::event::Caller;
use crate::state::AppState;
use crate::{server, telemetry};

/// `given` are the settings that somebody has set, as history tells of them.
pub async fn run(settings: &Settings, given: &BTreeMap<String, String>) -> anyhow::Result<()> {
    telemetry::start(settings)?;
    if let Some(place) = &settings.qlik_connect_to {
        tracing::warn!(
            connect_to = place,
            "LINKHUB_QLIK_CONNECT_TO is set: every tenant's keys go there, not to Qlik Cloud"
        );
    }
    let state = AppState::open(settings, Clock::System).await?;
    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!("cannot listen on {}; set LINKHUB_LISTEN to a free address", settings.listen)
    })?;
    state.linking.record_start(given).await.context("the start could not be recorded")?;
    admit_first_admin(&state, settings).await?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let signal = stop.clone();
    tokio::spawn(async move {
        if let Err(error) = server::stop_signal().await {
            tracing::error!(%error, "signals cannot be waited for");
        }
        signal.cancel();
    });
    say(&format!("linkhub listening on http://{address}"));
    server::serve(state, listener, stop).await
}

/// The admin pages are closed from the first start: a password from the settings, or a link that
/// only who reads this output can use.
async fn admit_first_admin(state: &AppState, settings: &Settings) -> anyhow::Result<()> {
    if !state.linking.needs_setup().await? {
        return Ok(());
    }
    if let Some(password) = settings.admin_password()? {
        let made = state.linking.create_admin(password, &Caller::system()).await;
        made.context("LINKHUB_ADMIN_PASSWORD cannot be used")?;
        tracing::info!("made the admin with the password from the settings");
        return Ok(());
    }
    let token = state.linking.new_setup_link().await?;
    let url = settings.public_url.join("setup").context("LINKHUB_PUBLIC_URL cannot be extended")?;
    say(&format!(
        "First start: set the admin's password at\n\n    {url}#{}\n\n\
         The link works once, for 24 hours. A restart prints a new one.",
        token.reveal().as_str()
    ));
    Ok(())
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
