use std::time::Duration;

use linkhub::id::AccountId;
use linkhub::model::event::{Action, Caller, Event};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Answer, TestHub};

fn actions(page: &Answer) -> Vec<String> {
    page.texts_of("td[data-label=What] .secondary")
}

#[tokio::test]
async fn what_was_done_is_listed_newest_first_with_who_and_from_where() {
    let hub = TestHub::start().await;
    hub.visitor().post("/login", &[("password", "wrong password")]).await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let page = admin.get("/events").await;
    assert_eq!(page.status, StatusCode::OK);
    let expected = ["account.created", "admin.signed_in", "admin.sign_in_failed", "admin.created"];
    assert_eq!(actions(&page), expected);
    assert!(page.has(&format!("tbody tr:first-child a[href='/accounts/{id}']")));
    let who = page.text_of("tbody tr:first-child .who");
    assert!(who.contains("admin") && who.contains("127.0.0.1") && who.contains("req_"), "{who}");
    assert!(page.has("nav a[href='/events'][aria-current=page]"));

    // The request's id leads to all that it did, the account's page to all that was done with it.
    let request = page.attribute_of("tbody tr:first-child .who a", "href");
    assert_eq!(actions(&admin.get(&request).await), ["account.created"]);
    let account = admin.get(&format!("/accounts/{id}")).await;
    let link = format!("/events?account_id={id}");
    assert!(account.has(&format!("a[href='{link}']")));
    assert_eq!(actions(&admin.get(&link).await), ["account.created"]);
    let who = account.text_of("td.who");
    assert!(who.contains("admin from 127.0.0.1") && who.contains("req_"), "{who}");
    let same = account.attribute_of("td.who a", "href");
    assert_eq!(same, request, "with the same request");
}

#[tokio::test]
async fn a_filter_stands_in_the_url_and_a_wrong_one_is_said_to_be_wrong() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    hub.link(&admin).await;
    for (query, expected) in [
        ("action=account.*", vec!["account.created"]),
        ("action=admin.signed_in", vec!["admin.signed_in"]),
        ("who=system", vec!["admin.created"]),
        ("who=admin&action=admin.*", vec!["admin.signed_in"]),
        ("from=2026-11-24", vec![]),
        ("to=2026-11-23T10:00", vec![]),
        ("from=2026-11-23&to=2026-11-24&action=admin.created", vec!["admin.created"]),
        ("request_id=req_nothing", vec![]),
    ] {
        let page = admin.get(&format!("/events?{query}")).await;
        assert_eq!(actions(&page), expected, "{query}");
        assert!(expected.is_empty() == page.body.contains("Nothing found"), "{query}");
    }
    for (query, code) in [
        ("account_id=1", "account_id_malformed"),
        ("from=yesterday", "from_malformed"),
        ("to=x", "to_malformed"),
        ("action=nothing", "action_malformed"),
        ("who=Jane", "who_malformed"),
        ("from=2026-11-24&to=2026-11-23", "to_malformed"),
        ("from=2026-11-24&to=2026-11-24", "to_malformed"),
    ] {
        let page = admin.get(&format!("/events?{query}")).await;
        assert_eq!(page.codes(), [code], "{query}");
        assert!(actions(&page).is_empty() && !page.has("a[download]"), "{query}");
        let file = admin.get(&format!("/events.csv?{query}")).await;
        assert_eq!(file.status, StatusCode::BAD_REQUEST, "{query}");
    }
    let chosen = admin.get("/events?action=account.*&who=admin&from=2026-11-23").await;
    assert_eq!(chosen.attribute_of("#filter-action option[selected]", "value"), "account.*");
    assert_eq!(chosen.attribute_of("#filter-who option[selected]", "value"), "admin");
    assert_eq!(chosen.attribute_of("#from", "value"), "2026-11-23");
    let csv = chosen.attribute_of("a[download]", "href");
    assert_eq!(csv, "/events.csv?action=account.*&who=admin&from=2026-11-23");
}

#[tokio::test]
async fn pages_lead_on_and_back_without_a_line_lost_or_twice() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let account = AccountId::new();
    for n in 0..120 {
        let at = hub.clock.now().plus(Duration::from_millis(n / 5));
        let event = Event::new(Action::AccountChecked, &Caller::system(), at).of(&account);
        hub.state.store.record_event(&event.with(json!({ "n": n }))).await.unwrap();
    }
    let lines = |page: &Answer| page.texts_of("td.details");
    let mut page = admin.get(&format!("/events?account_id={account}")).await;
    assert!(!page.has("a[rel=prev]"));
    let mut seen = vec![lines(&page)];
    while page.has("a[rel=next]") {
        page = admin.get(&page.attribute_of("a[rel=next]", "href")).await;
        seen.push(lines(&page));
    }
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [50, 50, 20]);
    let all: std::collections::BTreeSet<_> = seen.concat().into_iter().collect();
    assert_eq!(all.len(), 120);
    for expected in seen.iter().rev().skip(1) {
        page = admin.get(&page.attribute_of("a[rel=prev]", "href")).await;
        assert_eq!(lines(&page), *expected);
    }
    assert!(!page.has("a[rel=prev]") && page.has("a[rel=next]"));
}

/// Reads RFC 4180.
fn cells(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell) = (Vec::new(), Vec::new(), String::new());
    let (mut quoted, mut rest) = (false, text.chars().peekable());
    while let Some(c) = rest.next() {
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                cell.push('"');
                rest.next();
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    rows
}

#[tokio::test]
async fn an_export_holds_every_line_that_fits_and_is_itself_recorded() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let hostile = "=HYPERLINK(\"https://evil.example\")";
    let account = AccountId::new();
    let caller = Caller {
        actor: linkhub::model::event::Actor::Admin { name: hostile.into() },
        address: Some("+1,2\r\n@x".into()),
        request_id: Some("-1".into()),
    };
    for n in 0..1201 {
        let now = hub.clock.now();
        let event = Event::new(Action::AccountUpdated, &caller, now).of(&account);
        hub.state.store.record_event(&event.with(json!({ "n": n, "x": "\"," }))).await.unwrap();
    }
    let query = format!("account_id={account}");
    let csv = admin.get(&format!("/events.csv?{query}")).await;
    assert_eq!(csv.status, StatusCode::OK);
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let name = csv.header("content-disposition");
    assert_eq!(name, "attachment; filename=\"events-2026-11-23.csv\"");
    let rows = cells(&csv.body);
    assert_eq!(rows.len(), 1202);
    assert_eq!(rows[0][..2], ["timestamp", "action"]);
    let mut numbers = Vec::new();
    for row in &rows[1..] {
        assert_eq!(row.len(), 10, "{row:?}");
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        assert_eq!(row[4..7], [format!("'{hostile}"), "'+1,2\r\n'@x".into(), "'-1".into()]);
        let detail: Value = serde_json::from_str(&row[9]).unwrap();
        numbers.push(detail["n"].as_i64().unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (0..1201).collect::<Vec<_>>());

    let lines = admin.get(&format!("/events.jsonl?{query}")).await;
    assert_eq!(lines.header("content-type"), "application/jsonl");
    let lines: Vec<Value> =
        lines.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 1201);
    assert_eq!(lines[0]["actor"]["name"], hostile, "what is no cell stays as it is");
    assert_eq!(lines[0]["account_id"], account.as_str());

    let page = admin.get("/events?action=events.exported").await;
    assert_eq!(actions(&page), ["events.exported", "events.exported"]);
    let detail = page.text_of("td.details");
    assert!(detail.contains("jsonl") && detail.contains(account.as_str()), "{detail}");
}
