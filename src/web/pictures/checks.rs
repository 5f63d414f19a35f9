//! An account's checks over time: one lane for each result, in buckets, so that thousands fit.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::model::account::past::{CheckResult, PastCheck};
use crate::web::components::relative;
use crate::web::pictures::minute;

/// No more checks are read for a picture.
pub const MOST: usize = 2_000;
const BUCKETS: u64 = 60;
/// Of a bucket, of which a bit stays blank.
const WIDTH: u64 = 10;
const HEIGHT: u64 = 20;
const LOWEST: u64 = 8;

/// What a picture may span, with the words for it: the shortest that holds the account's time.
const SPANS: [(Duration, &str); 3] = [
    (Duration::from_hours(24), "24 hours"),
    (Duration::from_hours(7 * 24), "7 days"),
    (Duration::from_hours(30 * 24), "30 days"),
];

#[derive(Debug)]
pub struct ChecksPicture {
    /// "96 checks in the last 7 days: 94 good, 2 without an answer".
    pub summary: String,
    /// "7 days ago".
    pub begins: String,
    pub width: u64,
    pub height: u64,
    /// None if there was no check.
    pub lanes: Vec<Lane>,
    /// The heading of the first column.
    pub unit: &'static str,
    pub rows: Vec<Row>,
}

/// All checks with one result.
#[derive(Debug)]
pub struct Lane {
    pub kind: &'static str,
    pub text: &'static str,
    pub count: usize,
    /// "the last 5 min ago"; empty if there is none.
    pub last: String,
    pub marks: Vec<Mark>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Mark {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
    /// "2026-11-24 10:00 UTC: 3".
    pub text: String,
}

/// The same as text: so many of each result, in the order of [`CheckResult::ALL`].
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    pub when: String,
    pub counts: [usize; CheckResult::ALL.len()],
}

/// From when on a picture is drawn that is looked at now.
pub fn since(linked_at: Timestamp, now: Timestamp) -> Timestamp {
    now.minus(span(linked_at, now).0)
}

fn span(linked_at: Timestamp, now: Timestamp) -> (Duration, &'static str) {
    let age = now.since(linked_at);
    SPANS.into_iter().find(|(span, _)| age <= *span).unwrap_or(SPANS[SPANS.len() - 1])
}

impl ChecksPicture {
    /// Of the newest checks since [`since`], at most [`MOST`], the newest first.
    pub fn new(checks: &[PastCheck], linked_at: Timestamp, now: Timestamp) -> Self {
        let (span, words) = span(linked_at, now);
        let from = now.minus(span);
        let of = |result| checks.iter().filter(move |check| check.result == result);
        let lanes: Vec<Lane> =
            CheckResult::ALL.map(|result| lane(result, of(result), (from, span), now)).into();
        let hourly = span <= SPANS[0].0;
        Self {
            summary: summary(checks.len(), words, &lanes),
            begins: format!("{words} ago"),
            width: BUCKETS * WIDTH,
            height: HEIGHT,
            lanes: if checks.is_empty() { Vec::new() } else { lanes },
            unit: if hourly { "Hour (UTC)" } else { "Day (UTC)" },
            rows: rows(checks, hourly),
        }
    }
}

const fn names(result: CheckResult) -> (&'static str, &'static str, &'static str) {
    match result {
        CheckResult::Good => ("good", "Good", "good"),
        CheckResult::Unknown => ("unknown", "No answer", "without an answer"),
        CheckResult::Refused => ("refused", "Refused", "refused"),
    }
}

fn summary(count: usize, words: &str, lanes: &[Lane]) -> String {
    let results = CheckResult::ALL.into_iter().zip(lanes);
    let parts: Vec<String> = results
        .filter(|(_, lane)| lane.count > 0)
        .map(|(result, lane)| match lane.count {
            all if all == count && count > 1 => format!("all {}", names(result).2),
            some if some < count => format!("{some} {}", names(result).2),
            _ => names(result).2.to_owned(),
        })
        .collect();
    let parts = parts.join(", ");
    match count {
        0 => format!("No check in the last {words}."),
        1 => format!("1 check in the last {words}: {parts}."),
        MOST.. => format!("The newest {count} checks of the last {words}: {parts}."),
        _ => format!("{count} checks in the last {words}: {parts}."),
    }
}

fn lane<'a>(
    result: CheckResult,
    checks: impl Iterator<Item = &'a PastCheck>,
    (from, span): (Timestamp, Duration),
    now: Timestamp,
) -> Lane {
    let mut buckets = BTreeMap::<u64, u64>::new();
    let (mut count, mut last) = (0, None);
    let bucket = Duration::from_secs(span.as_secs() / BUCKETS);
    for check in checks {
        let at = check.at.since(from).as_secs() / bucket.as_secs();
        *buckets.entry(at.min(BUCKETS - 1)).or_default() += 1;
        last = last.max(Some(check.at));
        count += 1;
    }
    let most = buckets.values().copied().max().unwrap_or(1);
    let mark = |(at, count): (&u64, &u64)| {
        let height = LOWEST + (HEIGHT - LOWEST) * count / most;
        let begins = from.plus(bucket * u32::try_from(*at).unwrap_or(0));
        Mark {
            x: at * WIDTH + 1,
            y: HEIGHT - height,
            width: WIDTH - 2,
            height,
            text: format!("{}: {count}", minute(begins)),
        }
    };
    let (kind, text, _) = names(result);
    Lane {
        kind,
        text,
        count,
        last: last.map(|at| format!("the last {}", relative(at, now))).unwrap_or_default(),
        marks: buckets.iter().map(mark).collect(),
    }
}

/// Times without a check have no row.
fn rows(checks: &[PastCheck], hourly: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for check in checks {
        let text = check.at.to_string();
        let when = if hourly { text.get(..13) } else { text.get(..10) };
        let when = when.unwrap_or(&text).replace('T', " ");
        let when = if hourly { format!("{when}:00") } else { when };
        if rows.last().is_none_or(|row| row.when != when) {
            rows.push(Row { when: when.clone(), counts: [0; 3] });
        }
        if let Some(row) = rows.last_mut() {
            row.counts[check.result as usize] += 1;
        }
    }
    rows
}

#[cfg(test)]
mod tests;
