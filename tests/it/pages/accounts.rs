use std::time::Duration;

use crate::emulator::sandbox_world::{HOSTILE, RIGHT_TO_LEFT};
use crate::emulator::{Tenant, User};
use crate::support::{REGION, TENANT, TestHub, Visitor};

async fn link_tenant(hub: &TestHub, admin: &Visitor, alias: &str, name: &str, life: Duration) {
    let key = {
        let mut world = hub.qlik.world();
        let tenant = world.add_tenant(Tenant::new(alias, REGION, name));
        let user = world.add_user(&tenant, User::new(name, "user@example.com"));
        world.mint_key(&user, life)
    };
    let answer = admin.connect(alias, REGION, &key).await;
    assert!(answer.has("dialog[open]"), "{}", answer.body);
}

#[tokio::test]
async fn an_empty_hub_says_what_to_do() {
    let hub = TestHub::start().await;
    let page = hub.signed_in().await.get("/accounts").await;
    assert!(page.has(".empty a[href='/connect']"));
    assert!(!page.has("table"));
}

#[tokio::test]
async fn the_row_that_has_just_been_linked_is_marked() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let page = admin.get(&format!("/accounts?linked={id}")).await;
    assert!(page.text_of("tr.marked").contains("My Company"));
    assert!(page.text_of("tr.marked time[data-countdown]").contains("in 1 d"));
    assert!(!admin.get("/accounts").await.has("tr.marked"));
}

#[tokio::test]
async fn names_of_others_are_shown_as_text() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let day = Duration::from_hours(24);
    link_tenant(&hub, &admin, "hostile", HOSTILE, day).await;
    link_tenant(&hub, &admin, "rtl", RIGHT_TO_LEFT, day).await;
    let page = admin.get("/accounts").await;
    assert!(!page.body.contains(HOSTILE));
    assert!(page.body.contains("&#60;script&#62;"));
    assert!(page.body.contains(RIGHT_TO_LEFT));
}

#[tokio::test]
async fn search_filter_and_sort_stand_in_the_url() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    link_tenant(&hub, &admin, "alpha", "Alpha Works", Duration::from_hours(1)).await;
    link_tenant(&hub, &admin, "beta", "Beta Works", Duration::from_hours(48)).await;
    hub.link(&admin).await;
    for (query, found) in [
        ("", vec!["My Company", "Beta Works", "Alpha Works"]),
        ("?sort=name", vec!["Alpha Works", "Beta Works", "My Company"]),
        ("?sort=name&order=desc", vec!["My Company", "Beta Works", "Alpha Works"]),
        ("?sort=expiry", vec!["Alpha Works", "My Company", "Beta Works"]),
        ("?q=work", vec!["Beta Works", "Alpha Works"]),
        ("?q=alpha%20wor", vec!["Alpha Works"]),
        ("?q=jane", vec!["My Company"]),
        ("?q=nobody", vec![]),
        ("?expires=2h", vec!["Alpha Works"]),
        ("?expires=24h", vec!["Alpha Works", "My Company"]),
        ("?status=error", vec![]),
        ("?status=active&q=beta", vec!["Beta Works"]),
        (
            "?status=nonsense&sort=nonsense&from=nonsense&expires=x",
            vec!["My Company", "Beta Works", "Alpha Works"],
        ),
    ] {
        let page = admin.get(&format!("/accounts{query}")).await;
        let html = scraper::Html::parse_document(&page.body);
        let selector = scraper::Selector::parse("tbody a.primary").unwrap();
        let names: Vec<String> =
            html.select(&selector).map(|link| link.text().collect::<String>()).collect();
        assert_eq!(names, found, "{query}");
    }
}

#[tokio::test]
async fn more_than_a_page_is_paged_forward_and_back() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    for number in 0..60 {
        let (alias, name) = (format!("t{number}"), format!("Tenant {number:02}"));
        link_tenant(&hub, &admin, &alias, &name, Duration::from_hours(24)).await;
    }
    let first = admin.get("/accounts?sort=name").await;
    assert_eq!(first.body.matches("class=\"primary\" href=\"/accounts/").count(), 50);
    let next = link(&first.body, "next");
    let second = admin.get(&next).await;
    assert_eq!(second.body.matches("class=\"primary\" href=\"/accounts/").count(), 10);
    assert!(second.body.contains("Tenant 59"));
    let back = admin.get(&link(&second.body, "prev")).await;
    assert!(back.body.contains("Tenant 00") && !back.body.contains("Tenant 50"));
    assert!(!back.has("a[rel=prev]"));
}

fn link(body: &str, rel: &str) -> String {
    let html = scraper::Html::parse_document(body);
    let selector = scraper::Selector::parse(&format!("a[rel={rel}]")).unwrap();
    html.select(&selector).next().unwrap().value().attr("href").unwrap().to_owned()
}

#[tokio::test]
async fn the_same_user_linked_again_stays_one_account() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let first = hub.link(&admin).await;
    hub.clock.advance(Duration::from_hours(1));
    assert_eq!(hub.link(&admin).await, first);
    assert_eq!(hub.count_accounts().await, 1);
    let owned = [
        ("tenant_name", TENANT),
        ("region", REGION),
        ("api_key", &hub.key()),
        ("owner_id", "customer-1"),
        ("owner_name", "Example Ltd"),
    ];
    assert!(admin.post("/connect", &owned).await.has("dialog[open]"));
    assert_eq!(hub.count_accounts().await, 2, "another owner has an account of its own");
    assert!(admin.get("/accounts?owner=customer-1").await.body.contains("1 account found"));
}
