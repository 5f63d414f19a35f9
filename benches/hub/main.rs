//! `make bench`: what the hub does in a second, beside the same work with nothing around it, in one run.
//!
//! The hub is the built program, the baseline is this program again (`bare`), each a process of its
//! own; the client and the emulated Qlik Cloud run here. Figures are medians of three rounds in which
//! hub and baseline take turns.

mod accounts;
mod bare;
mod cases;
mod connect;
mod history;
mod lists;
mod load;
mod plans;
mod process;
mod rows;
mod scheduler;
mod seed;
mod stub;
mod table;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Parser;

use load::Figures;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const FEW: usize = 100;
const MANY: usize = 100_000;

/// Measures connect, lists and pages beside their bare baselines.
#[derive(Debug, Parser)]
struct Args {
    /// Accounts in the large list, and lines of history.
    #[arg(long, env = "ACCOUNTS", default_value_t = 1_000_000)]
    accounts: usize,
    /// Measure only `connect`, only `lists`, only `scheduler` or only `history`.
    #[arg(long)]
    only: Option<String>,
    /// A server of `scripts/postgres.sh`: the scheduler and history are measured on it too.
    #[arg(long, env = "LINKHUB_TEST_POSTGRES_URL")]
    postgres: Option<String>,
    /// Cargo says so.
    #[arg(long, hide = true)]
    bench: bool,
    /// Be the bare server on this data folder.
    #[arg(long, hide = true)]
    bare: Option<PathBuf>,
    #[arg(long, hide = true, requires = "bare")]
    stub: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(data) = &args.bare {
        return bare::run(data, args.stub).await;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench");
    std::fs::create_dir_all(&folder)?;
    table::line(&format!("Binary: {:.1} MB ({})", process::size_mb()?, process::HUB));
    let wanted = |part: &str| args.only.as_deref().is_none_or(|only| only == part);
    if wanted("connect") {
        connect::measure(&folder).await?;
    }
    if wanted("scheduler") {
        let postgres = args.postgres.as_deref();
        scheduler::measure(&folder, &[FEW, MANY, args.accounts], postgres).await?;
    }
    if wanted("history") {
        history::measure(&folder, args.postgres.as_deref(), args.accounts).await?;
    }
    if wanted("lists") {
        let few = lists::measure(&folder, FEW).await?;
        let many = lists::measure(&folder, args.accounts).await?;
        table::line(&format!("\nAccounts page, p50 of one client: {} beside {FEW}", args.accounts));
        for ((case, few), (_, many)) in few.iter().zip(&many) {
            growth(case.name, few, many);
        }
    }
    Ok(())
}

fn growth(name: &str, few: &Figures, many: &Figures) {
    let times = many.p50.as_secs_f64() / few.p50.as_secs_f64();
    let (few, many) = (table::time(few.p50), table::time(many.p50));
    table::line(&format!("{name:<44} {few:>9} {many:>9}  {times:>6.2} times"));
}
