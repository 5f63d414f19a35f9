use std::time::Duration;

use linkhub::linking::{Authority, ConnectRequest, Edit, Linked, NewSession, SessionError};
use linkhub::model::account::{Account, AccountKind, Owner};
use linkhub::model::connect_session::{ConnectSession, LIFETIME_MAX, LIFETIME_MIN, Terms};
use linkhub::model::event::{Action, Caller};
use linkhub::model::failure::FailureCode;
use linkhub::store::EventQuery;

use crate::support::{REGION, TENANT, TestHub};

const HOUR: Duration = Duration::from_hours(1);

fn owner(id: &str) -> Owner {
    Owner { id: id.into(), name: format!("Customer {id}"), username: "jane".into() }
}

fn terms(owner_id: &str) -> Terms {
    Terms { owner: owner(owner_id), ..Terms::default() }
}

async fn session(hub: &TestHub, terms: Terms) -> NewSession {
    hub.state.linking.create_connect_session(terms, HOUR, &Caller::system()).await.unwrap()
}

/// Presses Connect with the token of `new` and a key of `user_id`.
async fn connect(hub: &TestHub, new: &NewSession, user_id: &str) -> Result<Linked, FailureCode> {
    let token = new.token.reveal();
    let session = hub.state.linking.connect_session(&token).await.unwrap().expect("it is known");
    connect_by(hub, session, user_id).await
}

async fn connect_by(
    hub: &TestHub,
    session: ConnectSession,
    user_id: &str,
) -> Result<Linked, FailureCode> {
    let key = hub.qlik.world().mint_key(user_id, 24 * HOUR);
    let request = ConnectRequest {
        tenant_name: TENANT.into(),
        region: REGION.into(),
        api_key: key.into(),
        replace_user: None,
        renewal: None,
        authority: Authority::Session(Box::new(session)),
        caller: Caller::system(),
    };
    let attempt = hub.state.linking.begin_attempt("test");
    let linked = hub.state.linking.connect(request, &attempt, &|_| {}).await;
    linked.map_err(|failure| failure.code)
}

/// Another user of the same tenant.
fn john(hub: &TestHub) -> String {
    let user = crate::emulator::User::new("John Doe", "john.doe@example.com");
    hub.qlik.world().add_user(&hub.tenant_id, user)
}

async fn stored(hub: &TestHub, account: &Account) -> Option<Account> {
    hub.state.store.find_account(&account.id).await.unwrap()
}

