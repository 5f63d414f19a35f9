//! A client that costs little: raw HTTP/1.1 over loopback, one request at a time on each connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

const ROUNDS: usize = 3;

/// Makes the bytes of the next request.
pub type Requests = Arc<dyn Fn() -> Vec<u8> + Send + Sync>;

#[derive(Clone)]
pub struct Target {
    pub server: SocketAddr,
    pub requests: Requests,
}

#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub per_second: f64,
    pub p50: Duration,
    pub p99: Duration,
}

impl Figures {
    pub fn of(mut times: Vec<Duration>, took: Duration) -> anyhow::Result<Self> {
        ensure!(!times.is_empty(), "nothing was answered in time");
        times.sort_unstable();
        let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
        #[expect(clippy::cast_precision_loss, reason = "a count of requests is small")]
        let per_second = times.len() as f64 / took.as_secs_f64();
        Ok(Self { per_second, p50: at(50), p99: at(99) })
    }

    /// The middle of several rounds, each figure by itself.
    pub fn median(rounds: &[Self]) -> Self {
        let middle = |mut figures: Vec<f64>| {
            figures.sort_unstable_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        let time = |of: fn(&Self) -> Duration| {
            Duration::from_secs_f64(middle(rounds.iter().map(|r| of(r).as_secs_f64()).collect()))
        };
        Self {
            per_second: middle(rounds.iter().map(|round| round.per_second).collect()),
            p50: time(|round| round.p50),
            p99: time(|round| round.p99),
        }
    }
}

/// Measures the targets in turns, so that a noisy moment hits all of them.
pub async fn compare(
    targets: &[&Target],
    clients: usize,
    time: Duration,
) -> anyhow::Result<Vec<Figures>> {
    let mut rounds = vec![Vec::new(); targets.len()];
    for target in targets {
        run(target, clients, time / 4).await?;
    }
    for _ in 0..ROUNDS {
        for (target, rounds) in targets.iter().zip(&mut rounds) {
            rounds.push(run(target, clients, time).await?);
        }
    }
    Ok(rounds.iter().map(|rounds| Figures::median(rounds)).collect())
}

async fn run(target: &Target, clients: usize, time: Duration) -> anyhow::Result<Figures> {
    let mut connections = Vec::new();
    for _ in 0..clients {
        connections.push(Connection::open(target.server).await?);
    }
    let started = Instant::now();
    let mut running = JoinSet::new();
    for mut connection in connections {
        let requests = Arc::clone(&target.requests);
        running.spawn(async move {
            let mut times = Vec::new();
            while started.elapsed() < time {
                let request = requests();
                let asked = Instant::now();
                let answer = connection.send(&request).await?;
                times.push(asked.elapsed());
                if answer.status != 200 {
                    bail!("{}: {}", first_line(&request), answer.text());
                }
            }
            Ok(times)
        });
    }
    let mut all = Vec::new();
    while let Some(times) = running.join_next().await {
        all.extend(times??);
    }
    Figures::of(all, started.elapsed())
}

fn first_line(request: &[u8]) -> String {
    String::from_utf8_lossy(request).lines().next().unwrap_or_default().to_owned()
}

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        format!("{}\n{}", self.head, String::from_utf8_lossy(&self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl Connection {
    pub async fn open(server: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    pub async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.read().await?;
            if let Some(end) = self.buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end;
            }
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).into_owned();
        let status = text.get(9..12).and_then(|status| status.parse().ok());
        let mut answer =
            Answer { status: status.context("no HTTP/1.1")?, head: text, body: Vec::new() };
        let length: usize = answer.header("content-length").map_or(Ok(0), str::parse)?;
        while self.buffer.len() < head + 4 + length {
            self.read().await?;
        }
        answer.body.extend_from_slice(&self.buffer[head + 4..]);
        Ok(answer)
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server left");
        Ok(())
    }
}

pub fn get(path: &str, cookie: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n").into_bytes()
}

pub fn post(path: &str, cookie: &str, form: &[(&str, &str)]) -> Vec<u8> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
