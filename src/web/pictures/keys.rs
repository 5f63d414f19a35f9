//! The life of an account's keys, one bar each on a common line of time: from when a key was stored to when it
//! expired or had a successor.

use crate::clock::Timestamp;
use crate::model::account::past::StoredKey;
use crate::model::account::{Account, AccountStatus, Rules};
use crate::web::components::{length, relative};

/// So many keys are drawn: the present one and those before.
const SHOWN: usize = 6;
/// One more is read, to know whether there are earlier ones.
pub const READ: usize = SHOWN + 1;
const WIDTH: u64 = 1_000;
const NARROWEST: u64 = 4;

#[derive(Debug)]
pub struct KeysPicture {
    pub width: u64,
    pub keys: Vec<KeyBar>,
    /// There were keys before these.
    pub earlier: bool,
    pub begins: String,
    /// "now", or when the line of time ends.
    pub ends: String,
    /// When people are told that the present key will expire, in the order of time.
    pub warnings: Vec<Warning>,
    /// Why nobody is told; empty if somebody is.
    pub unwarned: &'static str,
}

#[derive(Debug)]
pub struct KeyBar {
    pub name: String,
    pub words: String,
    pub parts: Vec<Part>,
    pub marks: Vec<Line>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// `used`, `left` (in the future), or `unused` (it had a successor before its end).
    pub kind: &'static str,
    pub x: u64,
    pub width: u64,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// `now`, `warning`, or `warned` if that is past.
    pub kind: &'static str,
    pub x: u64,
}

#[derive(Debug)]
pub struct Warning {
    pub at: String,
    pub text: String,
    pub past: bool,
}

impl KeysPicture {
    /// `past` is what history tells of stored keys, the newest first; the present key may be among them.
    pub fn new(account: &Account, past: &[StoredKey], rules: &Rules, now: Timestamp) -> Self {
        let present = StoredKey {
            stored_at: account.key_stored_at,
            id: account.key.id.clone(),
            expires_at: account.key.expires_at,
        };
        let mut keys = vec![present.clone()];
        keys.extend(past.iter().filter(|key| key.is_before(&present)).cloned());
        let earlier = keys.len() > SHOWN;
        keys.truncate(SHOWN);
        let first = keys.iter().map(|key| key.stored_at).min().unwrap_or(now);
        let last = keys[0].expires_at.unwrap_or(now).max(now);
        let time = Time { first, last };
        let successors = [None].into_iter().chain(keys.iter().map(|key| Some(key.stored_at)));
        let mut bars: Vec<KeyBar> =
            keys.iter().zip(successors).map(|(key, next)| bar(key, next, time, now)).collect();
        let warned = unwarned(account, rules);
        let due = if warned.is_empty() { due(account, rules) } else { Vec::new() };
        bars[0].marks.extend(due.iter().map(|(_, at)| Line {
            kind: if *at <= now { "warned" } else { "warning" },
            x: time.x(*at),
        }));
        Self {
            width: WIDTH,
            keys: bars,
            earlier,
            begins: relative(first, now),
            ends: relative(last, now),
            warnings: due.iter().map(|(percent, at)| warning(*percent, *at, now)).collect(),
            unwarned: warned,
        }
    }
}

/// What the width of the picture stands for.
#[derive(Clone, Copy)]
struct Time {
    first: Timestamp,
    last: Timestamp,
}

impl Time {
    fn x(self, at: Timestamp) -> u64 {
        let whole = self.last.since(self.first).as_millis().max(1);
        let here = at.min(self.last).since(self.first).as_millis();
        u64::try_from(here * u128::from(WIDTH) / whole).unwrap_or(WIDTH)
    }

    fn part(self, kind: &'static str, from: Timestamp, to: Timestamp) -> Option<Part> {
        let x = self.x(from).min(WIDTH - NARROWEST);
        let width = self.x(to).saturating_sub(x).max(NARROWEST);
        (from < to).then_some(Part { kind, x, width })
    }
}

/// Of a key that had a successor at `next`, if it had one.
fn bar(key: &StoredKey, next: Option<Timestamp>, time: Time, now: Timestamp) -> KeyBar {
    let used_until = [key.expires_at, next, Some(now)].into_iter().flatten().min().unwrap_or(now);
    let used = time.part("used", key.stored_at, used_until);
    let rest = key.expires_at.and_then(|end| match next {
        None => time.part("left", now, end),
        Some(next) => time.part("unused", next, end.min(time.last)),
    });
    let stored = format!("stored {}", relative(key.stored_at, now));
    let ended = match (key.expires_at, next) {
        (Some(end), _) if end <= next.unwrap_or(now) => format!("expired {}", relative(end, now)),
        (_, Some(next)) => format!("replaced {}", relative(next, now)),
        (Some(end), None) => format!("expires {}", relative(end, now)),
        (None, None) => "expires nobody knows when".to_owned(),
    };
    KeyBar {
        name: if next.is_none() { "Present key" } else { "Earlier key" }.to_owned(),
        words: format!("{stored}, {ended}"),
        parts: used.into_iter().chain(rest).collect(),
        marks: vec![Line { kind: "now", x: time.x(now) }],
    }
}

fn unwarned(account: &Account, rules: &Rules) -> &'static str {
    if account.key.expires_at.is_none() {
        "Nobody is warned: when the key expires is unknown."
    } else if account.status != AccountStatus::Active {
        "Nobody is warned: only active accounts are waited for."
    } else if account.renews_itself(rules) {
        "Nobody is warned: linkhub renews the key by itself."
    } else if rules.warnings.is_empty() {
        "Nobody is warned: warnings are switched off."
    } else {
        ""
    }
}

fn due(account: &Account, rules: &Rules) -> Vec<(u8, Timestamp)> {
    let due = rules.warnings.iter();
    due.filter_map(|percent| Some((*percent, account.percent_remains_at(*percent)?))).collect()
}

fn warning(percent: u8, at: Timestamp, now: Timestamp) -> Warning {
    let text = format!("{percent} % of its life left");
    let past = at <= now;
    let when = if past { length(now.since(at)) + " ago" } else { relative(at, now) };
    Warning { at: at.to_string(), text: format!("{text} {when}"), past }
}

#[cfg(test)]
mod tests;
