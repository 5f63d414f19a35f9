//! What is done with many accounts at once, and the file of all that a list finds.

use std::time::Duration;

use linkhub::id::AccountId;
use linkhub::linking::{Edit, NewEndpoint};
use linkhub::model::event::{Action, Actor, Caller, Event};
use linkhub::store::{DeliveryQuery, EventFilter, SessionQuery};
use percent_encoding::percent_decode_str;
use reqwest::StatusCode;
use sqlx::{Connection as _, SqliteConnection};

use crate::emulator::User;
use crate::support::{Answer, TestHub, Visitor};

/// Links accounts of so many people, for one owner each.
async fn people(hub: &TestHub, admin: &Visitor, count: usize) -> Vec<AccountId> {
    let mut ids = Vec::new();
    for number in 1..=count {
        let key = {
            let mut world = hub.qlik.world();
            let user = User::new(&format!("Person {number}"), "person@example.com");
            let user = world.add_user(&hub.tenant_id, user);
            world.mint_key(&user, Duration::from_hours(24))
        };
        let owner = format!("c-{number}");
        let form = [
            ("tenant_name", "my-company"),
            ("region", "us"),
            ("api_key", key.as_str()),
            ("owner_id", owner.as_str()),
        ];
        let answer = admin.post("/connect", &form).await;
        let id = answer.text_of("dialog[open] code").trim().to_owned();
        ids.push(AccountId::try_from(id).unwrap());
    }
    ids
}

async fn act(admin: &Visitor, action: &str, scope: &str, ids: &[&str]) -> Answer {
    let mut form = vec![("action", action), ("scope", scope), ("lifetime", "7d")];
    form.extend(ids.iter().map(|id| ("account", *id)));
    admin.post("/accounts/bulk", &form).await
}

/// Does it past the store.
async fn run(hub: &TestHub, sql: &'static str) {
    let mut database = SqliteConnection::connect(hub.database().to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(sql).execute(&mut database).await.unwrap();
}

/// The lines of this action in the history of the account, or of all.
async fn lines(hub: &TestHub, action: Action, account: Option<&AccountId>) -> Vec<Event> {
    let account_id = account.cloned();
    let filter = EventFilter { actions: vec![action], account_id, ..EventFilter::default() };
    hub.state.store.list_history(&filter, None, 100).await.unwrap()
}

async fn due(hub: &TestHub, id: &AccountId) -> bool {
    let account = hub.state.store.find_account(id).await.unwrap().unwrap();
    account.check.next_at <= hub.clock.now()
}

/// The lines of the file that a page holds, without its head.
fn links(page: &Answer) -> Vec<Vec<String>> {
    let address = page.attribute_of("a[download]", "href");
    let file = address.strip_prefix("data:text/csv;charset=utf-8,").unwrap();
    let file = percent_decode_str(file).decode_utf8().unwrap().into_owned();
    let mut lines = file
        .split_terminator("\r\n")
        .map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let head = lines.next().unwrap();
    assert_eq!(
        head,
        ["account_id", "label", "owner_id", "owner_name", "tenant", "host", "link", "expires_at"]
    );
    lines.collect()
}

#[tokio::test]
async fn a_test_of_many_is_due_now_and_asks_nobody_in_the_request() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ids = people(&hub, &admin, 3).await;
    let unlinked = AccountId::new();
    let asked = hub.qlik.requests().len();
    let ticked = [ids[0].as_str(), ids[2].as_str(), unlinked.as_str(), "nonsense"];
    let answer = act(&admin, "check", "ticked", &ticked).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(hub.qlik.requests().len(), asked);
    assert_eq!(
        [due(&hub, &ids[0]).await, due(&hub, &ids[1]).await, due(&hub, &ids[2]).await],
        [true, false, true]
    );
    let said = admin.get(answer.header("location")).await.text_of("[role=status]");
    assert!(said.contains("2 accounts are tested in the background"), "{said}");
    assert!(said.contains("2 accounts are unlinked; nothing was done with them."), "{said}");

    act(&admin, "check", "all", &[]).await;
    assert!(due(&hub, &ids[1]).await, "all are all that the list finds");
}

