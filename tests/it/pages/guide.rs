use reqwest::{Method, StatusCode};

use crate::support::{Answer, TestHub, Visitor};

async fn accepting(visitor: &Visitor, path: &str, languages: &str) -> Answer {
    visitor.send(Method::GET, path, &[("accept-language", languages)], None).await
}

#[tokio::test]
async fn the_guide_is_open_to_everybody_in_every_form() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    for (path, kind, words) in [
        ("/guide", "text/html", "Manage API keys"),
        ("/guide.md", "text/markdown", "Manage API keys"),
        ("/llms.txt", "text/plain", "/guide.md"),
        ("/robots.txt", "text/plain", "Allow: /guide"),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.header("content-type").starts_with(kind), "{path}");
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_guide_is_in_the_language_of_the_address_or_of_the_browser() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    for language in ["en", "de", "fr", "es", "ja", "pt"] {
        let page = visitor.get(&format!("/guide?lang={language}")).await;
        assert!(page.has(&format!("html[lang={language}]")), "{language}");
        assert!(page.header("vary").contains("accept-language"), "{language}");
        assert!(page.has(&format!(".languages [hreflang={language}][aria-current]")), "{language}");
        for other in ["en", "de", "fr", "es", "ja", "pt", "x-default"] {
            let link = format!("link[rel=alternate][hreflang={other}][href^='http']");
            assert!(page.has(&link), "{language}: {other}");
        }
        let markdown = visitor.get(&format!("/guide.md?lang={language}")).await;
        let title = markdown.body.lines().next().unwrap().trim_start_matches("# ").to_owned();
        assert_eq!(page.text_of("h1"), title, "{language}");
    }
    let german = accepting(&visitor, "/guide", "nl, de-AT;q=0.8").await;
    assert!(german.has("html[lang=de]"));
    let chosen = accepting(&visitor, "/guide?lang=fr", "de").await;
    assert!(chosen.has("html[lang=fr]"));
}

#[tokio::test]
async fn errors_are_in_the_visitors_language_where_end_users_go_and_english_for_admins() {
    let hub = TestHub::start().await;
    let visitor = hub.visitor();
    let page = accepting(&visitor, "/no-such-page", "de").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.has("html[lang=de]") && page.has("[data-code=not_found]"));
    assert_eq!(page.text_of("h1"), "Diese Seite gibt es nicht");
    let page = accepting(&visitor, "/login", "de").await;
    assert!(page.has("html[lang=en]"));
    let page = accepting(&visitor, "/static/no-such-file.css", "de").await;
    assert!(page.has("html[lang=en]"));
    let page = accepting(&hub.signed_in().await, "/connect", "de").await;
    assert!(page.has("html[lang=en]"));
    assert_eq!(page.text_of("#connect"), "Connect");
}
