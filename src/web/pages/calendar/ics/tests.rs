use proptest::prelude::*;

use super::*;

fn written(text: &str) -> String {
    let mut lines = Lines::default();
    lines.escaped("SUMMARY", text);
    lines.0
}

/// What a reader makes of it: unfolded, unescaped.
fn read(line: &str) -> String {
    let line = line.replace("\r\n ", "");
    let text = line.strip_prefix("SUMMARY:").unwrap().strip_suffix("\r\n").unwrap();
    let mut read = String::new();
    let mut escaped = false;
    for c in text.chars() {
        match c {
            '\\' if !escaped => escaped = true,
            'n' if escaped => {
                read.push('\n');
                escaped = false;
            }
            c => {
                read.push(c);
                escaped = false;
            }
        }
    }
    read
}

#[test]
fn text_is_escaped_and_cannot_begin_a_line() {
    assert_eq!(written("a,b;c\\d\ne"), "SUMMARY:a\\,b\\;c\\\\d\\ne\r\n");
    assert_eq!(written("x\r\nBEGIN:VEVENT"), "SUMMARY:x\\nBEGIN:VEVENT\r\n");
    assert_eq!(written("x\u{b}\0\u{85}y"), "SUMMARY:xy\r\n");
}

#[test]
fn an_instant_is_in_utc() {
    let at = Timestamp::parse("2026-11-24T10:41:00+01:00").unwrap();
    assert_eq!(instant(at), "20261124T094100Z");
}

proptest! {
    #[test]
    fn no_line_is_longer_than_75_octets_and_nothing_is_lost(text in "(\\PC|[ ,;\\\\é日🔑\n]){0,200}") {
        let written = written(&text);
        for line in written.split("\r\n") {
            prop_assert!(line.len() <= LINE, "{line}");
            prop_assert!(!line.contains(['\r', '\n']));
        }
        prop_assert_eq!(read(&written), text);
    }
}
