use reqwest::StatusCode;

use crate::support::TestHub;

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
