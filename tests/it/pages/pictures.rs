//! What is drawn on the Accounts page and on the page of an account.

use std::time::Duration;

use linkhub::id::AccountId;
use linkhub::model::event::Caller;
use scraper::{Html, Selector};

use crate::emulator::sandbox_world::HOSTILE;
use crate::emulator::{Fault, Tenant, User};
use crate::support::{Answer, REGION, TestHub, Visitor};

/// Links a user of a new tenant, whose key lives so long; the id and the key.
async fn link(hub: &TestHub, admin: &Visitor, alias: &str, hours: u64) -> (AccountId, String) {
    let key = {
        let mut world = hub.qlik.world();
        let tenant = world.add_tenant(Tenant::new(alias, REGION, HOSTILE));
        let user = world.add_user(&tenant, User::new(HOSTILE, "user@example.com"));
        world.mint_key(&user, Duration::from_hours(hours))
    };
    let answer = admin.connect(alias, REGION, &key).await;
    let id = answer.text_of("dialog[open] code").trim().to_owned();
    (AccountId::try_from(id).unwrap(), key)
}

/// Number, words and address of each part of the legend.
fn legend(page: &Answer) -> Vec<(usize, String, Option<String>)> {
    let html = Html::parse_document(&page.body);
    let (items, link) = (Selector::parse(".health li").unwrap(), Selector::parse("a").unwrap());
    html.select(&items)
        .map(|item| {
            let text: String = item.text().collect::<String>().trim().to_owned();
            let (number, words) = text.split_once(' ').unwrap();
            let href = item.select(&link).next().and_then(|a| a.value().attr("href"));
            (number.parse().unwrap(), words.to_owned(), href.map(str::to_owned))
        })
        .collect()
}

fn rows(page: &Answer) -> usize {
    let html = Html::parse_document(&page.body);
    html.select(&Selector::parse("tbody a.primary").unwrap()).count()
}

#[tokio::test]
async fn each_part_of_the_bar_leads_to_as_many_accounts_as_it_counts() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for n in 0..3 {
        link(&hub, &admin, &format!("healthy-{n}"), 24 * 30).await;
    }
    for n in 0..2 {
        link(&hub, &admin, &format!("week-{n}"), 72).await;
    }
    link(&hub, &admin, "today", 5).await;
    link(&hub, &admin, "dead", 1).await;
    let (suspended, _) = link(&hub, &admin, "suspended", 24 * 30).await;
    hub.state.linking.suspend(&suspended, &Caller::system()).await.unwrap();
    let (broken, key) = link(&hub, &admin, "broken", 24 * 30).await;
    hub.qlik.world().revoke_key(&key);
    hub.state.linking.check(&broken, &Caller::system()).await.unwrap();
    let (unchecked, _) = link(&hub, &admin, "unchecked", 24 * 30).await;
    hub.qlik.world().fault("*", Fault::Maintenance);
    hub.state.linking.check(&unchecked, &Caller::system()).await.unwrap();
    hub.clock.advance(Duration::from_hours(2));
    while hub.state.linking.notice_due().await.unwrap() {}

    let page = admin.get("/accounts").await;
    let legend = legend(&page);
    let told: Vec<(usize, &str)> =
        legend.iter().map(|(n, words, _)| (*n, words.as_str())).collect();
    assert_eq!(
        told,
        [
            (4, "Healthy"),
            (2, "Expire this week"),
            (1, "Expire within 24 hours"),
            (1, "Suspended"),
            (1, "Expired"),
            (1, "Broken"),
            (1, "Not checked lately"),
        ]
    );
    for (number, words, href) in &legend {
        let list = admin.get(href.as_ref().unwrap()).await;
        assert_eq!(rows(&list), *number, "{words}");
        assert_eq!(list.text_of(".health [aria-current]"), format!("{number} {words}"));
        assert!(!list.has("th a") || !href.as_ref().unwrap().contains("expires="), "{words}");
    }
    // The same addresses for who clicks the bar, which is nothing but a second sight of the list.
    let html = Html::parse_document(&page.body);
    let parts = Selector::parse(".health svg[aria-hidden=true] a[tabindex='-1']").unwrap();
    let hrefs: Vec<Option<&str>> = html.select(&parts).map(|a| a.value().attr("href")).collect();
    let listed: Vec<Option<&str>> = legend[..6].iter().map(|(.., href)| href.as_deref()).collect();
    assert_eq!(hrefs, listed);
    let row = admin.get("/accounts?status=unchecked").await;
    assert!(row.text_of("tbody .badge.unchecked").starts_with("Not checked for 2 h"));
}