#[tokio::test]
async fn a_test_of_many_says_in_the_history_of_each_who_has_asked_for_it() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ids = people(&hub, &admin, 2).await;
    let gone = AccountId::new();
    // The second time it is due already, and asked for all the same.
    for times in 1..=2 {
        act(&admin, "check", "ticked", &[ids[0].as_str(), gone.as_str()]).await;
        let asked = lines(&hub, Action::CheckRequested, Some(&ids[0])).await;
        assert_eq!(asked.len(), times);
        let Caller { actor, request_id, address } = &asked[0].caller;
        assert_eq!(*actor, Actor::Admin { name: "admin".into() });
        assert!(request_id.as_ref().is_some_and(|id| id.starts_with("req_")), "{request_id:?}");
        assert_eq!(address.as_deref(), Some("127.0.0.1"));
    }
    assert_eq!(lines(&hub, Action::CheckRequested, None).await.len(), 2, "of no other account");
    let page = admin.get(&format!("/accounts/{}", ids[0])).await;
    assert!(page.body.contains("A test was asked for"));
}

#[tokio::test]
async fn a_test_of_many_that_fails_half_way_does_not_look_done() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ids = people(&hub, &admin, 3).await;
    run(
        &hub,
        "CREATE TRIGGER full BEFORE INSERT ON events WHEN NEW.action = 'account.check_requested' \
         AND EXISTS (SELECT 1 FROM accounts WHERE id = NEW.account_id AND owner_id = 'c-2') \
         BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    )
    .await;
    let answer = act(&admin, "check", "all", &[]).await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    for (id, expected) in ids.iter().zip([true, false, true]) {
        assert_eq!(due(&hub, id).await, expected);
        let asked = lines(&hub, Action::CheckRequested, Some(id)).await;
        assert_eq!(asked.len(), usize::from(expected), "each is due and says so, or neither");
    }
}

#[tokio::test]
async fn links_for_many_renew_one_account_each() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ids = people(&hub, &admin, 3).await;
    let edit = Edit { label: Some("=HYPERLINK(1)".into()), ..Edit::default() };
    hub.state.linking.edit(&ids[0], &edit, &Caller::system()).await.unwrap();
    let gone = AccountId::new();
    let page =
        act(&admin, "links", "ticked", &[ids[0].as_str(), ids[1].as_str(), gone.as_str()]).await;
    assert_eq!(page.status, StatusCode::OK);
    let said = page.text_of("[role=status]");
    assert!(said.contains("2 links were made. 1 account is unlinked"), "{said}");
    let links = links(&page);
    assert_eq!(links.len(), 2);
    for line in &links {
        let path = line[6].strip_prefix(hub.url("").as_str()).unwrap();
        let shown = hub.visitor().get(path).await.text_of(".renewed");
        assert!(shown.contains(&line[0]), "{shown}");
        assert_eq!(line[7], "2026-11-30T10:00:00Z");
    }
    let first = links.iter().find(|line| line[0] == ids[0].as_str()).unwrap();
    assert_eq!((first[1].as_str(), first[2].as_str()), ("'=HYPERLINK(1)", "c-1"));
    assert_eq!(
        act(&admin, "links", "all", &[]).await.text_of("[role=status]"),
        "3 links were made."
    );
}

#[tokio::test]
async fn all_is_what_the_list_is_filtered_by() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ids = people(&hub, &admin, 2).await;
    let form =
        [("action", "check"), ("scope", "all"), ("owner", "c-2"), ("account", ids[0].as_str())];
    let answer = admin.post("/accounts/bulk", &form).await;
    assert!(answer.header("location").contains("owner=c-2"), "one comes back to the same list");
    assert_eq!([due(&hub, &ids[0]).await, due(&hub, &ids[1]).await], [false, true]);
}

#[tokio::test]
async fn nothing_ticked_and_too_much_ticked_change_nothing() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    for action in ["check", "links"] {
        let answer = act(&admin, action, "ticked", &[]).await;
        let page = admin.get(answer.header("location")).await;
        assert!(page.text_of("[role=status]").contains("Nothing is ticked"));
    }
    let strange: Vec<String> = (0..301).map(|n| n.to_string()).collect();
    let mut many: Vec<&str> = strange.iter().map(String::as_str).collect();
    many.push(id.as_str());
    assert_eq!(act(&admin, "check", "ticked", &many).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = act(&admin, "unlink", "ticked", &[id.as_str()]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "there is no such action");
    assert!(!due(&hub, &id).await);
}

