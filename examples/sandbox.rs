//! The hub beside an emulated Qlik Cloud, to try everything without an account: `make run`.
//!
//! It is the real hub on SQLite in a folder that is thrown away; only what it dials is emulated.
#![allow(clippy::print_stdout, reason = "a person or a script reads it")]

mod emulator;
#[path = "emulator/seed.rs"]
mod seed;
#[path = "emulator/sessions.rs"]
mod sessions;

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Parser;
use emulator::Emulator;
use emulator::sandbox_world::{self, SampleKey};
use linkhub::cli::Cli;
use linkhub::clock::Clock;
use linkhub::model::api_key::Scope;
use linkhub::model::event::Caller;
use linkhub::state::AppState;
use linkhub::{server, telemetry};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const PASSWORD: &str = "try-everything-here";

/// The hub beside an emulated Qlik Cloud.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the hub listens; 0 takes a free port.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// How many sample accounts are linked at the start.
    #[arg(long, default_value_t = 0)]
    accounts: usize,
    /// The address that browsers use, if a proxy stands in front.
    #[arg(long)]
    public_url: Option<String>,
    /// Prints one line of JSON instead of words.
    #[arg(long)]
    json: bool,
    /// Makes connect sessions whose Hub these pages may frame, origins with commas between; for scripts.
    #[arg(long, value_name = "ORIGINS")]
    sessions_for: Vec<String>,
    /// Flags of the hub itself, behind `--`.
    #[arg(last = true)]
    hub: Vec<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let emulator = Emulator::start(Clock::System).await;
    let keys = sandbox_world::fill(&mut emulator.world());

    let listen = SocketAddr::from(([127, 0, 0, 1], arguments.port));
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("{listen} is taken: make run ARGS='--port 8081'"))?;
    let url = format!("http://localhost:{}", listener.local_addr()?.port());
    let public_url = arguments.public_url.as_deref().unwrap_or(&url);

    let folder = tempfile::tempdir()?;
    let ca_file = folder.path().join("emulated-qlik-ca.pem");
    std::fs::write(&ca_file, emulator.ca_pem())?;
    let own = [
        "linkhub".to_owned(),
        format!("--data-dir={}", folder.path().join("data").display()),
        // Named, so that no variable of the environment leads to a real database.
        format!("--database-url=sqlite:{}", folder.path().join("sandbox.sqlite").display()),
        format!("--key-file={}", folder.path().join("sandbox.key").display()),
        format!("--public-url={public_url}"),
        format!("--qlik-connect-to={}", emulator.https_addr()),
        format!("--qlik-ca-file={}", ca_file.display()),
        "--connect-limit=100000".to_owned(),
        "--api-limit=100000".to_owned(),
        "--sign-in-limit=1000".to_owned(),
        // So that a receiver on the same machine can be tried.
        "--webhook-allow-private".to_owned(),
        "--log=warn".to_owned(),
    ];
    // A flag that is given twice would be refused.
    let own = own.iter().filter(|flag| !arguments.hub.contains(flag));
    let settings = Cli::try_parse_from(own.chain(&arguments.hub))?.settings;
    telemetry::start(&settings)?;
    let expired_session = sessions::expired(&settings).await?;
    let state = AppState::open(&settings, Clock::System).await?;
    state.linking.create_admin(PASSWORD.into(), &Caller::system()).await?;
    seed::link_accounts(&state, &emulator, arguments.accounts).await?;
    let back_end =
        state.linking.create_api_key("sandbox", &Scope::USUAL, &Caller::system()).await?;
    let api_key = back_end.token.reveal();

    if arguments.json {
        let all = state.linking.create_api_key("checks", &Scope::ALL, &Caller::system()).await?;
        let facts = json!({
            "url": public_url,
            "admin_password": PASSWORD,
            "api_key": &*api_key,
            "api_key_for_everything": &*all.token.reveal(),
            "keys": keys.iter().map(of_key).collect::<Vec<_>>(),
            "sessions": sessions::made_for(&state, &arguments.sessions_for).await?,
            "expired_session": expired_session,
        });
        println!("{facts}");
    } else {
        print_words(public_url, &api_key, &keys);
    }
    eprintln!("linkhub listening on http://{}", listener.local_addr()?);
    let stop = CancellationToken::new();
    let signal = stop.clone();
    tokio::spawn(async move {
        let _ = server::stop_signal().await;
        signal.cancel();
    });
    server::serve(state, listener, stop).await?;
    emulator.stop().await;
    Ok(())
}

fn of_key(key: &SampleKey) -> serde_json::Value {
    json!({
        "label": key.label,
        "tenant_name": key.tenant_name,
        "region": key.region,
        "api_key": key.key,
    })
}

fn print_words(url: &str, api_key: &str, keys: &[SampleKey]) {
    println!("Keys to try, each at the tenant above it:");
    let mut tenant = String::new();
    for key in keys {
        let here = format!("{}.{}", key.tenant_name, key.region);
        if here != tenant {
            println!("\nTenant Name {}   Region {}", key.tenant_name, key.region);
            tenant = here;
        }
        println!("\n  {} ({})\n  {}", key.label, key.about, key.key);
    }
    println!(
        "\nThe API, with a key of your own back end:\n  curl -u {api_key}: {url}/api/accounts"
    );
    println!("\nOpen {url}/connect and sign in with the password {PASSWORD}");
    println!("Everything is thrown away when you stop it with Ctrl-C.\n");
}
