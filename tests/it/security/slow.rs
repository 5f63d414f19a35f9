//! Slow and silent clients are cut off, and never keep the hub from stopping.

use std::time::Duration;

use rstest::rstest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::TestHub;

/// Longer than the hub waits for a head, much shorter than for ever.
const PATIENCE: Duration = Duration::from_secs(20);

async fn open(hub: &TestHub, sent: &str) -> TcpStream {
    let address = hub.url("").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

#[rstest]
#[case::silent("")]
#[case::half_a_line("GET / HT")]
#[case::half_a_head("GET / HTTP/1.1\r\nhost: localhost\r\nx-a: ")]
#[case::the_beginning_of_http_2("PRI * HTTP/2.0\r\n")]
#[tokio::test]
async fn whoever_does_not_finish_a_head_is_cut_off(#[case] sent: &str) {
    let hub = TestHub::start().await;
    let mut stream = open(&hub, sent).await;
    let mut answer = Vec::new();
    let ended = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "still open after {PATIENCE:?}");
}

#[tokio::test]
async fn idle_connections_do_not_keep_the_hub_from_stopping() {
    let mut hub = TestHub::start().await;
    let streams = [open(&hub, "").await, open(&hub, "GET / HT").await];
    tokio::time::sleep(Duration::from_millis(200)).await;
    timeout(PATIENCE, hub.stop()).await.expect("it stops");
    drop(streams);
}
