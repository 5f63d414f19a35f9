//! Renders every component and page with samples, also into `target/samples/`, so that they can be
//! looked at: `python3 -m http.server --bind 127.0.0.1 --directory target/samples`.

use std::fs;
use std::path::Path;

use askama::Template;

use crate::clock::Timestamp;
use crate::model::account::AccountStatus;
use crate::model::identity::KeyRecord;
use crate::web::assets;
use crate::web::components::{Badge, Choice, Expiry, FailureBox, Pagination, Problem};
use crate::web::layout::{Layout, Nav};

pub const HOSTILE: &str = r#"<script>alert("x")</script>"#;
const TEXTS: [(&str, &str); 4] = [
    ("plain", "My Company"),
    ("hostile", HOSTILE),
    ("rtl", "شركة المثال للتحليلات والبيانات"),
    ("long", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"),
];

/// Renders, checks what holds for every page, and writes the page to be looked at.
pub fn show(name: &str, page: &impl Template) -> String {
    let html = page.render().expect("a page renders");
    assert!(!html.contains(HOSTILE), "{name} does not escape");
    assert!(!html.contains(" style=") && !html.contains("<style"), "{name} has inline style");
    assert!(!html.contains(" onclick="), "{name} has an inline handler");
    for script in html.split("<script").skip(1) {
        assert!(script.starts_with(" type=\"module\" src=\"/static/"), "{name}: inline script");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples");
    fs::create_dir_all(folder.join("static")).expect("target is writable");
    fs::write(folder.join(format!("{name}.html")), &html).expect("target is writable");
    for (path, data) in assets::all() {
        fs::write(folder.join("static").join(path), data).expect("target is writable");
    }
    html
}

#[derive(Template)]
#[template(path = "samples.html")]
struct Components {
    layout: Layout,
    text: String,
    choices: Vec<Choice>,
    badges_: Vec<Badge>,
    expiries: Vec<Expiry>,
    failure: FailureBox,
    problem: Option<Problem>,
    pagination: Pagination,
}

#[test]
fn every_component_escapes_what_it_shows() {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let key = |created: &str, expires: &str| KeyRecord {
        id: None,
        created_at: Timestamp::parse(created),
        expires_at: Timestamp::parse(expires),
    };
    for (name, text) in TEXTS {
        let text = text.to_owned();
        let page = Components {
            layout: Layout::signed_in(text.clone(), Nav::Accounts),
            choices: vec![Choice { value: text.clone(), text: text.clone(), chosen: true }],
            badges_: AccountStatus::ALL.into_iter().map(Badge::status).collect(),
            expiries: vec![
                Expiry::of(&key("2026-11-23T09:41:00Z", "2026-11-24T09:41:00Z"), now),
                Expiry::of(&key("2026-11-22T11:00:00Z", "2026-11-23T11:00:00Z"), now),
                Expiry::of(&key("2026-11-21T11:00:00Z", "2026-11-22T11:00:00Z"), now),
                Expiry::of(&KeyRecord::default(), now),
            ],
            failure: FailureBox {
                code: "key_rejected",
                step: "Key",
                title: text.clone(),
                reason: text.clone(),
                next_step: text.clone(),
                support_id: text.clone(),
            },
            problem: Some(Problem { code: text.clone(), text: text.clone() }),
            pagination: Pagination {
                summary: text.clone(),
                previous: Some("/accounts".to_owned()),
                next: Some(format!("/accounts?q={text}")),
            },
            text,
        };
        let html = show(&format!("components-{name}"), &page);
        assert!(html.contains("in 23 h 41 min"));
        assert!(html.contains("aria-invalid=\"true\""));
    }
}
