//! argon2id, off the async threads and a few at a time: each takes about 20 MiB and 30 ms.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

const AT_ONCE: usize = 2;

#[derive(Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Passwords {
    /// The hash in PHC form, with a salt of its own.
    pub async fn hash(&self, password: SecretString) -> String {
        self.run(move || {
            Argon2::default()
                .hash_password(password.expose_secret().as_bytes())
                .expect("argon2 hashes any password of up to 4 GiB")
                .to_string()
        })
        .await
    }

    /// False also for a stored hash that cannot be read.
    pub async fn verify(&self, password: SecretString, hash: String) -> bool {
        self.run(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(password.expose_secret().as_bytes(), &hash)
                    .is_ok()
            })
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> T {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.expect("hashing neither panics nor is cancelled")
    }
}
