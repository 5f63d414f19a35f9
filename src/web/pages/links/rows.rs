//! The lines of the list of links.

use crate::clock::Timestamp;
use crate::model::account::Owner;
use crate::model::connect_session::{ConnectSession, SessionState};
use crate::web::components::{Badge, relative, who};
use crate::web::pages::accounts::Moment;
use crate::web::paths;

/// A link that can still be used.
#[derive(Debug)]
pub struct OpenLink {
    pub about: About,
    pub ends: Moment,
    pub opened: Option<Moment>,
    pub revoke: String,
}

/// A link that cannot be used any more.
#[derive(Debug)]
pub struct EndedLink {
    pub about: About,
    pub badge: Badge,
    pub ended: Moment,
    /// What was linked with it.
    pub account: Option<String>,
}

/// What both have in common.
#[derive(Debug)]
pub struct About {
    pub owner: String,
    pub owner_id: String,
    pub note: String,
    /// What it will do, where it does not simply link an account.
    pub does: &'static str,
    pub account: Option<String>,
    pub made: Moment,
    pub made_by: String,
}

impl About {
    fn new(session: &ConnectSession, now: Timestamp) -> Self {
        let Owner { id, name, .. } = &session.terms.owner;
        let account = session.terms.account_id.as_ref();
        Self {
            owner: if name.is_empty() { id.clone() } else { name.clone() },
            owner_id: if name.is_empty() { String::new() } else { id.clone() },
            note: session.terms.note.clone(),
            does: match (account, session.terms.multiple, session.terms.reusable) {
                (Some(_), ..) => "Renews an account",
                (None, _, true) => "Can be used again",
                (None, true, false) => "One more account",
                (None, false, false) => "",
            },
            account: account.map(paths::account),
            made: Moment::of(session.created_at, now),
            made_by: who(&session.made_by),
        }
    }
}

impl OpenLink {
    pub fn new(session: &ConnectSession, now: Timestamp) -> Self {
        Self {
            about: About::new(session, now),
            ends: Moment::of(session.expires_at, now),
            opened: session.opened_at.map(|at| Moment::of(at, now)),
            revoke: paths::link_revoke(&session.id),
        }
    }
}

impl EndedLink {
    pub fn new(session: &ConnectSession, now: Timestamp) -> Self {
        let (kind, text, at) = match session.state(now) {
            SessionState::Used => ("active", "Used", session.completed_at),
            SessionState::Revoked => ("suspended", "Revoked", session.revoked_at),
            SessionState::Blocked => ("error", "Blocked: too many refused keys", None),
            SessionState::Expired | SessionState::Open => {
                ("unchecked", "Expired", Some(session.expires_at))
            }
        };
        let at = at.unwrap_or(session.created_at);
        // Blocking leaves no time of its own.
        let words = if kind == "error" { String::new() } else { relative(at, now) };
        Self {
            about: About::new(session, now),
            badge: Badge { kind, text: text.to_owned() },
            ended: Moment { at: at.to_string(), words },
            account: session.linked_account_id.as_ref().map(paths::account),
        }
    }
}
