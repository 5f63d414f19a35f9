use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use serde_json::Value;

use super::*;
use crate::clock::Timestamp;
use crate::model::failure::{FailureCode, Step};
use crate::qlik::REGIONS;

/// What is the same word in another language, or a name.
const SAME_AS_ENGLISH: &[(&str, &[Language])] = {
    use Language::{De, Es, Fr, Pt};
    &[
        ("error-status", &[Es]),
        ("hub-region", &[De]),
        ("hub-title-error", &[Es]),
        ("layout-guide", &[Fr]),
        ("linked-tenant", &[De, Fr, Es, Pt]),
        ("region-ap", &[De, Fr, Pt]),
        ("region-br", &[De, Fr, Es, Pt]),
        ("region-de", &[De, Pt]),
        ("region-fr", &[De, Fr, Pt]),
        ("region-il", &[De, Es, Pt]),
        ("region-in", &[De, Fr, Pt]),
        ("region-jp", &[Fr]),
        ("region-se", &[De, Fr]),
        ("region-uk", &[De]),
        ("time-days", &[Es, Pt]),
        ("time-hours", &[Fr, Es, Pt]),
        ("time-in", &[De]),
        ("time-minutes", &[Fr, Es, Pt]),
        ("time-pair", &[De, Fr, Es, Pt]),
        ("time-seconds", &[Fr, Es, Pt]),
    ]
};

/// Every key of a language with its placeholders and its words (all variants, in order).
fn texts(language: Language) -> BTreeMap<String, (BTreeSet<String>, String)> {
    let resource = FluentResource::try_new(source(language).to_owned());
    let resource = resource.unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
    let mut texts = BTreeMap::new();
    for entry in resource.entries() {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            other => panic!("{language:?}: {other:?}"),
        };
        let value = message.value.as_ref().map(|value| (message.id.name.to_owned(), value));
        let attributes = message.attributes.iter().map(|attribute| {
            (format!("{}.{}", message.id.name, attribute.id.name), &attribute.value)
        });
        for (key, pattern) in value.into_iter().chain(attributes) {
            let mut found = (BTreeSet::new(), String::new());
            read(pattern, &mut found);
            assert!(texts.insert(key.clone(), found).is_none(), "{language:?}: {key} twice");
        }
    }
    texts
}

fn read(pattern: &Pattern<&str>, found: &mut (BTreeSet<String>, String)) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => found.1.push_str(value),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(inline) => variable(inline, found),
                Expression::Select { selector, variants } => {
                    variable(selector, found);
                    for variant in variants {
                        read(&variant.value, found);
                    }
                }
            },
        }
    }
}

fn variable(expression: &InlineExpression<&str>, found: &mut (BTreeSet<String>, String)) {
    match expression {
        InlineExpression::VariableReference { id } => {
            found.0.insert(id.name.to_owned());
            found.1.push('*');
        }
        other => panic!("no text needs {other:?}"),
    }
}

#[test]
fn all_languages_have_the_same_texts_and_placeholders() {
    let english = texts(Language::En);
    for language in Language::ALL {
        let theirs = texts(language);
        let missing: Vec<_> = english.keys().filter(|key| !theirs.contains_key(*key)).collect();
        let unknown: Vec<_> = theirs.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{language:?}: -{missing:?} +{unknown:?}"
        );
        for (key, (placeholders, words)) in &theirs {
            assert_eq!(placeholders, &english[key].0, "{language:?}: {key}");
            assert!(!words.trim().is_empty(), "{language:?}: {key}");
        }
    }
}

#[test]
fn no_text_stayed_english_by_accident() {
    let english = texts(Language::En);
    for language in Language::ALL.into_iter().filter(|language| *language != Language::En) {
        for (key, (_, words)) in texts(language) {
            let allowed = SAME_AS_ENGLISH
                .iter()
                .any(|(same, languages)| *same == key && languages.contains(&language));
            assert_eq!(words == english[&key].1, allowed, "{language:?}: {key}: {words}");
        }
    }
}

#[test]
fn french_punctuation_never_begins_a_line() {
    let guide = files("templates/guide", "fr.md");
    let words = texts(Language::Fr).into_values().map(|(_, words)| words).chain([guide]);
    for text in words {
        for loose in [" ?", " !", " ;", " :", "« ", " »"] {
            assert!(!text.contains(loose), "{loose}: {text}");
        }
    }
}

/// English sentences that cannot be part of a page in another language, as HTML writes them.
pub fn unmistakably_english() -> Vec<String> {
    texts(Language::En)
        .into_iter()
        .flat_map(|(_, (_, words))| words.split('*').map(str::to_owned).collect::<Vec<_>>())
        .map(|part| part.trim().to_owned())
        .filter(|part| part.matches(' ').count() >= 2)
        .collect()
}

