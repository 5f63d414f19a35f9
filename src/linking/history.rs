//! History as a whole: chained behind the writes, verified, and removed when it is old enough.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::model::event_chain::{Break, Walk};
use crate::store::{Applied, EventFilter, Store, StoreError};

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
    /// Gives the lines that are not chained yet their places. Answers whether there may be more. Of several
    /// hubs that do it at the same moment one succeeds, and the others come again later.
    pub async fn chain_events(&self) -> Result<bool, StoreError> {
        // The head first: a line that was chained meanwhile is then missing below, and not chained twice.
        let ends = self.store.find_chain_ends().await?;
        let head = ends.ok_or(StoreError::Damaged("event_chain"))?.head;
        let waiting = self.store.list_unchained(AT_ONCE).await?;
        let more = waiting.len() == AT_ONCE;
        let mut last = head.clone();
        let mut placed = Vec::with_capacity(waiting.len());
        for line in waiting {
            last = last.followed_by(&line);
            placed.push((line.id, last.clone()));
        }
        let applied = self.store.chain_lines(&head, &placed).await?;
        Ok(more && applied == Applied::Yes)
    }

    /// Notes that a hub starts, with the settings that are `given`, and which of them are not as they were when
    /// one was last started.
    pub async fn record_start(&self, given: &BTreeMap<String, String>) -> Result<(), StoreError> {
        let starts = EventFilter { actions: vec![Action::HubStarted], ..EventFilter::default() };
        let last = self.store.list_history(&starts, None, 1).await?;
        let before = |name: &str| {
            let settings = last.first()?.detail.get("settings")?;
            settings.get(name)?.as_str().map(str::to_owned)
        };
        let gone = last.first().and_then(|event| event.detail.get("settings")?.as_object());
        let names = given.keys().chain(gone.into_iter().flat_map(serde_json::Map::keys));
        let changed: BTreeMap<&String, Value> = names
            .map(|name| (name, before(name), given.get(name)))
            .filter(|(_, before, now)| before.as_ref() != *now)
            .map(|(name, before, now)| (name, json!([before, now])))
            .collect();
        let detail = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "database": self.store.engine(),
            "settings": given,
            "changed": changed,
        });
        let event = Event::new(Action::HubStarted, &Caller::command_line(), self.clock.now());
        self.store.record_event(&event.with(detail)).await
    }

    /// Notes that a hub stops as it was told to. One that is killed leaves nothing.
    pub async fn record_stop(&self) -> Result<(), StoreError> {
        let event = Event::new(Action::HubStopped, &Caller::command_line(), self.clock.now());
        self.store.record_event(&event).await
    }

    /// Notes who takes history out of the hub, and which part of it.
    pub async fn record_export(
        &self,
        caller: &Caller,
        format: Value,
        filter: Value,
    ) -> Result<(), StoreError> {
        let event = Event::new(Action::EventsExported, caller, self.clock.now());
        self.store.record_event(&event.with(format).with(filter)).await
    }

    /// Removes lines older than what is kept, oldest first, as far as they lie at the beginning of the chain
    /// without a gap.
    pub(super) async fn forget_old_events(&self) -> Result<(), StoreError> {
        let Some(kept) = self.rules.history_kept else { return Ok(()) };
        let before = self.clock.now().minus(kept);
        loop {
            let ends = self.store.find_chain_ends().await?;
            let ends = ends.ok_or(StoreError::Damaged("event_chain"))?;
            let (root, head) = (ends.root, ends.head);
            let oldest = self.store.list_chained(root.seq, head.seq, AT_ONCE).await?;
            let mut last = root.clone();
            for (link, line) in &oldest {
                if line.at >= before || link.seq != last.seq + 1 {
                    break;
                }
                last = link.clone();
            }
            let removed = last.seq - root.seq;
            if removed == 0
                || self.store.delete_oldest_events(&root, &last).await? == Applied::Conflict
                || removed < i64::try_from(AT_ONCE).unwrap_or(i64::MAX)
            {
                return Ok(());
            }
        }
    }
}

/// Follows the whole chain, also while hubs lengthen it. `progress` hears how many of how many lines were
/// verified.
pub async fn verify_history(
    store: &Store,
    progress: &(dyn Fn(i64, i64) + Sync),
) -> Result<ChainReport, StoreError> {
    let Some(ends) = store.find_chain_ends().await? else {
        let unchained = store.count_unchained().await?;
        return Ok(ChainReport { verified: 0, removed: 0, unchained, broken: Some(Break::Ends) });
    };
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
            match now.filter(|now| now.root.seq > walk.last().seq && now.root.seq > removed) {
                Some(mut now) => {
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
    let broken = broken.or((outside > 0).then_some(Break::Outside { lines: outside }));
    Ok(ChainReport { verified, removed, unchained, broken })
}
