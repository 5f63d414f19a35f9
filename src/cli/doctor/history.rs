//! Whether every line of history is there and as it was written.

use std::io::Write as _;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Report;
use crate::config::Settings;
use crate::linking::{ChainReport, verify_history};
use crate::model::event_chain::{Break, ChainEnds, StoredEnds};
use crate::store::Store;
use crate::vault::Vault;

/// On a large table a line tells every so often how far it is.
const SAID_EVERY: i64 = 100_000;

pub async fn check(store: &Store, vault: Option<&Vault>, settings: &Settings, report: &mut Report) {
    let said = AtomicI64::new(0);
    let progress = |done: i64, all: i64| {
        let step = done / SAID_EVERY;
        if step > said.swap(step, Ordering::Relaxed) {
            let _ = writeln!(std::io::stderr(), "  …      {done} of {all} lines of history");
        }
    };
    match verify_history(store, vault, &progress).await {
        Ok(found) => {
            tell(&found, settings, report);
            if let Ok(Some(StoredEnds { ends: ChainEnds { head, .. }, .. })) =
                store.find_chain_ends().await
            {
                let hash = head.hash.iter().fold(String::new(), |hex, b| hex + &format!("{b:02x}"));
                report.right(&format!("its last line is number {}, hash {hash}", head.seq));
            }
        }
        Err(error) => {
            report.wrong(&format!("{:#}", anyhow::Error::new(error)), "Look at the database.");
        }
    }
}

fn tell(found: &ChainReport, settings: &Settings, report: &mut Report) {
    let ChainReport { verified, removed, unchained, broken } = found;
    match broken {
        Some(broken) => report.wrong(
            &format!("history was tampered with: {}", what(broken)),
            "Compare it with a backup or an export. Whoever did it could write to the database.",
        ),
        None => report.right(&format!("history is whole: {verified} lines are chained")),
    }
    if *removed > 0 && settings.event_retention == 0 {
        report.hint(
            &format!("{removed} lines of history were removed because of their age"),
            "LINKHUB_EVENT_RETENTION keeps them for ever now; it has not always done so.",
        );
    } else if *removed > 0 {
        report.right(&format!("{removed} older lines were removed because of their age"));
    }
    if *unchained > 0 {
        report.hint(
            &format!("{unchained} lines of history are not chained yet"),
            "A running hub chains them within seconds, unless LINKHUB_BACKGROUND is false.",
        );
    }
}

fn what(broken: &Break) -> String {
    match broken {
        Break::Missing { seq, before } => {
            format!("line {seq} is missing, before the one of {before}")
        }
        Break::Changed { seq, at } => {
            format!(
                "line {seq} of {at} is not what was written, or does not follow line {}",
                seq - 1
            )
        }
        Break::Tail { seq, until } if seq == until => format!("line {seq}, the last, is missing"),
        Break::Tail { seq, until } => format!("lines {seq} to {until}, the last, are missing"),
        Break::Ends => {
            "the record of where it begins and ends is not what a hub has written".to_owned()
        }
        Break::Outside { lines } => {
            format!("{lines} lines stand before its beginning or behind its end")
        }
    }
}
