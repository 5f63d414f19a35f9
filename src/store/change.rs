//! A change: statements that happen together or not at all.

use crate::model::event::Event;
use crate::store::events;
use crate::store::sql::Statement;
use crate::store::webhook_deliveries;

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Applied {
    /// It is on disk.
    Yes,
    /// A guard found its row not as expected, and nothing was changed: somebody else was faster, or the
    /// row is not there.
    Conflict,
}

impl Applied {
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

/// One transaction. It is plain data, so that many can be committed as one group and one of them
/// can be run again alone.
#[derive(Debug, Clone)]
pub struct Change {
    pub(super) guards: Vec<Statement>,
    pub(super) statements: Vec<Statement>,
    /// Overwritten secrets leave the write-ahead log at once (SQLite only).
    pub(super) shreds: bool,
}

impl Change {
    /// A change that happens only if `guard` changes exactly one row.
    pub fn guarded(guard: Statement) -> Self {
        Self { guards: vec![guard], statements: Vec::new(), shreds: false }
    }

    pub fn unguarded(first: Statement) -> Self {
        Self { guards: Vec::new(), statements: vec![first], shreds: false }
    }

    /// The same change, which now also needs `guard` to change exactly one row. It comes behind the other
    /// guards: all changes take accounts before sessions, so that none waits for another in a circle.
    #[must_use]
    pub fn and_only_if(mut self, guard: Statement) -> Self {
        self.guards.push(guard);
        self
    }

    #[must_use]
    pub fn then(mut self, statement: Statement) -> Self {
        self.statements.push(statement);
        self
    }

    #[must_use]
    pub fn then_all(mut self, statements: impl IntoIterator<Item = Statement>) -> Self {
        self.statements.extend(statements);
        self
    }

    /// The line of history that every change leaves.
    #[must_use]
    pub fn recorded(self, event: &Event) -> Self {
        self.then(events::insert(event)).then_all(webhook_deliveries::enqueue(event))
    }

    /// As [`Change::recorded`], for several lines in their order.
    #[must_use]
    pub fn recorded_all(self, events: &[Event]) -> Self {
        events.iter().fold(self, Self::recorded)
    }

    #[must_use]
    pub fn shredding(mut self) -> Self {
        self.shreds = true;
        self
    }
}
