//! A calendar of expiries as RFC 5545 has it. What is written is the same as long as what is told is the
//! same, so that a program that asks again can be told that nothing has changed.
//!
//! It is written here because the one crate that is kept for this stamps entries and alarms with the system's
//! clock and random ids.

use std::fmt::Write as _;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::linking::{CALENDAR_ENTRIES, Expiries};
use crate::model::account::{Account, Rules};
use crate::web::paths;

/// Octets of a line, without its end.
const LINE: usize = 75;
/// Programs are asked to look again after so long.
const REFRESH: &str = "PT1H";

/// `origin` is the hub's own, for the links; `product` is what the hub is called.
pub fn calendar(expiries: &Expiries, origin: &str, product: &str, rules: &Rules) -> String {
    let name = format!("{product}: Qlik keys that expire");
    let more = if expiries.more {
        format!(" These are the {CALENDAR_ENTRIES} that expire soonest; there are more.")
    } else {
        String::new()
    };
    let about = format!("When the stored Qlik API keys of linked accounts expire.{more}");
    let mut lines = Lines::default();
    lines.value("BEGIN", "VCALENDAR");
    lines.value("VERSION", "2.0");
    lines.value("PRODID", "-//linkhub//Key expiries//EN");
    lines.value("CALSCALE", "GREGORIAN");
    lines.value("METHOD", "PUBLISH");
    lines.escaped("NAME", &name);
    lines.escaped("X-WR-CALNAME", &name);
    lines.escaped("DESCRIPTION", &about);
    lines.escaped("X-WR-CALDESC", &about);
    lines.value("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    lines.value("X-PUBLISHED-TTL", REFRESH);
    for account in &expiries.accounts {
        if let Some(expires_at) = account.key.expires_at {
            entry(&mut lines, account, expires_at, origin, rules);
        }
    }
    lines.value("END", "VCALENDAR");
    lines.0
}

fn entry(lines: &mut Lines, account: &Account, expires_at: Timestamp, origin: &str, rules: &Rules) {
    let summary = format!("Qlik key of {} expires", account.name());
    let url = format!("{origin}{}", paths::account(&account.id));
    let owner = &account.owner;
    let whose = if owner.name.is_empty() { &owner.id } else { &owner.name };
    let mut about = format!("{} at {}", account.user.name, account.host);
    if !whose.is_empty() {
        let _ = write!(about, "\nOwner: {whose}");
    }
    let _ = write!(about, "\nReconnect before then: {url}");
    // Another key is another entry, so that an alarm that was dismissed comes again.
    let stored_at = account.key_stored_at.as_millis().to_string();
    let key = account.key.id.as_ref().unwrap_or(&stored_at);
    lines.value("BEGIN", "VEVENT");
    lines.escaped("UID", &format!("{}-{key}", account.id));
    lines.value("DTSTAMP", &instant(account.updated_at));
    lines.value("LAST-MODIFIED", &instant(account.updated_at));
    lines.value("DTSTART", &instant(expires_at));
    lines.escaped("SUMMARY", &summary);
    lines.escaped("DESCRIPTION", &about);
    lines.value("URL", &url);
    lines.value("TRANSP", "TRANSPARENT");
    if !account.renews_itself(rules) {
        for percent in &rules.warnings {
            let at = account.percent_remains_at(*percent);
            if let Some(at) = at.filter(|at| *at > account.key_stored_at) {
                alarm(lines, &summary, expires_at.since(at));
            }
        }
    }
    lines.value("END", "VEVENT");
}

fn alarm(lines: &mut Lines, summary: &str, before: Duration) {
    lines.value("BEGIN", "VALARM");
    lines.value("ACTION", "DISPLAY");
    lines.escaped("DESCRIPTION", summary);
    lines.value("TRIGGER", &format!("-PT{}M", before.as_secs() / 60));
    lines.value("END", "VALARM");
}

/// An instant in UTC, in the form `20261124T094100Z`.
fn instant(at: Timestamp) -> String {
    at.to_string().chars().filter(|c| !matches!(c, '-' | ':')).collect()
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    /// A value of ours, which is not text: a date, a length of time, a URL, a word of the format.
    fn value(&mut self, name: &str, value: &str) {
        self.folded(&format!("{name}:{value}"));
    }

    /// Text that people have given, as the format wants it: no control character stays, since a line break
    /// would begin a line of its own.
    fn escaped(&mut self, name: &str, text: &str) {
        let mut line = format!("{name}:");
        for c in text.chars() {
            match c {
                '\\' | ';' | ',' => line.extend(['\\', c]),
                '\n' => line.push_str("\\n"),
                c if c.is_control() => {}
                c => line.push(c),
            }
        }
        self.folded(&line);
    }

    /// A line of more than 75 octets goes on behind a blank; no character is cut in two.
    fn folded(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests;
