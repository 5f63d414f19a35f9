//! `linkhub healthcheck`: no other program is needed inside the container.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::config::Settings;

const PATIENCE: Duration = Duration::from_secs(4);

pub async fn run(settings: &Settings) -> anyhow::Result<()> {
    let place = reachable(settings.listen);
    let answer = tokio::time::timeout(PATIENCE, ask(place))
        .await
        .with_context(|| format!("the hub at {place} did not answer in time"))??;
    ensure!(answer.starts_with("HTTP/1.1 200"), "the hub at {place} is not well");
    Ok(())
}

/// A server that listens everywhere is asked on the loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

async fn ask(place: SocketAddr) -> anyhow::Result<String> {
    let mut stream =
        TcpStream::connect(place).await.with_context(|| format!("nothing listens at {place}"))?;
    let request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.context("the answer is no HTTP")?;
    Ok(String::from_utf8_lossy(&head).into_owned())
}