#[tokio::test]
async fn a_page_can_be_ticked_whole_without_a_script_and_each_row_has_a_menu() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let id = hub.link(&admin).await;
    let page = admin.get("/accounts").await;
    assert!(page.has("input[name=account][form=bulk]:not([checked])"));
    let ticked = admin.get(&page.attribute_of("a[data-select-page]", "href")).await;
    assert!(ticked.has(&format!("input[name=account][value='{id}'][checked]")));
    assert!(ticked.has("details.bulk[open] form[action='/accounts/bulk']"));
    let menu = |selector: &str| page.has(&format!("td.actions {selector}"));
    assert!(menu(&format!("a[href='/connect?account={id}']")));
    for action in ["check", "link", "suspend"] {
        assert!(menu(&format!("form[action='/accounts/{id}/{action}']")), "{action}");
    }
    admin.post(&format!("/accounts/{id}/suspend"), &[]).await;
    assert!(admin.get("/accounts").await.has(&format!("form[action='/accounts/{id}/resume']")));
}

#[tokio::test]
async fn an_export_holds_all_that_the_list_finds_and_no_key() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    let ids = people(&hub, &admin, 3).await;
    let edit = Edit { label: Some("+1, \"x\"".into()), ..Edit::default() };
    hub.state.linking.edit(&ids[1], &edit, &Caller::system()).await.unwrap();
    let file = admin.get("/accounts/export.csv").await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("accounts-2026-11-23.csv"));
    let lines: Vec<&str> = file.body.split_terminator("\r\n").collect();
    assert_eq!(lines.len(), 4, "{}", file.body);
    assert!(lines[0].starts_with("account_id,label,tenant,"));
    assert!(file.body.contains("\"'+1, \"\"x\"\"\""), "{}", file.body);
    assert!(file.body.contains("2026-11-24T10:00:00Z"));
    assert!(!file.body.contains("eyJ"));
    let one = admin.get("/accounts/export.csv?owner=c-3&from=nonsense").await;
    assert_eq!(one.body.split_terminator("\r\n").count(), 2);
    assert!(one.body.contains(ids[2].as_str()));
    assert_eq!(hub.visitor().get("/accounts/export.csv").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn links_are_announced_to_endpoints_that_ask_and_shown_to_nobody() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    people(&hub, &admin, 2).await;
    let answer = act(&admin, "announce", "all", &[]).await;
    let said = admin.get(answer.header("location")).await.text_of("[role=status]");
    assert!(said.contains("No link was made"), "{said}");

    let new = NewEndpoint {
        url: "https://hooks.example.com/qlik".into(),
        description: String::new(),
        events: vec!["connect_session.created".into()],
    };
    let made = hub.state.linking.create_webhook_endpoint(new, &Caller::system()).await.unwrap();
    let answer = act(&admin, "announce", "all", &[]).await;
    let page = admin.get(answer.header("location")).await;
    assert!(page.text_of("[role=status]").contains("Reconnect links of 2 accounts go to"));
    assert!(!page.body.contains("/hub/lhc_"));
    let query = DeliveryQuery { endpoint_id: made.0.id, state: None, before: None, limit: 10 };
    assert_eq!(hub.state.store.list_deliveries(&query).await.unwrap().len(), 2);
}

#[tokio::test]
async fn links_are_announced_for_all_or_for_none() {
    let hub = TestHub::start().await;
    let admin = hub.signed_in().await;
    people(&hub, &admin, 3).await;
    let new = NewEndpoint {
        url: "https://hooks.example.com/qlik".into(),
        description: String::new(),
        events: vec!["*".into()],
    };
    let made = hub.state.linking.create_webhook_endpoint(new, &Caller::system()).await.unwrap();
    let endpoint_id = made.0.id;
    let counts = async || {
        let query = DeliveryQuery {
            endpoint_id: endpoint_id.clone(),
            state: None,
            before: None,
            limit: 100,
        };
        let deliveries = hub.state.store.list_deliveries(&query).await.unwrap().len();
        let query = SessionQuery { limit: 100, ..SessionQuery::default() };
        let sessions = hub.state.store.list_connect_sessions(&query).await.unwrap().len();
        [deliveries, sessions, lines(&hub, Action::SessionCreated, None).await.len()]
    };
    run(
        &hub,
        "CREATE TRIGGER full BEFORE INSERT ON webhook_deliveries \
         WHEN (SELECT count(*) FROM webhook_deliveries) = 2 \
         BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    )
    .await;
    let answer = act(&admin, "announce", "all", &[]).await;
    assert!(answer.status.is_server_error(), "{}", answer.status);
    assert_eq!(counts().await, [0, 0, 0]);
    run(&hub, "DROP TRIGGER full").await;
    act(&admin, "announce", "all", &[]).await;
    assert_eq!(counts().await, [3, 3, 3]);
}
