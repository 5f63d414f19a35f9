//! Looking names up. The name system's answer may come long after everybody has stopped waiting for it, and until
//! then a thread does.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::{BoxFuture, FutureExt as _, Shared};

type Ask = fn(&str) -> io::Result<Vec<SocketAddr>>;
type LookUp = Shared<BoxFuture<'static, Result<Vec<SocketAddr>, NotFound>>>;

/// The name leads nowhere.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the name could not be looked up")]
pub(super) struct NotFound(#[source] Arc<io::Error>);

/// Each name is looked up once at a time: who asks for it meanwhile gets the same answer. So an endpoint whose
/// name system is slow holds one thread, however often it is tried, and not all that there are.
#[derive(Debug, Clone)]
pub(super) struct LookUps {
    ask: Ask,
    under_way: Arc<Mutex<HashMap<String, LookUp>>>,
}

impl Default for LookUps {
    fn default() -> Self {
        // Port 0 leaves the port to the URL.
        Self::asking(|name| Ok((name, 0).to_socket_addrs()?.collect()))
    }
}

impl LookUps {
    pub(super) fn asking(ask: Ask) -> Self {
        Self { ask, under_way: Arc::default() }
    }

    pub(super) fn look_up(&self, name: &str) -> LookUp {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = under_way.get(name) {
            return same.clone();
        }
        let (lookups, asked) = (self.clone(), name.to_owned());
        let thread = tokio::task::spawn_blocking(move || {
            let found = (lookups.ask)(&asked);
            lookups.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&asked);
            found
        });
        let answer = async {
            let found = thread.await.unwrap_or_else(|stopped| Err(io::Error::other(stopped)));
            found.map_err(|error| NotFound(Arc::new(error)))
        };
        let lookup = answer.boxed().shared();
        under_way.insert(name.to_owned(), lookup.clone());
        lookup
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    static ASKED: AtomicUsize = AtomicUsize::new(0);
    static ANSWERS: AtomicBool = AtomicBool::new(false);

    #[tokio::test]
    async fn a_slow_name_holds_one_thread_however_often_it_is_asked_for() {
        let names = LookUps::asking(|_| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            while !ANSWERS.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(1));
            }
            Ok(vec![SocketAddr::from(([8, 8, 8, 8], 0))])
        });
        for _ in 0..100 {
            let waited = Duration::from_millis(1);
            let gave_up = tokio::time::timeout(waited, names.look_up("slow.example.com")).await;
            assert!(gave_up.is_err());
        }
        let other = names.look_up("other.example.com");
        ANSWERS.store(true, Ordering::SeqCst);
        let found = names.look_up("slow.example.com").await.unwrap();
        assert_eq!(found[0].to_string(), "8.8.8.8:0");
        assert!(other.await.is_ok());
        assert_eq!(ASKED.load(Ordering::SeqCst), 2, "each name once");
        assert!(names.look_up("slow.example.com").await.is_ok());
        assert_eq!(ASKED.load(Ordering::SeqCst), 3, "and anew when the answer is there");
        assert!(names.under_way.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_said_to() {
        let error = LookUps::default().look_up("nowhere.invalid").await.unwrap_err();
        assert_eq!(error.to_string(), "the name could not be looked up");
    }
}
