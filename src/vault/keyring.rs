//! The key ring and its file: `{"active":"k1","keys":{"k1":"<base64 of 32 bytes>"}}`, mode 0600.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    #[error("it cannot be read or written")]
    Io(#[from] std::io::Error),
    #[error("it is readable by other users (mode {0:o}): run chmod 600 on it")]
    OpenToOthers(u32),
    #[error("it is not a key file: {0}")]
    Malformed(&'static str),
    #[error("the key {0:?} is not 32 bytes in base64")]
    WrongLength(String),
    #[error("the key {0:?} is not random: it repeats a single byte, or counts")]
    Weak(String),
    #[error("the active key {0:?} is not among its keys")]
    NoActiveKey(String),
}

/// One key of the ring.
pub struct RingKey {
    pub(super) id: String,
    pub(super) bytes: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for RingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RingKey({})", self.id)
    }
}

/// The keys that seal and open, of which one seals what is new.
#[derive(Debug)]
pub struct Keyring {
    keys: Vec<RingKey>,
    active: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    active: String,
    keys: BTreeMap<String, String>,
}

impl Drop for File {
    fn drop(&mut self) {
        self.keys.values_mut().for_each(zeroize::Zeroize::zeroize);
    }
}

impl Keyring {
    /// Draws a ring with one key.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).expect("the operating system gives random bytes");
        Self { keys: vec![RingKey { id: "k1".to_owned(), bytes }], active: 0 }
    }

    /// Reads a key file. `None` if there is none.
    pub fn read(path: &Path) -> Result<Option<Self>, KeyringError> {
        let mut file = match std::fs::File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mode = file.metadata()?.permissions().mode() & 0o777;
        if mode & 0o007 != 0 {
            return Err(KeyringError::OpenToOthers(mode));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|_| KeyringError::Malformed("it is not text"))?;
        Self::parse(&text).map(Some)
    }

    fn parse(text: &str) -> Result<Self, KeyringError> {
        let file: File = serde_json::from_str(text)
            .map_err(|_| KeyringError::Malformed("it is not of the form {active, keys}"))?;
        let mut keys = Vec::new();
        for (id, encoded) in &file.keys {
            let mut decoded =
                STANDARD.decode(encoded).map_err(|_| KeyringError::WrongLength(id.clone()))?;
            let bytes = <[u8; 32]>::try_from(decoded.as_slice());
            decoded.zeroize();
            let bytes = Zeroizing::new(bytes.map_err(|_| KeyringError::WrongLength(id.clone()))?);
            if is_weak(&bytes) {
                return Err(KeyringError::Weak(id.clone()));
            }
            keys.push(RingKey { id: id.clone(), bytes });
        }
        let active = keys
            .iter()
            .position(|key| key.id == file.active)
            .ok_or_else(|| KeyringError::NoActiveKey(file.active.clone()))?;
        Ok(Self { keys, active })
    }

    /// Writes a new key file, readable by its owner only, and waits until it is on disk. Fails if
    /// there is one already.
    pub fn create(&self, path: &Path) -> Result<(), KeyringError> {
        let keys =
            self.keys.iter().map(|key| (key.id.clone(), STANDARD.encode(key.bytes.as_ref())));
        let file = File { active: self.active().id.clone(), keys: keys.collect() };
        let text = Zeroizing::new(
            serde_json::to_string_pretty(&file)
                .map_err(|_| KeyringError::Malformed("it cannot be written as JSON"))?,
        );
        // Written beside and then named, so that a crash leaves a whole file or none.
        let unfinished = path.with_extension("unfinished");
        let _ = std::fs::remove_file(&unfinished);
        let mut out =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")?;
        out.sync_all()?;
        let named = std::fs::hard_link(&unfinished, path);
        let _ = std::fs::remove_file(&unfinished);
        named?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    pub fn active(&self) -> &RingKey {
        &self.keys[self.active]
    }

    pub fn active_id(&self) -> &str {
        &self.active().id
    }

    pub fn find(&self, id: &str) -> Option<&RingKey> {
        self.keys.iter().find(|key| key.id == id)
    }
}

/// All bytes the same, or each one more than the one before: nobody drew these at random.
fn is_weak(bytes: &[u8; 32]) -> bool {
    let step = bytes[1].wrapping_sub(bytes[0]);
    bytes.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step)
}

#[cfg(test)]
mod tests;
