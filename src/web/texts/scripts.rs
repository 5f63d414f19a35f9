//! What the scripts of the Hub page say, handed to them as JSON in an attribute of the form.

use serde_json::{Map, Value, json};

use crate::model::failure::{Failure, FailureCode};
use crate::model::language::Language;
use crate::web::texts::with;
use crate::web::words;

/// Each is `script-NAME` in the files, and `texts.NAME` with `_` for `-` in the scripts.
const SAID: [&str; 16] = [
    "show",
    "hide",
    "cancel",
    "cancelling",
    "connecting",
    "step-done",
    "active",
    "done",
    "failed",
    "tenant-missing",
    "region-missing",
    "key-missing",
    "key-shape",
    "key-cut",
    "key-scim",
    "key-token",
];

/// What only the browser can know: with a title, a reason and a next step, like the server's failures.
const FAILURES: [&str; 3] = ["lost", "signed-out", "refused"];

/// The names of the placeholders that a script fills in.
const FILLED_BY_SCRIPTS: [&str; 6] = ["step", "status", "time", "n", "large", "small"];

/// A text in which a script replaces `{name}`.
pub fn pattern(language: Language, key: &str) -> String {
    let marks = FILLED_BY_SCRIPTS.map(|name| format!("{{{name}}}"));
    let values: Vec<(&'static str, &str)> =
        FILLED_BY_SCRIPTS.into_iter().zip(marks.iter().map(String::as_str)).collect();
    with(language, key, &values).into_owned()
}

/// All of it. An admin, whose pages are English, can look at Accounts after a loss.
pub fn of_hub(language: Language, for_admin: bool) -> String {
    let name = |key: &str| key.replace('-', "_");
    let mut texts = Map::new();
    for key in SAID {
        texts.insert(name(key), Value::String(pattern(language, &format!("script-{key}"))));
    }
    for key in FAILURES {
        let part = |part: &str| pattern(language, &format!("script-{key}{part}"));
        let next_step = match key {
            "lost" if for_admin => {
                "Look at Accounts to see whether it was saved. Connecting again does no harm."
                    .to_owned()
            }
            _ => part(".next"),
        };
        let words = json!({ "title": part(""), "reason": part(".reason"), "next_step": next_step });
        texts.insert(name(key), words);
    }
    let stopped = words::of(&Failure::new(FailureCode::Cancelled), "", language);
    let stopped = json!({
        "title": stopped.title, "reason": stopped.reason, "next_step": stopped.next_step,
    });
    texts.insert("cancelled".to_owned(), stopped);
    Value::Object(texts).to_string()
}

#[cfg(test)]
pub fn keys() -> impl Iterator<Item = String> {
    SAID.iter().chain(&FAILURES).map(|key| format!("script-{key}"))
}
