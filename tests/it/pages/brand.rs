//! White label: what the operator sets is seen, and nothing of ours where it was put away.

use std::fs;

use clap::Parser as _;
use linkhub::cli::Cli;
use linkhub::clock::Clock;
use linkhub::state::AppState;
use reqwest::StatusCode;
use scraper::{Html, Node};
use tempfile::TempDir;

use crate::support::{Answer, REGION, TENANT, TestHub, Visitor};

const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 32"><script>alert(1)</script><path d="M0 0h96v32z"/></svg>"#;
const HELP: &str = "a[href='mailto:help@example.com']";

/// A hub with everything replaced, and the folder of its logo.
async fn white_label() -> (TestHub, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("logo");
    fs::write(&logo, SVG).unwrap();
    let logo = format!("--brand-logo-file={}", logo.display());
    let hub = TestHub::start_with(&[
        "--brand-name=My Product",
        &logo,
        "--brand-accent=#ffee00",
        "--brand-support-url=help@example.com",
        "--brand-hide-powered-by",
    ])
    .await;
    (hub, folder)
}

/// Every page that somebody may see who does not run the hub, each by its name.
async fn pages(hub: &TestHub, admin: &Visitor) -> Vec<(&'static str, Answer)> {
    let visitor = hub.visitor();
    let dead = hub.key();
    hub.qlik.world().revoke_key(&dead);
    vec![
        ("guide", visitor.get("/guide").await),
        ("login", visitor.get("/login").await),
        ("wrong password", visitor.post("/login", &[("password", "wrong")]).await),
        ("setup", visitor.get("/setup").await),
        ("not found", visitor.get("/nothing").await),
        ("signed out", visitor.post("/connect", &[]).await),
        ("cross-site", admin.post_from("https://evil.example", "/connect", &[]).await),
        ("Hub", admin.get("/connect").await),
        ("refused", admin.connect(TENANT, REGION, "").await),
        ("refused by Qlik", admin.connect(TENANT, REGION, &dead).await),
        ("linked", admin.connect(TENANT, REGION, &hub.key()).await),
    ]
}

/// What a person reads or hears: texts, and attributes that browsers show.
fn shown(answer: &Answer) -> String {
    let mut shown = String::new();
    for node in Html::parse_document(&answer.body).root_element().descendants() {
        match node.value() {
            Node::Text(text) => shown.push_str(text),
            Node::Element(element) => {
                for name in ["alt", "title", "aria-label", "placeholder", "content", "label"] {
                    shown.push_str(element.attr(name).unwrap_or_default());
                }
            }
            _ => {}
        }
        shown.push('\n');
    }
    shown
}

#[tokio::test]
async fn every_page_carries_the_operators_brand_and_nothing_of_ours() {
    let (hub, _folder) = white_label().await;
    let admin = hub.signed_in().await;
    for (name, page) in pages(&hub, &admin).await {
        assert!(page.text_of("title").ends_with("· My Product"), "{name}");
        assert!(page.has("a.brand img[src^='/brand/logo.'][alt='My Product']"), "{name}");
        assert!(page.has("link[rel=icon][href^='/brand/logo.'][type='image/svg+xml']"), "{name}");
        assert!(!page.has("a.brand svg"), "{name}: our mark");
        assert!(page.has(&format!(".footer {HELP}")), "{name}");
        let accent = "link[rel=stylesheet][href^='/brand/accent.']";
        assert!(page.has(&format!("link[href^='/static/app.'] ~ {accent}")), "{name}: its colours");
        let later = format!("{accent} ~ link[rel=stylesheet]");
        assert!(!page.has(&later), "{name}: the colours come after what they override");
        let shown = shown(&page);
        assert!(!shown.to_lowercase().contains("linkhub"), "{name}: {shown}");
    }
    for path in ["/guide.md", "/llms.txt", "/robots.txt"] {
        let text = hub.visitor().get(path).await.body;
        assert!(!text.to_lowercase().contains("linkhub"), "{path}: {text}");
    }
    let visitor = hub.visitor();
    assert!(visitor.get("/guide").await.text_of("h1").contains("My Product"));
    assert!(visitor.get("/guide.md").await.body.contains("My Product"));
    assert!(visitor.get("/llms.txt").await.body.starts_with("# My Product\n"));
}

