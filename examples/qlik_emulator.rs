//! The emulated Qlik Cloud on its own, for clients in other languages: prints JSON lines, carries out the
//! commands that it reads (`emulator/commands.rs`), and runs until its standard input ends.
#![allow(clippy::print_stdout, reason = "the lines are its interface")]

#[path = "emulator/commands.rs"]
mod commands;
mod emulator;

use std::path::PathBuf;

use emulator::{Emulator, sandbox_world};
use linkhub::clock::Clock;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let ca_file = std::env::args().nth(1).map_or_else(default_ca_file, PathBuf::from);
    let emulator = Emulator::start(Clock::System).await;
    std::fs::write(&ca_file, emulator.ca_pem())?;
    println!(
        "{}",
        json!({
            "https": emulator.https_addr().to_string(),
            "http": emulator.http_addr().to_string(),
            "ca_file": ca_file,
        })
    );
    let keys = sandbox_world::fill(&mut emulator.world());
    for sample in keys {
        println!(
            "{}",
            json!({
                "label": sample.label,
                "about": sample.about,
                "tenant_name": sample.tenant_name,
                "region": sample.region,
                "key": sample.key,
            })
        );
    }
    // Ends with whoever started it, however that one ends.
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        println!("{}", commands::carry_out(&emulator, &line));
    }
    emulator.stop().await;
    Ok(())
}

fn default_ca_file() -> PathBuf {
    std::env::temp_dir().join("emulated-qlik-ca.pem")
}
