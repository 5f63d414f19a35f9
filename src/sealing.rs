//! Starting with the right key or not at all.

use std::path::Path;

use anyhow::{Context as _, bail};
use secrecy::{ExposeSecret as _, SecretString};

use crate::clock::Timestamp;
use crate::store::Store;
use crate::vault::keyring::Keyring;
use crate::vault::{Place, Vault};

/// From this many on, random nonces of one key come close to their limit of 2^32.
const MANY_SEALS: i64 = 1 << 31;
const CANARY: &str = "linkhub";

/// Reads the key file, or makes it on the very first start.
pub async fn open_ring(store: &Store, path: &Path) -> anyhow::Result<Keyring> {
    let read = Keyring::read(path)
        .with_context(|| format!("the key file {} cannot be used", path.display()))?;
    if let Some(ring) = read {
        return Ok(ring);
    }
    let empty = store.list_vault_keys().await?.is_empty() && store.count_credentials().await? == 0;
    if !empty {
        bail!(
            "the key file {} is missing, but the database holds secrets sealed with it. Put the file \
             back from your backup, or set LINKHUB_KEY_FILE to where it is. Without it the stored \
             Qlik keys cannot be read, and nothing was changed.",
            path.display()
        );
    }
    let ring = Keyring::generate();
    ring.create(path).with_context(|| format!("cannot write the key file {}", path.display()))?;
    tracing::info!(
        path = %path.display(),
        "made a new key file; back it up apart from the database, without it the data cannot be read"
    );
    Ok(ring)
}

/// Opens the stored canary of every key, and leaves one for a key that is new.
pub async fn check_canaries(store: &Store, vault: &Vault, now: Timestamp) -> anyhow::Result<()> {
    let known = store.list_vault_keys().await?;
    for key in &known {
        let opened = vault.open(&Place::of_canary(&key.canary.key_id), &key.canary);
        if !opened.is_ok_and(|canary| canary.expose_secret() == CANARY) {
            bail!(
                "the key file is not the one that this database was sealed with (key {:?}). Put the \
                 right file back, or set LINKHUB_KEY_FILE or LINKHUB_DATABASE_URL to the pair that \
                 belongs together. Nothing was changed.",
                key.canary.key_id
            );
        }
        if key.seals >= MANY_SEALS {
            tracing::warn!(
                key_id = key.canary.key_id,
                seals = key.seals,
                "this sealing key has been used very often; rotate it"
            );
        }
    }
    let active = vault.ring().active_id();
    if known.iter().all(|key| key.canary.key_id != active) {
        let canary = vault.seal(&Place::of_canary(active), &SecretString::from(CANARY));
        if !store.insert_vault_key(&canary, now).await?.is_yes() {
            // Another hub was faster: its key must be ours too.
            return Box::pin(check_canaries(store, vault, now)).await;
        }
    }
    Ok(())
}
