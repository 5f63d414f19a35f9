//! Calendar feeds: the page that makes them, and the calendar that a link shows.

use std::time::Duration;

use linkhub::linking::Edit;
use linkhub::model::event::Caller;
use reqwest::{Method, StatusCode};

use crate::support::{Answer, TestHub, Visitor};

const DAY: Duration = Duration::from_hours(24);

/// Makes a feed; its link's path.
async fn feed(hub: &TestHub, admin: &Visitor) -> String {
    let made = admin.post("/calendar", &[("note", "Jane’s <phone>")]).await;
    assert_eq!(made.status, StatusCode::OK);
    let link = made.text_of(".copy code");
    let path = link.strip_prefix(hub.url("").as_str()).expect("it is a link of this hub");
    let subscribe = made.attribute_of("a.button.primary", "href");
    assert_eq!(subscribe, format!("webcal:{}", link.split_once(':').unwrap().1));
    path.to_owned()
}

/// The unfolded lines.
fn lines(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "text/calendar; charset=utf-8");
    assert!(answer.body.ends_with("END:VCALENDAR\r\n"));
    answer.body.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

fn count(lines: &[String], line: &str) -> usize {
    lines.iter().filter(|one| *one == line).count()
}

#[tokio::test]
async fn a_feed_shows_when_each_key_expires() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let path = feed(&hub, &admin).await;
    let calendar = lines(&hub.visitor().get(&path).await);
    assert_eq!(count(&calendar, "BEGIN:VEVENT"), 1);
    assert_eq!(count(&calendar, "DTSTART:20261124T100000Z"), 1);
    assert_eq!(count(&calendar, "SUMMARY:Qlik key of My Company expires"), 1);
    assert_eq!(count(&calendar, &format!("URL:{}", hub.url(&format!("/accounts/{id}")))), 1);
    for trigger in ["-PT720M", "-PT288M", "-PT72M"] {
        assert_eq!(count(&calendar, &format!("TRIGGER:{trigger}")), 1, "{trigger}");
    }

    let label = Some("Acme, Ltd; \\ \u{1F511}".repeat(5));
    let edit = Edit { label, ..Edit::default() };
    hub.state.linking.edit(&id, &edit, &Caller::system()).await.unwrap();
    let answer = hub.visitor().get(&path).await;
    assert!(answer.body.split("\r\n").all(|line| line.len() <= 75));
    assert!(lines(&answer).iter().any(|line| line.contains("Acme\\, Ltd\\; \\\\ \u{1F511}")));
}

#[tokio::test]
async fn an_entry_stays_for_a_week_and_another_key_is_another_entry() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    let path = feed(&hub, &admin).await;
    let uid = |calendar: Vec<String>| calendar.into_iter().find(|line| line.starts_with("UID:"));
    let shown = async || uid(lines(&hub.visitor().get(&path).await));
    let first = shown().await.expect("there is an entry");
    hub.clock.advance(8 * DAY);
    assert_eq!(shown().await.as_ref(), Some(&first), "it expired seven days ago");
    hub.clock.advance(Duration::from_millis(1));
    assert_eq!(shown().await, None);
    hub.link(&hub.signed_in().await).await;
    assert_ne!(shown().await.expect("there is an entry"), first);
}

#[tokio::test]
async fn an_unknown_expiry_is_in_no_calendar() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let mut account = hub.state.store.find_account(&id).await.unwrap().unwrap();
    account.key.expires_at = None;
    assert!(hub.state.store.update_account(&account, None, &[]).await.unwrap().is_yes());
    let path = feed(&hub, &admin).await;
    assert_eq!(count(&lines(&hub.visitor().get(&path).await), "BEGIN:VEVENT"), 0);
}

#[tokio::test]
async fn whoever_asks_again_is_told_when_nothing_has_changed() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let path = feed(&hub, &admin).await;
    let first = hub.visitor().get(&path).await;
    assert_eq!(first.header("cache-control"), "no-store");
    assert_eq!(first.header("x-robots-tag"), "noindex");
    assert_eq!(first.header("referrer-policy"), "no-referrer");
    let etag = first.header("etag").to_owned();
    let again = async |etag: &str| {
        hub.visitor().send(Method::GET, &path, &[("if-none-match", etag)], None).await
    };
    hub.clock.advance(Duration::from_mins(10));
    hub.state.linking.check(&id, &Caller::system()).await.unwrap();
    let unchanged = again(&etag).await;
    assert_eq!((unchanged.status, unchanged.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(again(&format!("\"x\", W/{etag}")).await.status, StatusCode::NOT_MODIFIED);
    hub.link(&admin).await;
    let changed = again(&etag).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), etag);
}

#[tokio::test]
async fn a_link_is_read_so_often_and_no_more() {
    let hub = TestHub::start_with(&["--api-limit=5"]).await;
    let admin = hub.signed_in().await;
    let (path, other) = (feed(&hub, &admin).await, feed(&hub, &admin).await);
    for _ in 0..5 {
        assert_eq!(hub.visitor().get(&path).await.status, StatusCode::OK);
    }
    let refused = hub.visitor().get(&path).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 12);
    assert_eq!(hub.visitor().get(&other).await.status, StatusCode::OK, "each for itself");
}

#[tokio::test]
async fn a_revoked_or_mistyped_link_shows_nothing_and_guessing_is_slowed() {
    let hub = TestHub::start_with(&["--api-limit=20"]).await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    let path = feed(&hub, &admin).await;
    assert_eq!(hub.visitor().get(&path).await.status, StatusCode::OK);
    let page = admin.get("/calendar").await;
    assert!(page.text_of("table").contains("Jane’s <phone>"));
    assert!(!page.body.contains(path.split('.').nth(1).unwrap()), "the token is not shown again");
    assert!(page.text_of("td[data-label='Last used']").contains("just now"));

    let last = path.strip_suffix("A.ics").map_or("A", |_| "B");
    let mistyped = format!("{}{last}.ics", &path[..path.len() - 5]);
    let without = path.strip_suffix(".ics").unwrap().to_owned();
    for wrong in [mistyped, without, "/calendar/x.ics".into(), "/calendar/cal_1.x.ics".into()] {
        let answer = hub.visitor().get(&wrong).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (StatusCode::NOT_FOUND, vec!["not_found".into()])
        );
    }
    let revoke = page.attribute_of("td.actions form", "action");
    assert_eq!(admin.post(&revoke, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(hub.visitor().get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        admin.post(&revoke, &[]).await.status,
        StatusCode::SEE_OTHER,
        "once more is no error"
    );

    let guess = async || hub.visitor().get("/calendar/cal_1.guess.ics").await.status;
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(guess().await);
    }
    assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS), "{answers:?}");
}
