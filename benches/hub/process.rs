//! The built program and the bare server, each a process of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};

use crate::load::{Connection, post};

pub const HUB: &str = env!("CARGO_BIN_EXE_linkhub");
const PASSWORD: &str = "a password of the benchmark";

/// A process that says where it listens; dropping it ends it.
pub struct Server {
    child: Child,
    log: PathBuf,
    pub address: SocketAddr,
    /// From the start of the process until it was ready.
    pub ready_after: Duration,
}

impl Server {
    fn start(mut command: Command, log: PathBuf) -> anyhow::Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log)?);
        let started = Instant::now();
        let mut child = command.spawn()?;
        loop {
            let text = std::fs::read_to_string(&log)?;
            if let Some((_, address)) = text.split_once("listening on http://")
                && let Some((address, _)) = address.split_once('\n')
            {
                let (address, ready_after) = (address.parse()?, started.elapsed());
                return Ok(Self { child, log, address, ready_after });
            }
            ensure!(started.elapsed() < Duration::from_secs(20), "no start in 20 s: {text}");
            if let Some(status) = child.try_wait()? {
                bail!("{} ended with {status}: {text}", command.get_program().display());
            }
            std::thread::sleep(Duration::from_micros(300));
        }
    }

    /// The hub as shipped, with its log going to a file.
    pub fn hub(data: &Path, more: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(HUB);
        command.env_clear().env("LINKHUB_ADMIN_PASSWORD", PASSWORD);
        command.arg("--data-dir").arg(data).args(["--listen", "127.0.0.1:0"]);
        // What the hub does by itself is a case of its own (`scheduler`).
        command.args(["--background", "false"]);
        command.args(["--connect-limit", "4000000000", "--sign-in-limit", "1000"]).args(more);
        Self::start(command, data.join("hub.log"))
    }

    /// This very program as the bare server.
    pub fn bare(data: &Path, stub: Option<SocketAddr>) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--bare").arg(data);
        if let Some(stub) = stub {
            command.arg("--stub").arg(stub.to_string());
        }
        Self::start(command, data.join("bare.log"))
    }

    pub fn log(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(&self.log)?)
    }

    pub fn resident_mb(&self) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb: f64 =
            line.and_then(|line| line.split_whitespace().next()).context("VmRSS")?.parse()?;
        Ok(kb / 1024.0)
    }

    /// Signs in; answers the cookie.
    pub async fn sign_in(&self) -> anyhow::Result<String> {
        let request = post("/login", "", &[("password", PASSWORD)]);
        let answer = Connection::open(self.address).await?.send(&request).await?;
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        Ok(cookie.with_context(|| format!("no way in: {}", answer.text()))?.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Start, memory and size of the program.
pub async fn measure(data: &Path, what: &str) -> anyhow::Result<()> {
    let mut starts = Vec::new();
    for _ in 0..7 {
        starts.push(Server::hub(data, &[])?.ready_after);
    }
    starts.sort_unstable();
    let line = format!(
        "start, {what}: ready after {} (best {}, worst {})",
        crate::table::time(starts[3]),
        crate::table::time(starts[0]),
        crate::table::time(starts[6])
    );
    crate::table::line(&line);
    Ok(())
}

pub fn size_mb() -> anyhow::Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a file is small")]
    let bytes = std::fs::metadata(HUB)?.len() as f64;
    Ok(bytes / 1_000_000.0)
}