#[tokio::test]
async fn a_session_gives_the_account_what_its_maker_chose() {
    let hub = TestHub::start().await;
    let metadata = serde_json::json!({ "plan": "gold" }).as_object().unwrap().clone();
    let chosen = Terms {
        label: "Head office".into(),
        kind: AccountKind::Test,
        metadata: metadata.clone(),
        ..terms("c-1")
    };
    let new = session(&hub, chosen).await;
    let linked = connect(&hub, &new, &hub.user_id).await.unwrap();
    assert!(!linked.renewed);
    let account = stored(&hub, &linked.account).await.unwrap();
    assert_eq!(account.owner, owner("c-1"));
    assert_eq!((account.label.as_str(), account.kind), ("Head office", AccountKind::Test));
    assert_eq!(account.metadata, metadata);

    assert_eq!(connect(&hub, &new, &hub.user_id).await.unwrap_err(), FailureCode::SessionUsed);
    assert_eq!(stored(&hub, &account).await, Some(account));
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn an_owner_who_is_known_renews_their_account() {
    let hub = TestHub::start().await;
    let first = session(&hub, terms("c-1")).await;
    let first = connect(&hub, &first, &hub.user_id).await.unwrap().account;

    let second = session(&hub, terms("c-1")).await;
    assert_eq!(second.session.terms.account_id, Some(first.id.clone()));
    let john = john(&hub);
    assert_eq!(connect(&hub, &second, &john).await.unwrap_err(), FailureCode::UserDiffers);
    assert_eq!(stored(&hub, &first).await, Some(first.clone()), "nothing has changed");
    assert_eq!(hub.count_accounts().await, 1);

    hub.clock.advance(Duration::from_mins(5));
    let renewed = connect(&hub, &second, &hub.user_id).await.unwrap();
    assert!(renewed.renewed, "a refusal for another user does not use the session up");
    assert_eq!(renewed.account.id, first.id);
    assert_ne!(renewed.account.key.id, first.key.id);
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn a_link_that_was_made_before_the_first_account_makes_no_second_one() {
    let hub = TestHub::start().await;
    let [one, two] = [session(&hub, terms("c-1")).await, session(&hub, terms("c-1")).await];
    connect(&hub, &one, &hub.user_id).await.unwrap();
    let john = john(&hub);
    assert_eq!(connect(&hub, &two, &john).await.unwrap_err(), FailureCode::UserDiffers);
    assert!(connect(&hub, &two, &hub.user_id).await.unwrap().renewed);
    assert_eq!(hub.count_accounts().await, 1);
}

#[tokio::test]
async fn multiple_links_one_more_account_beside_those_there_are() {
    let hub = TestHub::start().await;
    let multiple = || Terms { multiple: true, ..terms("c-1") };
    let first = session(&hub, multiple()).await;
    let first = connect(&hub, &first, &hub.user_id).await.unwrap();
    let second = session(&hub, multiple()).await;
    assert_eq!(second.session.terms.account_id, None);
    let john = john(&hub);
    let second = connect(&hub, &second, &john).await.unwrap();
    assert!(!second.renewed);
    assert_ne!(second.account.id, first.account.id);
    let again = session(&hub, multiple()).await;
    assert!(connect(&hub, &again, &john).await.unwrap().renewed, "the same user is no other");
    assert_eq!(hub.count_accounts().await, 2);
}

#[tokio::test]
async fn a_reusable_session_stays_good_until_it_ends() {
    let hub = TestHub::start().await;
    let new = session(&hub, Terms { reusable: true, multiple: true, ..terms("c-1") }).await;
    let john = john(&hub);
    assert!(!connect(&hub, &new, &hub.user_id).await.unwrap().renewed);
    assert!(!connect(&hub, &new, &john).await.unwrap().renewed);
    hub.clock.advance(HOUR);
    assert_eq!(connect(&hub, &new, &john).await.unwrap_err(), FailureCode::SessionExpired);
}

#[tokio::test]
async fn owners_without_an_id_share_no_account() {
    let hub = TestHub::start().await;
    let nobody = || Terms { owner: Owner::default(), ..Terms::default() };
    let first = session(&hub, nobody()).await;
    assert!(!connect(&hub, &first, &hub.user_id).await.unwrap().renewed);
    let second = session(&hub, nobody()).await;
    assert_eq!(second.session.terms.account_id, None);
    let john = john(&hub);
    assert!(!connect(&hub, &second, &john).await.unwrap().renewed);
}

#[tokio::test]
async fn a_session_for_an_account_takes_its_owner_and_no_other() {
    let hub = TestHub::start().await;
    let mine = session(&hub, terms("c-1")).await;
    let mine = connect(&hub, &mine, &hub.user_id).await.unwrap().account;

    let for_it = |owner_id: &str| Terms { account_id: Some(mine.id.clone()), ..terms(owner_id) };
    let create = async |terms: Terms| {
        hub.state.linking.create_connect_session(terms, HOUR, &Caller::system()).await
    };
    let stranger = create(for_it("c-2")).await;
    assert!(matches!(stranger, Err(SessionError::NoSuchAccount)), "{stranger:?}");
    let nothing = Terms { account_id: Some(linkhub::id::AccountId::new()), ..terms("c-1") };
    assert!(matches!(create(nothing).await, Err(SessionError::NoSuchAccount)));
    let of_its_owner = create(for_it("")).await.unwrap();
    assert_eq!(of_its_owner.session.terms.owner, owner("c-1"));
    assert!(connect(&hub, &of_its_owner, &hub.user_id).await.unwrap().renewed);

    let event = EventQuery { account_id: &mine.id, before: None, limit: 10 };
    let events = hub.state.store.list_events(event).await.unwrap();
    assert!(events.iter().any(|event| event.action == Action::SessionCreated));
}

#[tokio::test]
async fn unlinking_and_revoking_end_a_session() {
    let hub = TestHub::start().await;
    let first = session(&hub, terms("c-1")).await;
    let account = connect(&hub, &first, &hub.user_id).await.unwrap().account;
    let renewal = session(&hub, terms("c-1")).await;
    let caller = Caller::system();
    hub.state.linking.unlink(account.id, false, caller.clone()).await.unwrap();
    let refused = connect(&hub, &renewal, &hub.user_id).await.unwrap_err();
    assert_eq!(refused, FailureCode::SessionRevoked);

    let other = session(&hub, terms("c-2")).await;
    // Somebody has the page open, with the session as it was then.
    let before = other.session.clone();
    let revoke = async || {
        hub.state.linking.revoke_connect_session(&other.session.id, &caller).await.unwrap()
    };
    assert!(revoke().await);
    assert!(!revoke().await);
    let refused = connect(&hub, &other, &hub.user_id).await.unwrap_err();
    assert_eq!(refused, FailureCode::SessionRevoked);
    let refused = connect_by(&hub, before, &hub.user_id).await.unwrap_err();
    assert_eq!(refused, FailureCode::SessionRevoked);
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn a_lifetime_is_cut_to_what_is_allowed() {
    let hub = TestHub::start().await;
    for (asked, gets) in
        [(Duration::ZERO, LIFETIME_MIN), (HOUR, HOUR), (Duration::MAX, LIFETIME_MAX)]
    {
        let caller = Caller::system();
        let new = hub.state.linking.create_connect_session(terms("c-1"), asked, &caller).await;
        let session = new.unwrap().session;
        assert_eq!(session.expires_at.since(session.created_at), gets);
    }
}

#[tokio::test]
async fn only_the_whole_token_opens_a_session() {
    let hub = TestHub::start().await;
    let [one, two] = [session(&hub, terms("c-1")).await, session(&hub, terms("c-2")).await];
    let (one, two) = (one.token.reveal(), two.token.reveal());
    let open = async |token: &str| hub.state.linking.connect_session(token).await.unwrap();
    assert!(open(&one).await.is_some());
    let (id, _) = one.split_once('.').unwrap();
    let (_, secret) = two.split_once('.').unwrap();
    let mut guessed = one.to_string();
    guessed.replace_range(one.len() - 2.., if one.ends_with("AA") { "BB" } else { "AA" });
    for wrong in ["", id, &format!("{id}."), &format!("{id}.{secret}"), &guessed] {
        assert!(open(wrong).await.is_none(), "{wrong}");
    }
}

#[tokio::test]
async fn refused_keys_close_a_session_and_outages_do_not() {
    let hub = TestHub::start().await;
    let new = session(&hub, terms("c-1")).await;
    hub.qlik.world().fault("*", crate::emulator::Fault::Maintenance);
    assert!(connect(&hub, &new, &hub.user_id).await.is_err());
    hub.qlik.world().clear_faults();
    let read = async || {
        let id = new.session.id.as_str();
        hub.state.store.find_connect_session(id).await.unwrap().unwrap()
    };
    assert_eq!(read().await.refusals, 0);
    let press = async |key: String| {
        let request = ConnectRequest {
            tenant_name: TENANT.into(),
            region: REGION.into(),
            api_key: key.into(),
            replace_user: None,
            renewal: None,
            authority: Authority::Session(Box::new(read().await)),
            caller: Caller::system(),
        };
        let attempt = hub.state.linking.begin_attempt("test");
        hub.state.linking.connect(request, &attempt, &|_| {}).await.unwrap_err().code
    };
    let dead = hub.key();
    hub.qlik.world().revoke_key(&dead);
    for _ in 0..linkhub::model::connect_session::REFUSALS_MAX {
        press(dead.clone()).await;
    }
    assert_eq!(press(hub.key()).await, FailureCode::SessionBlocked);
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn a_session_that_renews_links_nothing_else_once_its_account_is_gone() {
    let hub = TestHub::start().await;
    let first = session(&hub, terms("c-1")).await;
    let account = connect(&hub, &first, &hub.user_id).await.unwrap().account;
    let reusable = session(&hub, Terms { reusable: true, ..terms("c-1") }).await;
    connect(&hub, &reusable, &hub.user_id).await.unwrap();
    let as_it_was = reusable.session.clone();
    hub.state.linking.unlink(account.id, false, Caller::system()).await.unwrap();
    let john = john(&hub);
    for refused in [
        connect(&hub, &reusable, &john).await.unwrap_err(),
        connect_by(&hub, as_it_was, &john).await.unwrap_err(),
    ] {
        assert_eq!(refused, FailureCode::SessionRevoked);
    }
    assert_eq!(hub.count_accounts().await, 0);
}

#[tokio::test]
async fn a_session_has_no_part_in_an_account_that_was_given_to_another_owner() {
    let hub = TestHub::start().await;
    let first = session(&hub, terms("c-1")).await;
    let account = connect(&hub, &first, &hub.user_id).await.unwrap().account;
    let renewal = session(&hub, terms("c-1")).await;
    let edit = Edit { owner_id: Some("c-2".into()), ..Edit::default() };
    hub.state.linking.edit(&account.id, &edit, &Caller::system()).await.unwrap();
    let moved = stored(&hub, &account).await;

    let renewed = hub.state.linking.account_renewed_by(&renewal.session).await.unwrap();
    assert!(renewed.is_none(), "nothing of it is told");
    for refused in [
        connect(&hub, &renewal, &hub.user_id).await.unwrap_err(),
        connect_by(&hub, renewal.session.clone(), &hub.user_id).await.unwrap_err(),
    ] {
        assert_eq!(refused, FailureCode::SessionRevoked);
    }
    assert_eq!(stored(&hub, &account).await, moved);
}

#[tokio::test]
async fn renewing_keeps_what_the_link_does_not_name_and_says_what_it_changed() {
    let hub = TestHub::start().await;
    let metadata = |value: serde_json::Value| value.as_object().unwrap().clone();
    let kept = metadata(serde_json::json!({ "plan": "gold", "region": "north" }));
    let first = session(&hub, Terms { metadata: kept, ..terms("c-1") }).await;
    let account = connect(&hub, &first, &hub.user_id).await.unwrap().account;
    let added = metadata(serde_json::json!({ "region": null, "seats": 5 }));
    let label = "Head office".to_owned();
    let second = session(&hub, Terms { metadata: added, label, ..terms("c-1") }).await;
    let renewed = connect(&hub, &second, &hub.user_id).await.unwrap().account;
    assert_eq!(renewed.metadata, metadata(serde_json::json!({ "plan": "gold", "seats": 5 })));
    let query = EventQuery { account_id: &account.id, before: None, limit: 10 };
    let events = hub.state.store.list_events(query).await.unwrap();
    let event = events.iter().find(|event| event.action == Action::AccountRenewed).unwrap();
    assert_eq!(event.detail["label"], serde_json::json!(["", "Head office"]));
    assert_eq!(event.detail["metadata"], "changed");

    let refused = session(&hub, terms("c-1")).await;
    let john = john(&hub);
    connect(&hub, &refused, &john).await.unwrap_err();
    let query = EventQuery { account_id: &account.id, before: None, limit: 1 };
    let newest = hub.state.store.list_events(query).await.unwrap().remove(0);
    assert_eq!(
        newest.action,
        Action::SessionFailed,
        "a renewal that failed is history of its account"
    );
}
