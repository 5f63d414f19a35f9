//! One token, many browsers, two hubs.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::TestHub;

#[tokio::test]
async fn of_fifty_browsers_on_two_hubs_one_links() {
    let database = crate::store::new_database().await;
    let folder = tempfile::tempdir().unwrap();
    let flags = [
        format!("--database-url={database}"),
        format!("--key-file={}", folder.path().join("shared.key").display()),
    ];
    let first = TestHub::start_with(&[&flags[0], &flags[1]]).await;
    let qlik = format!("--qlik-connect-to={}", first.qlik.https_addr());
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, first.qlik.ca_pem()).unwrap();
    let ca_file = format!("--qlik-ca-file={}", ca_file.display());
    let second = TestHub::start_without_admin(&[&flags[0], &flags[1], &qlik, &ca_file]).await;

    let key = first.back_end().await;
    let token = key.token("customer-1", json!({})).await;
    let qlik_key = first.key();
    let pages = (0..50).map(|n| if n % 2 == 0 { first.page(&token) } else { second.page(&token) });
    let mut links = tokio::task::JoinSet::new();
    for page in pages {
        let qlik_key = qlik_key.clone();
        links.spawn(async move { page.link(&qlik_key).await });
    }
    let answers = links.join_all().await;
    let linked = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(linked, 1);
    for answer in answers.iter().filter(|answer| answer.status != StatusCode::CREATED) {
        answer.refused(410, "session_used");
    }
    assert_eq!(first.count_accounts().await, 1);
    assert_eq!(key.get("/api/accounts").await.ok().as_array().unwrap().len(), 1);
}
