//! Instants and lengths of time in words. `static/time.js` puts the same together while a page is open.

use std::time::Duration;

use serde_json::json;

use crate::clock::Timestamp;
use crate::model::language::Language;
use crate::web::texts::{counted, get, scripts, with};

/// An instant seen from now: "in 23 h 41 min", "5 min ago".
pub fn relative(language: Language, at: Timestamp, now: Timestamp) -> String {
    let text = if at > now {
        with(language, "time-in", &[("time", &length(language, at.since(now)))])
    } else if now.since(at) < Duration::from_mins(1) {
        get(language, "time-now")
    } else {
        with(language, "time-ago", &[("time", &length(language, now.since(at)))])
    };
    text.into_owned()
}

/// A length of time in its two largest units: "3 d 4 h", "23 h 41 min", "12 min", "40 s".
pub fn length(language: Language, duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let unit = |key: &str, n: u64| counted(language, key, n).into_owned();
    let pair = |large: &str, small: &str| {
        with(language, "time-pair", &[("large", large), ("small", small)]).into_owned()
    };
    match (days, hours, minutes) {
        (0, 0, 0) => unit("time-seconds", seconds),
        (0, 0, minutes) => unit("time-minutes", minutes),
        (0, hours, 0) => unit("time-hours", hours),
        (0, hours, minutes) => pair(&unit("time-hours", hours), &unit("time-minutes", minutes)),
        (days, hours @ 1.., _) if days < 14 => {
            pair(&unit("time-days", days), &unit("time-hours", hours))
        }
        (days, _, _) => unit("time-days", days),
    }
}

/// How long to wait, to stand in a sentence: "13 seconds", "a minute" if nobody said.
pub fn wait(language: Language, wait: Option<Duration>) -> String {
    let text = match wait.map(|wait| wait.as_secs().max(1)) {
        None => counted(language, "wait-minutes", 1),
        Some(seconds @ ..120) => counted(language, "wait-seconds", seconds),
        Some(seconds) => counted(language, "wait-minutes", seconds.div_ceil(60)),
    };
    text.into_owned()
}

/// The words of [`relative`] as JSON, for the script.
pub fn for_scripts(language: Language) -> String {
    let pattern = |key: &str| scripts::pattern(language, key);
    json!({
        "in": pattern("time-in"),
        "ago": pattern("time-ago"),
        "now": pattern("time-now"),
        "days": pattern("time-days"),
        "hours": pattern("time-hours"),
        "minutes": pattern("time-minutes"),
        "seconds": pattern("time-seconds"),
        "pair": pattern("time-pair"),
    })
    .to_string()
}
