//! History as a whole: starts, stops and exports are recorded here; the chain is in [`chain`].

mod chain;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::linking::Linking;
use crate::model::event::{Action, Caller, Event};
use crate::store::{EventFilter, StoreError};

pub use chain::{ChainReport, verify_history};

impl Linking {
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

    /// Notes who takes a list out of the hub, and which part of it.
    pub async fn record_export(
        &self,
        what: Action,
        caller: &Caller,
        part: Value,
    ) -> Result<(), StoreError> {
        let event = Event::new(what, caller, self.clock.now());
        self.store.record_event(&event.with(part)).await
    }
}
