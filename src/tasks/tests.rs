use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

#[tokio::test]
async fn a_round_that_fails_or_panics_is_not_the_last() {
    let (rounds, stop) = (Arc::new(AtomicUsize::new(0)), CancellationToken::new());
    let (counted, stopping) = (Arc::clone(&rounds), stop.clone());
    let work = move || {
        let round = counted.fetch_add(1, Ordering::SeqCst);
        let stopping = stopping.clone();
        async move {
            match round {
                0 => panic!("as it may happen"),
                1 => Err(StoreError::Busy),
                2 => Ok(true),
                _ => {
                    stopping.cancel();
                    Ok(false)
                }
            }
        }
    };
    let loops = repeat("test", Duration::from_millis(1), stop, work);
    tokio::time::timeout(Duration::from_secs(10), loops).await.unwrap();
    assert_eq!(rounds.load(Ordering::SeqCst), 4);
}
