//! What goes wrong on purpose goes wrong in the way that was asked for.

use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use rstest::rstest;
use serde_json::{Value, json};

use super::{ME, Scene, USER, json_of, location};
use crate::emulator::{Fault, Tenant};

#[rstest]
#[case(Fault::Forbidden, 403)]
#[case(Fault::NotFound, 404)]
#[case(Fault::ServerError, 500)]
#[case(Fault::Maintenance, 503)]
#[case(Fault::HtmlPage, 200)]
#[case(Fault::TooManyRequests(13), 429)]
#[tokio::test]
async fn a_fault_strikes_its_route_as_often_as_told(#[case] fault: Fault, #[case] status: u16) {
    let scene = Scene::new().await;
    scene.emulator.world().fault(ME, fault.clone()).times(2);
    assert_eq!(scene.get(&scene.user_path()).await.status(), 200);
    for _ in 0..2 {
        let response = scene.get(ME).await;
        assert_eq!(response.status(), status);
        let html = matches!(fault, Fault::Maintenance | Fault::HtmlPage);
        let kind = response.headers()[CONTENT_TYPE].to_str().unwrap();
        assert_eq!(kind.starts_with("text/html"), html, "{kind}");
        let wait = response.headers().get(RETRY_AFTER).map(|wait| wait.to_str().unwrap());
        assert_eq!(wait, (status == 429).then_some("13"));
    }
    assert_eq!(scene.get(ME).await.status(), 301);
}

#[rstest]
#[case(Fault::RedirectTo("https://evil.example.com/".into()), "https://evil.example.com/")]
#[case(Fault::RedirectLoop, ME)]
#[case(Fault::RedirectToLogin, "/login?returnto=%2Fapi")]
#[case(Fault::RedirectToHttp, "http://my-company.us.qlikcloud.com/api/v1/users/me")]
#[tokio::test]
async fn a_redirect_leads_astray(#[case] fault: Fault, #[case] target: &str) {
    let scene = Scene::new().await;
    scene.emulator.world().fault(ME, fault);
    let response = scene.get(ME).await;
    assert!(response.status().is_redirection());
    assert_eq!(location(&response), target);
}

#[tokio::test]
async fn a_fault_may_be_of_one_tenant_and_start_late() {
    let scene = Scene::new().await;
    let other = scene.emulator.world().add_tenant(Tenant::new("other", "us", "Other"));
    scene.emulator.world().fault("*", Fault::ServerError).of_tenant(&other);
    scene.emulator.world().fault(ME, Fault::Maintenance).after(1);
    assert_eq!(scene.get(ME).await.status(), 301);
    assert_eq!(scene.get(ME).await.status(), 503);
    scene.emulator.world().clear_faults();
    assert_eq!(scene.get(ME).await.status(), 301);
    scene.emulator.world().fault(USER, Fault::Body("[1]".to_owned()));
    assert_eq!(json_of(scene.get(&scene.user_path()).await).await, json!([1]));
}

#[tokio::test]
async fn a_slow_answer_is_right_but_late() {
    let scene = Scene::new().await;
    scene.emulator.world().fault(USER, Fault::Slow(Duration::from_millis(300)));
    let started = std::time::Instant::now();
    let user = json_of(scene.get(&scene.user_path()).await).await;
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(user["id"], scene.jane);

    scene.emulator.world().clear_faults();
    scene.emulator.world().fault(USER, Fault::Drip(Duration::from_millis(1)));
    let started = std::time::Instant::now();
    let user = json_of(scene.get(&scene.user_path()).await).await;
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert_eq!(user["id"], scene.jane);
}

#[tokio::test]
async fn a_connection_breaks_before_or_within_the_answer() {
    let scene = Scene::new().await;
    scene.emulator.world().fault(ME, Fault::Reset);
    let error = scene.try_get(ME, &scene.key).await.unwrap_err();
    assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
    scene.emulator.world().fault(USER, Fault::Truncated);
    let response = scene.get(&scene.user_path()).await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
}

#[tokio::test]
async fn a_spoilt_answer_would_be_right_if_it_were_believed() {
    let scene = Scene::new().await;
    scene.emulator.world().fault(USER, Fault::Huge(2 << 20)).times(1);
    let response = scene.get(&scene.user_path()).await;
    assert_eq!(response.content_length(), None);
    let huge = response.bytes().await.unwrap();
    assert!(huge.len() > 2 << 20);
    let huge: Value = serde_json::from_slice(&huge).unwrap();
    assert_eq!(huge["id"], scene.jane);

    scene.emulator.world().fault(USER, Fault::Deep(100)).times(1);
    let deep = json_of(scene.get(&scene.user_path()).await).await;
    assert_eq!(deep["id"], scene.jane);

    for (fault, largest) in [(Fault::Gzip, 2_000), (Fault::GzipBomb(8 << 20), 20_000)] {
        scene.emulator.world().fault(USER, fault).times(1);
        let response = scene.get(&scene.user_path()).await;
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() < largest, "{}", bytes.len());
    }
}