fn files(folder: &str, ending: &str) -> String {
    let mut text = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &files(path.to_str().unwrap(), ending);
        } else if path.to_string_lossy().ends_with(ending) && !path.ends_with("tests.rs") {
            text += &fs::read_to_string(path).unwrap();
        }
    }
    text
}

#[test]
fn what_is_asked_for_is_there_and_what_is_there_is_asked_for() {
    let english = texts(Language::En);
    let asking = files("templates", ".html") + &files("src/web", ".rs");
    for call in [".text(\"", ".text_with(\"", "get(language, \"", "pattern(\""] {
        for key in asking.split(call).skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(english.contains_key(key), "{key}");
        }
    }
    let mut asked: BTreeSet<String> = asking.split('"').map(str::to_owned).collect();
    asked.extend(FailureCode::ALL.iter().map(|code| format!("failure-{}", code.as_str())));
    asked.extend(Step::ALL.iter().map(|step| format!("step-{}", step.as_str())));
    asked.extend(REGIONS.iter().map(|(code, _)| format!("region-{code}")));
    asked.extend(scripts::keys());
    // The codes of errors are the quoted words of their file.
    let codes = asked.iter().map(|code| format!("error-{code}")).collect::<Vec<_>>();
    asked.extend(codes);
    for key in english.keys().map(|key| key.split('.').next().unwrap()) {
        assert!(asked.contains(key), "{key} is asked for by nobody");
    }
}

#[test]
fn a_region_is_called_by_its_place() {
    for (code, place) in REGIONS {
        assert_eq!(get(Language::En, &format!("region-{code}")), *place);
    }
}

/// Names behind `object.` in the scripts.
fn names(scripts: &str, object: &str) -> BTreeSet<String> {
    let ends = |c: char| !c.is_ascii_lowercase() && c != '_';
    let object = format!("{object}.");
    let found = scripts.split(&object).skip(1);
    let names = found.map(|rest| rest.split(ends).next().unwrap().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_scripts_are_given_exactly_what_they_say() {
    let hub =
        files("static", "hub.js") + &files("static", "connect.js") + &files("static", "key.js");
    let hub = hub.replace("./texts.js", "").replace("dataset.texts", "");
    let time = files("static", "time.js").replace("dataset.time", "");
    for language in Language::ALL {
        for (json, mut said) in [
            (scripts::of_hub(language, false), names(&hub, "texts")),
            (times::for_scripts(language), names(&time, "words")),
        ] {
            // The marks of the steps are looked up by their state.
            if said.contains("show") {
                said.extend(["active", "done", "failed"].map(str::to_owned));
            }
            let texts: BTreeMap<String, Value> = serde_json::from_str(&json).unwrap();
            let given: BTreeSet<String> = texts.keys().cloned().collect();
            assert_eq!(given, said, "{language:?}");
            assert!(!json.contains("script-") && !json.contains("\"\""), "{language:?}: {json}");
        }
        let texts = scripts::of_hub(language, false);
        assert!(texts.contains("{step}") && texts.contains("{status}"), "{language:?}: {texts}");
    }
}

#[test]
fn times_are_told_as_each_language_does() {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let ahead = Timestamp::parse("2026-11-24T09:41:00Z").unwrap();
    let before = Timestamp::parse("2026-11-20T06:00:00Z").unwrap();
    for (language, soon, ago) in [
        (Language::En, "in 23 h 41 min", "3 d 4 h ago"),
        (Language::De, "in 23 Std. 41 Min.", "vor 3 Tg. 4 Std."),
        (Language::Fr, "dans 23 h 41 min", "il y a 3 j 4 h"),
        (Language::Es, "dentro de 23 h 41 min", "hace 3 d 4 h"),
        (Language::Ja, "23時間41分後", "3日4時間前"),
        (Language::Pt, "em 23 h 41 min", "há 3 d 4 h"),
    ] {
        assert_eq!(times::relative(language, ahead, now), soon);
        assert_eq!(times::relative(language, before, now), ago);
        assert_eq!(times::relative(language, now, now), get(language, "time-now"));
    }
}

#[test]
fn a_length_has_at_most_two_units() {
    for (seconds, words) in [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_600, "1 h"),
        (3_660, "1 h 1 min"),
        (86_400, "1 d"),
        (86_400 + 59 * 60, "1 d"),
        (90_000, "1 d 1 h"),
        (14 * 86_400 + 7_200, "14 d"),
    ] {
        assert_eq!(times::length(Language::En, Duration::from_secs(seconds)), words);
    }
}