#[tokio::test]
async fn a_part_without_accounts_leads_nowhere_and_an_empty_hub_has_no_bar() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    assert!(!admin.get("/accounts").await.has(".health"));
    hub.link(&admin).await;
    let page = admin.get("/accounts").await;
    let leading = legend(&page).into_iter().filter(|(.., href)| href.is_some()).count();
    assert_eq!(leading, 1);
    assert!(admin.get("/accounts?q=nobody").await.has(".health"), "it counts all accounts");
}

#[tokio::test]
async fn an_account_shows_its_checks_and_its_keys() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let (id, _) = link(&hub, &admin, "pictured", 24).await;
    let path = format!("/accounts/{id}");
    let new = admin.get(&path).await;
    assert!(new.body.contains("No check in the last 24 hours."));
    assert!(!new.has(".checks svg"));
    assert_eq!(new.text_of(".keys .lane"), "Present key stored just now, expires in 1 d");
    assert!(!new.body.contains(HOSTILE));

    let check = async || {
        hub.clock.advance(Duration::from_hours(1));
        hub.state.linking.check(&id, &Caller::system()).await.unwrap();
    };
    check().await;
    check().await;
    hub.qlik.world().fault("*", Fault::Maintenance);
    check().await;
    hub.clock.advance(Duration::from_mins(20));
    let page = admin.get(&path).await;
    let summary = "3 checks in the last 24 hours: 2 good, 1 without an answer.";
    assert!(page.body.contains(summary), "{}", page.body);
    assert_eq!(page.text_of(".checks .lane.good .number"), "2");
    let html = Html::parse_document(&page.body);
    let marks = Selector::parse(".checks svg.good .mark").unwrap();
    assert_eq!(html.select(&marks).count(), 2);
    let first = page.text_of(".numbers tbody tr");
    assert!(first.starts_with("2026-11-23 13:00"), "{first}");
    // In words: since when, why, and when the next check is.
    assert!(page.body.contains("<dt>Not checked since</dt>"));
    assert!(page.text_of(".facts .secondary").contains("Qlik Cloud"), "{}", page.text_of(".facts"));
    assert!(page.body.contains("<dt>Next check</dt>"));
    hub.qlik.world().clear_faults();
    check().await;
    assert!(!admin.get(&path).await.body.contains("Not checked since"));
}

#[tokio::test]
async fn the_life_of_keys_is_told_after_a_renewal() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    hub.clock.advance(Duration::from_hours(12));
    let admin = hub.signed_in().await;
    let page = admin.get(&format!("/accounts/{id}")).await;
    let html = Html::parse_document(&page.body);
    let warnings = Selector::parse(".warnings li").unwrap();
    let told: Vec<String> =
        html.select(&warnings).map(|li| li.text().collect::<String>()).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[1].starts_with("20 % of its life left in 7 h"), "{told:?}");
    assert_eq!(hub.link(&admin).await, id);
    hub.clock.advance(Duration::from_hours(2));
    let page = admin.get(&format!("/accounts/{id}")).await;
    let html = Html::parse_document(&page.body);
    let lanes = Selector::parse(".keys .lane").unwrap();
    let told: Vec<String> = html.select(&lanes).map(|p| p.text().collect::<String>()).collect();
    assert_eq!(
        told,
        [
            "Present key stored 2 h ago, expires in 22 h",
            "Earlier key stored 14 h ago, replaced 2 h ago",
        ]
    );
}
