//! The chain of history: every line carries a hash of itself and of the line before it, so that a line
//! that was deleted, changed, moved or slipped in shows.

use sha2::{Digest as _, Sha256};

use crate::clock::Timestamp;
use crate::secret::Sealed;

/// A place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Counts from 1; 0 is before the first line.
    pub seq: i64,
    pub hash: Vec<u8>,
}

/// Where the chain begins and ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainEnds {
    /// The last line that was removed because of its age.
    pub root: Link,
    /// The last line.
    pub head: Link,
}

/// The ends as they stand in the database, each with what only a hub that has the key can have written.
#[derive(Debug, Clone)]
pub struct StoredEnds {
    pub ends: ChainEnds,
    pub root_seal: Option<Sealed>,
    pub head_seal: Option<Sealed>,
}

impl StoredEnds {
    /// Nothing was ever chained, and no hub has been here.
    pub fn are_new(&self) -> bool {
        let ChainEnds { root, head } = &self.ends;
        (root.seq, head.seq) == (0, 0) && self.root_seal.is_none() && self.head_seal.is_none()
    }
}

/// One line of history exactly as it is stored, to be hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub id: String,
    pub at: Timestamp,
    pub action: String,
    pub actor_kind: String,
    pub actor_name: String,
    pub account_id: Option<String>,
    pub request_id: Option<String>,
    pub address: Option<String>,
    pub detail: String,
}

impl Link {
    /// The place of `line` right behind this one.
    #[must_use]
    pub fn followed_by(&self, line: &Line) -> Self {
        let seq = self.seq.saturating_add(1);
        let mut digest = Sha256::new();
        digest.update(&self.hash);
        let (seq_text, at) = (seq.to_string(), line.at.as_millis().to_string());
        let fields = [
            Some(&seq_text),
            Some(&line.id),
            Some(&at),
            Some(&line.action),
            Some(&line.actor_kind),
            Some(&line.actor_name),
            line.account_id.as_ref(),
            line.request_id.as_ref(),
            line.address.as_ref(),
            Some(&line.detail),
        ];
        for field in fields {
            // With its length before it, no field can pass for a part of its neighbour.
            digest.update([u8::from(field.is_some())]);
            let text = field.map_or("", String::as_str);
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text);
        }
        Self { seq, hash: digest.finalize().to_vec() }
    }
}

/// Where the chain is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// The line is gone; the next one that is there was written at this time.
    Missing { seq: i64, before: Timestamp },
    /// It does not follow from the line before it: it, or that one, is not what was chained here.
    Changed { seq: i64, at: Timestamp },
    /// All from this one on are gone, up to the last that was chained.
    Tail { seq: i64, until: i64 },
    /// The record of where the chain ends does not fit its last line.
    Ends,
    /// So many lines claim places before its beginning or behind its end.
    Outside { lines: i64 },
}

/// Follows the chain from its root, line by line.
#[derive(Debug, Clone)]
pub struct Walk {
    last: Link,
    head: Link,
}

impl Walk {
    pub fn new(ends: ChainEnds) -> Self {
        Self { last: ends.root, head: ends.head }
    }

    /// The last line that was found right.
    pub fn last(&self) -> &Link {
        &self.last
    }

    /// The next line, in the order of the places that they claim.
    pub fn step(&mut self, claimed: &Link, line: &Line) -> Result<(), Break> {
        let right = self.last.followed_by(line);
        if claimed.seq != right.seq {
            return Err(Break::Missing { seq: right.seq, before: line.at });
        }
        if claimed.hash != right.hash {
            return Err(Break::Changed { seq: right.seq, at: line.at });
        }
        self.last = right;
        Ok(())
    }

    /// There is no further line.
    pub fn end(&self) -> Result<(), Break> {
        match self.last.seq {
            seq if seq < self.head.seq => Err(Break::Tail { seq: seq + 1, until: self.head.seq }),
            _ if self.last == self.head => Ok(()),
            _ => Err(Break::Ends),
        }
    }
}

#[cfg(test)]
mod tests;
