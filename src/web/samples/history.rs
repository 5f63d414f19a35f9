//! Events: empty, one, many, hostile, and a filter that cannot be read.

use std::time::Duration;

use serde_json::json;

use super::{HOSTILE, TEXTS, show, white_label};
use crate::clock::Timestamp;
use crate::id::{AccountId, EventId};
use crate::model::event::{Action, Actor, Caller, Event};
use crate::store::Turn;
use crate::web::layout::{Layout, Nav};
use crate::web::pages::events::{EventsPage, Params};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T10:00:00Z").unwrap()
}

fn page(typed: Params) -> EventsPage {
    let layout = Layout::signed_in(&white_label("My Product"), "admin", Nav::Events);
    EventsPage::new(layout, typed, &[])
}

fn event(action: Action, text: &str) -> Event {
    let caller = Caller {
        actor: Actor::Admin { name: text.to_owned() },
        request_id: Some(text.to_owned()),
        address: Some(text.to_owned()),
    };
    let event = Event::new(action, &caller, now().minus(Duration::from_mins(5)));
    event.of(&AccountId::new()).with(json!({ "label": ["", text], "host": text }))
}

#[test]
fn events_are_shown_in_every_state() {
    let html = show("events-empty", &page(Params::default()).with(vec![], None, now()));
    assert!(html.contains("Nothing has happened yet") && html.contains("/events.csv"));
    let typed = Params { action: "account.*".to_owned(), ..Params::default() };
    let html = show("events-nothing-found", &page(typed).with(vec![], None, now()));
    assert!(html.contains("Nothing found") && html.contains("Show all"));
    for (name, text) in TEXTS {
        let events = Action::ALL.iter().map(|action| event(*action, text)).collect();
        let typed = Params { request_id: text.to_owned(), ..Params::default() };
        let html = show(&format!("events-{name}"), &page(typed).with(events, None, now()));
        for action in Action::ALL {
            assert!(html.contains(action.as_str()), "{action:?}");
        }
    }
    let many = |count| (0..count).map(|_| event(Action::AccountChecked, "x")).collect();
    let turn = Turn::Older(now(), EventId::new());
    let html = show("events-many", &page(Params::default()).with(many(51), Some(&turn), now()));
    assert!(html.contains("rel=\"next\"") && html.contains("rel=\"prev\""));
    assert_eq!(html.matches("data-label=\"When\"").count(), 50);

    let typed = Params {
        account_id: HOSTILE.to_owned(),
        from: HOSTILE.to_owned(),
        to: HOSTILE.to_owned(),
        who: HOSTILE.to_owned(),
        ..Params::default()
    };
    let wrong = typed.filter().unwrap_err();
    let html = show("events-refused", &page(typed).refused(&wrong));
    assert!(html.contains("account_id_malformed") && html.contains("Nothing was looked for"));
    assert!(!html.contains("/events.csv"));
}
