//! The chain of history: made behind the writes, shortened at its beginning, verified. Its ends are sealed, so that whoever
//! has the database alone cannot take the last lines away, nor compute it anew.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::model::event_chain::{Break, ChainEnds, Link, StoredEnds, Walk};
use crate::secret::Sealed;
use crate::store::{Applied, Store, StoreError};
use crate::vault::{Place, Vault};

/// So many lines are chained or removed in one transaction.
const AT_ONCE: usize = 500;
/// So many lines are verified at a time.
const A_PAGE: usize = 1000;

/// What a look at the whole chain has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// So many lines follow one from the other.
    pub verified: i64,
    /// So many were removed because of their age.
    pub removed: i64,
    /// So many are not chained yet.
    pub unchained: i64,
    /// The first place where something is wrong.
    pub broken: Option<Break>,
}

impl Linking {
    /// Seals the ends of a chain that has not begun. If there are lines by then it is told in a line of its own,
    /// since that is also how a chain looks that somebody has taken back to its beginning.
    pub async fn begin_chain(&self) -> Result<(), StoreError> {
        let Some(stored) = self.store.find_chain_ends().await? else { return Ok(()) };
        if !stored.are_new() {
            return Ok(());
        }
        let lines = self.store.count_unchained().await?;
        let event = Event::new(Action::ChainBegun, &Caller::system(), self.clock.now())
            .with(json!({ "lines_before": lines }));
        let ChainEnds { root, head } = &stored.ends;
        let (root, head) = (seal(&self.vault, "root", root), seal(&self.vault, "head", head));
        // In a conflict another hub was faster.
        let _ = self.store.begin_chain(&root, &head, (lines > 0).then_some(&event)).await?;
        Ok(())
    }

    /// Gives the lines that are not chained yet their places. Answers whether there may be more. Of several
    /// hubs that do it at the same moment one succeeds, and the others come again later.
    pub async fn chain_events(&self) -> Result<bool, StoreError> {
        // The head first: a line that was chained meanwhile is then missing below, and not chained twice.
        let head = self.chain_ends().await?.head;
        let waiting = self.store.list_unchained(AT_ONCE).await?;
        let more = waiting.len() == AT_ONCE;
        let mut last = head.clone();
        let mut placed = Vec::with_capacity(waiting.len());
        for line in waiting {
            last = last.followed_by(&line);
            placed.push((line.id, last.clone()));
        }
        if placed.is_empty() {
            return Ok(false);
        }
        let seal = seal(&self.vault, "head", &last);
        let applied = self.store.chain_lines(&head, &placed, &seal).await?;
        Ok(more && applied == Applied::Yes)
    }

    /// Removes lines older than what is kept, oldest first, as far as the chain is right.
    pub(in crate::linking) async fn forget_old_events(&self) -> Result<(), StoreError> {
        let Some(kept) = self.rules.history_kept else { return Ok(()) };
        let before = self.clock.now().minus(kept);
        loop {
            let ChainEnds { root, head } = self.chain_ends().await?;
            let oldest = self.store.list_chained(root.seq, head.seq, AT_ONCE).await?;
            let mut last = root.clone();
            for (link, line) in &oldest {
                // What is not what was written stays as evidence, above all a time that makes it look old.
                if line.at >= before || last.followed_by(line) != *link {
                    break;
                }
                last = link.clone();
            }
            let removed = last.seq - root.seq;
            let seal = seal(&self.vault, "root", &last);
            if removed == 0
                || self.store.delete_oldest_events(&root, &last, &seal).await? == Applied::Conflict
                || removed < i64::try_from(AT_ONCE).unwrap_or(i64::MAX)
            {
                return Ok(());
            }
        }
    }

    /// The ends, if a hub has written them.
    async fn chain_ends(&self) -> Result<ChainEnds, StoreError> {
        let stored = self.store.find_chain_ends().await?;
        let proven = stored.filter(|stored| are_proven(&self.vault, stored));
        Ok(proven.ok_or(StoreError::Damaged("event_chain"))?.ends)
    }
}

fn seal(vault: &Vault, name: &'static str, link: &Link) -> Sealed {
    vault.seal(&Place::of_chain_end(name), &told(link).into())
}

fn told(link: &Link) -> String {
    format!("{} {}", link.seq, URL_SAFE_NO_PAD.encode(&link.hash))
}

fn are_proven(vault: &Vault, stored: &StoredEnds) -> bool {
    let is_proven = |name: &'static str, link: &Link, seal: &Option<Sealed>| {
        let opened = seal.as_ref().map(|seal| vault.open(&Place::of_chain_end(name), seal));
        opened.is_some_and(|text| text.is_ok_and(|text| text.expose_secret() == told(link)))
    };
    let StoredEnds { ends: ChainEnds { root, head }, root_seal, head_seal } = stored;
    is_proven("root", root, root_seal) && is_proven("head", head, head_seal)
}

/// Follows the whole chain, also while hubs lengthen it. `progress` hears how many of how many lines were
/// verified. Without a vault nobody knows whether the ends are where a hub has put them.
pub async fn verify_history(
    store: &Store,
    vault: Option<&Vault>,
    progress: &(dyn Fn(i64, i64) + Sync),
) -> Result<ChainReport, StoreError> {
    let Some(stored) = store.find_chain_ends().await? else {
        let unchained = store.count_unchained().await?;
        return Ok(ChainReport { verified: 0, removed: 0, unchained, broken: Some(Break::Ends) });
    };
    let is_right = |stored: &StoredEnds| {
        stored.are_new() || vault.is_none_or(|vault| are_proven(vault, stored))
    };
    let mut ends_right = is_right(&stored);
    let ends = stored.ends;
    let (mut removed, head) = (ends.root.seq, ends.head.clone());
    let all = head.seq - removed;
    let (mut walk, mut verified) = (Walk::new(ends), 0);
    let broken = loop {
        let page = store.list_chained(walk.last().seq, head.seq, A_PAGE).await?;
        let mut outcome = Ok(());
        for (claimed, line) in &page {
            outcome = walk.step(claimed, line);
            if outcome.is_err() {
                break;
            }
            verified += 1;
        }
        progress(verified, all);
        if page.is_empty() {
            outcome = walk.end();
        }
        if let Err(broken) = outcome {
            // What is not there may have been removed because of its age while we looked.
            let now = store.find_chain_ends().await?;
            let now = now.filter(|StoredEnds { ends: ChainEnds { root, .. }, .. }| {
                root.seq > walk.last().seq && root.seq > removed
            });
            match now {
                Some(now) => {
                    ends_right &= is_right(&now);
                    let mut now = now.ends;
                    removed = now.root.seq;
                    if removed >= head.seq {
                        break None;
                    }
                    now.head = head.clone();
                    walk = Walk::new(now);
                }
                None => break Some(broken),
            }
        } else if page.is_empty() {
            break None;
        }
    };
    let unchained = store.count_unchained().await?;
    let outside = store.count_outside_chain().await?;
    let broken = broken
        .or((outside > 0).then_some(Break::Outside { lines: outside }))
        .or((!ends_right).then_some(Break::Ends));
    Ok(ChainReport { verified, removed, unchained, broken })
}
