use std::time::Duration;

use reqwest::StatusCode;

use crate::support::TestHub;

#[tokio::test]
async fn the_snippet_carries_a_token_for_exactly_that_page_and_owner() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    assert!(!admin.get("/embed").await.has(".snippet"));
    let form = [
        ("origin", " https://App.example.com/ "),
        ("owner_id", "customer-1"),
        ("owner_name", "Jane’s"),
    ];
    let page = admin.post("/embed", &form).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let snippet = page.text_of(".snippet code");
    let script = format!("<script src=\"{}\" defer></script>\n", hub.url("/embed.js"));
    let element = snippet.strip_prefix(&script).expect("the script comes first");
    let token = element.strip_prefix("<linkhub-connect token=\"").unwrap();
    let token = token.strip_suffix("\"></linkhub-connect>").unwrap();
    let session = hub.state.linking.connect_session(token).await.unwrap().unwrap();
    let origins: Vec<_> = session
        .terms
        .allowed_origins
        .iter()
        .map(linkhub::model::connect_session::Origin::as_str)
        .collect();
    assert_eq!(origins, ["https://app.example.com"]);
    assert_eq!(session.terms.owner.id, "customer-1");
    assert!(!session.terms.reusable);
    assert_eq!(session.expires_at.since(hub.clock.now()), Duration::from_hours(24));
    assert!(page.body.contains("curl -u") && page.body.contains("$LINKHUB_API_KEY:"));
    assert_eq!(page.body.matches(token.split_once('.').unwrap().1).count(), 1);
}

#[tokio::test]
async fn what_is_no_origin_gets_no_token() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for origin in ["", "*", "app.example.com", "https://app.example.com/page", "null"] {
        let page = admin.post("/embed", &[("origin", origin), ("owner_id", "c-1")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{origin}");
        assert_eq!(page.codes(), ["origin_malformed"], "{origin}");
        assert!(!page.has(".snippet"));
    }
    let page = admin.post("/embed", &[("origin", "https://app.example.com")]).await;
    assert_eq!(page.codes(), ["owner_missing"]);
    let query = linkhub::store::SessionQuery { limit: 1, ..Default::default() };
    assert!(hub.state.store.list_connect_sessions(&query).await.unwrap().is_empty());
}