#[tokio::test]
async fn help_stands_beside_the_support_id() {
    let (hub, _folder) = white_label().await;
    let admin = hub.signed_in().await;
    let failed = admin.connect(TENANT, REGION, "").await;
    assert!(failed.has(&format!("#failure {HELP}")));
    assert!(hub.visitor().get("/nothing").await.has(&format!("main {HELP}")));
    assert!(admin.get("/connect").await.has(&format!("#failure[hidden] {HELP}")), "for the script");
}

#[tokio::test]
async fn without_settings_the_brand_is_ours() {
    let hub = TestHub::start().await;
    let page = hub.visitor().get("/guide").await;
    assert!(page.text_of("title").ends_with("· linkhub"));
    assert!(page.has("a.brand svg") && page.has("link[rel=icon][href^='/static/favicon.']"));
    assert!(page.text_of(".footer").contains("Powered by linkhub"));
    assert!(!page.has("link[href^='/brand/']"), "nothing is loaded that changes nothing");
    assert!(!page.body.contains("Need help?"));
}

#[tokio::test]
async fn what_is_hidden_is_chosen_by_itself() {
    let hub = TestHub::start_with(&["--brand-name=My Product"]).await;
    let page = hub.visitor().get("/guide").await;
    assert_eq!(page.text_of("a.brand").trim(), "My Product");
    assert!(!page.has("a.brand svg"), "our mark is not that of another name");
    assert!(page.text_of(".footer").contains("Powered by linkhub"));
}

#[tokio::test]
async fn files_of_the_brand_are_kept_for_ever_and_can_do_no_harm() {
    let (hub, _folder) = white_label().await;
    let visitor = hub.visitor();
    let page = visitor.get("/guide").await.body;
    let url = |start: &str| {
        let from = page.find(start).unwrap_or_else(|| panic!("no {start}"));
        page[from..].split('"').next().unwrap().to_owned()
    };
    let logo = visitor.get(&url("/brand/logo.")).await;
    assert_eq!(logo.status, StatusCode::OK);
    assert_eq!(logo.body, SVG);
    assert_eq!(logo.header("content-type"), "image/svg+xml");
    assert_eq!(logo.header("x-content-type-options"), "nosniff");
    let policy = logo.header("content-security-policy");
    assert_eq!(policy, "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    let colours = visitor.get(&url("/brand/accent.")).await;
    assert_eq!(colours.header("content-type"), "text/css; charset=utf-8");
    assert!(colours.body.starts_with(":root {"), "{}", colours.body);
    for answer in [logo, colours] {
        assert!(answer.header("cache-control").contains("immutable"));
    }
    assert_eq!(visitor.get("/brand/logo.svg").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_hostile_name_is_text_everywhere() {
    let name = "<script>alert(1)</script>\"'&*_";
    let hub = TestHub::start_with(&[&format!("--brand-name={name}")]).await;
    let admin = hub.signed_in().await;
    for (page, answer) in pages(&hub, &admin).await {
        assert!(!answer.body.contains("<script>alert"), "{page}");
        assert_eq!(answer.text_of("a.brand").trim(), name, "{page}");
    }
}

#[tokio::test]
async fn a_brand_that_cannot_be_shown_stops_the_start_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let gif = folder.path().join("logo.gif");
    fs::write(&gif, "GIF89a").unwrap();
    let data = folder.path().join("data");
    for (flag, told) in [
        ("--brand-name= ".to_owned(), "LINKHUB_BRAND_NAME is empty"),
        ("--brand-accent=blue".to_owned(), "#rrggbb"),
        ("--brand-support-url=http://example.com".to_owned(), "LINKHUB_BRAND_SUPPORT_URL"),
        (format!("--brand-logo-file={}", gif.display()), "neither an SVG"),
        ("--brand-logo-file=/nothing/here.svg".to_owned(), "cannot read /nothing/here.svg"),
    ] {
        let data_dir = format!("--data-dir={}", data.display());
        let settings = Cli::try_parse_from(["linkhub", &data_dir, &flag]).unwrap().settings;
        let error = AppState::open(&settings, Clock::System).await.expect_err(&flag);
        let error = format!("{error:#}");
        assert!(error.contains(told), "{flag}: {error}");
        assert!(!data.exists(), "{flag}");
    }
}
