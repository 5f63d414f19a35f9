//! Links, API keys, Embed, and what one account shows of them: empty, one, many, hostile.

use std::time::Duration;

use super::{HOSTILE, TEXTS, linked, show, white_label};
use crate::clock::Timestamp;
use crate::id::{AccountId, ApiKeyId, CalendarFeedId, ConnectSessionId};
use crate::linking::{NewApiKey, NewCalendarFeed, NewSession};
use crate::model::account::Owner;
use crate::model::api_key::{ApiKey, Scope};
use crate::model::calendar_feed::CalendarFeed;
use crate::model::connect_session::{ConnectSession, REFUSALS_MAX, Terms};
use crate::model::event::Actor;
use crate::secret::PlainToken;
use crate::web::components::Problem;
use crate::web::layout::{Layout, Nav};
use crate::web::pages::accounts::bulk::ReconnectLinksPage;
use crate::web::pages::api_keys::revoke::RevokeApiKeyPage;
use crate::web::pages::api_keys::{ApiKeysPage, NewApiKeyPage};
use crate::web::pages::calendar::{CalendarPage, NewCalendarPage};
use crate::web::pages::embed::{self, EmbedForm, EmbedPage, Snippets};
use crate::web::pages::links::{Back, LinkForm, LinksPage, NewLinkPage, Problems};

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T10:00:00Z").unwrap()
}

fn layout(nav: Nav) -> Layout {
    Layout::signed_in(&white_label("My Product"), "admin", nav)
}

fn owner(text: &str) -> Owner {
    Owner { id: "customer-1".to_owned(), name: text.to_owned(), username: text.to_owned() }
}

fn session(text: &str) -> NewSession {
    let id = ConnectSessionId::new();
    let token = PlainToken::generate(id.as_str());
    let session = ConnectSession {
        id,
        token_hash: token.hash(),
        terms: Terms { owner: owner(text), note: text.to_owned(), ..Terms::default() },
        made_by: Actor::Admin { name: text.to_owned() },
        created_at: now().minus(Duration::from_mins(5)),
        expires_at: now().plus(Duration::from_hours(24)),
        opened_at: None,
        completed_at: None,
        linked_account_id: None,
        revoked_at: None,
        refusals: 0,
    };
    NewSession { session, token }
}

fn links(typed: LinkForm, open: &[ConnectSession], ended: &[ConnectSession]) -> LinksPage {
    LinksPage::new(layout(Nav::Links), typed, Problems::default(), open, ended, now())
}

#[test]
fn links_are_shown_in_every_state() {
    let html = show("links-empty", &links(LinkForm::default(), &[], &[]));
    assert!(html.contains("No link is open") && !html.contains("Recently ended"));
    for (name, text) in TEXTS {
        let mut open = session(text).session;
        open.opened_at = Some(now());
        open.terms.account_id = Some(AccountId::new());
        let ended = [
            ConnectSession {
                completed_at: Some(now()),
                linked_account_id: Some(AccountId::new()),
                ..session(text).session
            },
            ConnectSession { revoked_at: Some(now()), ..session(text).session },
            ConnectSession { refusals: REFUSALS_MAX, ..session(text).session },
            ConnectSession { expires_at: now(), ..session(text).session },
        ];
        let html = show(&format!("links-{name}"), &links(LinkForm::default(), &[open], &ended));
        for state in ["Used", "Revoked", "Blocked", "Expired", "1 open link", "in 1 d"] {
            assert!(html.contains(state), "{name}: {state}");
        }
    }
    let many: Vec<_> = (0..26).map(|n| session(&format!("Customer {n}")).session).collect();
    let html = show("links-many", &links(LinkForm::default(), &many, &[]));
    assert!(html.contains("and more") && html.contains("rel=\"next\""));
    assert_eq!(html.matches(">Revoke<").count(), 25);

    let typed = LinkForm {
        owner_name: HOSTILE.to_owned(),
        success_url: HOSTILE.to_owned(),
        ..LinkForm::default()
    };
    let problems = typed.read().unwrap_err();
    let html = show("links-refused", &LinksPage { problems, ..links(typed, &[], &[]) });
    assert!(html.contains("owner_missing") && html.contains("success_url_malformed"));
    assert!(html.contains("<details class=\"fold\" open>"), "the field that is wrong is seen");
}

#[test]
fn a_new_link_is_shown_with_a_code_that_stays_inside_its_frame() {
    for (name, text) in TEXTS {
        let new = session(text);
        let (nav, origin) = (layout(Nav::Links), "https://link.example.com");
        let page = NewLinkPage::new(nav, origin, &new, Back::links(), now());
        let html = show(&format!("new-link-{name}"), &page);
        let token = new.token.reveal();
        let link = format!("https://link.example.com/hub/{}", token.as_str());
        assert_eq!(html.matches(&link).count(), 1, "it stands in one place");
        assert!(html.contains("role=\"img\"") && html.contains("in 1 d"));
        let title = html.split("</title>").next().unwrap();
        assert!(!title.contains(token.as_str()));
    }
    let mut new = session("My Company");
    new.session.terms.account_id = Some(AccountId::new());
    let back = Back::account(&AccountId::new());
    let origin = "http://localhost:8080";
    let page = NewLinkPage::new(layout(Nav::Accounts), origin, &new, back, now());
    assert!(show("new-link-renews", &page).contains("Another tenant is refused"));
}

#[test]
fn reconnect_links_are_shown_in_every_state() {
    let page = |made: &[_], gone, more| {
        let origin = "https://link.example.com";
        ReconnectLinksPage::new(layout(Nav::Accounts), origin, made, gone, more, now())
    };
    let html = show("reconnect-links-none", &page(&[], 2, false));
    assert!(html.contains("0 links were made. 2 accounts are unlinked"));
    assert!(!html.contains("data:text/csv") && !html.contains("Download"));
    for (name, text) in TEXTS {
        let account = linked(text, false, "2026-11-24T09:41:00Z").account;
        let made = [(account, session(text))];
        let html = show(&format!("reconnect-links-{name}"), &page(&made, 1, false));
        assert!(html.contains("1 link was made.") && html.contains("in 1 d"), "{name}");
        assert!(html.contains("download=\"reconnect-links-2026-11-23.csv\""), "{name}");
        assert!(!html.contains("lhc_"), "a link stands in the file alone");
    }
    let made: Vec<_> = (0..1_000)
        .map(|n| (linked(&format!("Customer {n}"), false, "").account, session("")))
        .collect();
    let html = show("reconnect-links-many", &page(&made, 0, true));
    assert!(html.contains("1000 links were made. These are the first 1000 of the list"));
}

fn api_key(text: &str, scopes: &[Scope]) -> NewApiKey {
    let id = ApiKeyId::new();
    let token = PlainToken::generate(id.as_str());
    let key = ApiKey {
        id,
        name: text.to_owned(),
        token_hash: token.hash(),
        scopes: scopes.to_vec(),
        made_by: Actor::System,
        created_at: now(),
        last_used_at: scopes.contains(&Scope::CredentialsRead).then(now),
        revoked_at: None,
    };
    NewApiKey { key, token }
}

#[test]
fn api_keys_are_shown_in_every_state() {
    let html = show("api-keys-empty", &ApiKeysPage::new(layout(Nav::ApiKeys), &[], now()));
    assert!(html.contains("There is no API key yet"));
    assert_eq!(html.matches(" checked").count(), Scope::USUAL.len(), "no dangerous one");
    for (name, text) in TEXTS {
        let new = api_key(text, &Scope::ALL);
        let revoked = ApiKey { revoked_at: Some(now()), ..api_key(text, &Scope::USUAL).key };
        let keys = [new.key.clone(), api_key(text, &Scope::USUAL).key, revoked];
        let page = ApiKeysPage::new(layout(Nav::ApiKeys), &keys, now());
        let html = show(&format!("api-keys-{name}"), &page);
        assert!(html.contains("Reads stored keys") && html.contains("Revoked keys"));
        let origin = "https://link.example.com";
        let html = show(
            &format!("new-api-key-{name}"),
            &NewApiKeyPage::new(layout(Nav::ApiKeys), origin, &new),
        );
        assert!(html.contains("curl -u"));
        let (name_, used, revoke) = (text.to_owned(), String::new(), String::new());
        let layout = layout(Nav::ApiKeys);
        let page = RevokeApiKeyPage { layout, name: name_, used, revoke };
        show(&format!("revoke-api-key-{name}"), &page);
    }
    let only_events = api_key("x", &[Scope::EventsRead]);
    let page = NewApiKeyPage::new(layout(Nav::ApiKeys), "https://link.example.com", &only_events);
    assert!(!show("new-api-key-events", &page).contains("curl"));
}

fn feed(text: &str) -> NewCalendarFeed {
    let id = CalendarFeedId::new();
    let token = PlainToken::generate(id.as_str());
    let feed = CalendarFeed {
        id,
        token_hash: token.hash(),
        note: text.to_owned(),
        made_by: Actor::Admin { name: text.to_owned() },
        created_at: now().minus(Duration::from_hours(1)),
        last_used_at: None,
        revoked_at: None,
    };
    NewCalendarFeed { feed, token }
}

#[test]
fn calendar_feeds_are_shown_in_every_state() {
    let html = show("calendar-empty", &CalendarPage::new(layout(Nav::Accounts), &[], now()));
    assert!(html.contains("There is no calendar feed yet") && !html.contains("Revoked feeds"));
    for (name, text) in TEXTS {
        let new = feed(text);
        let used = CalendarFeed { last_used_at: Some(now()), ..feed("").feed };
        let revoked = CalendarFeed { revoked_at: Some(now()), ..feed(text).feed };
        let feeds = [new.feed.clone(), used, revoked];
        let page = CalendarPage::new(layout(Nav::Accounts), &feeds, now());
        let html = show(&format!("calendar-{name}"), &page);
        assert!(html.contains("Revoked feeds") && html.contains(">never<"));
        let origin = "https://link.example.com";
        let page = NewCalendarPage::new(layout(Nav::Accounts), origin, &new);
        let html = show(&format!("new-calendar-{name}"), &page);
        let token = new.token.reveal();
        let link = format!("//link.example.com/calendar/{}.ics", token.as_str());
        assert!(html.contains(&format!("https:{link}")));
        assert!(html.contains(&format!("href=\"webcal:{link}\"")));
    }
}

#[test]
fn embed_shows_what_to_paste() {
    let page = |typed, problems, snippets| EmbedPage {
        layout: layout(Nav::Links),
        typed,
        problems,
        snippets,
    };
    show("embed", &page(EmbedForm::default(), embed::Problems::default(), None));
    for (name, text) in TEXTS {
        let typed = EmbedForm {
            origin: "https://app.example.com".to_owned(),
            owner_id: text.to_owned(),
            owner_name: text.to_owned(),
        };
        let origin = typed.origin.parse().unwrap();
        let hub = "https://link.example.com";
        let snippets = Snippets::new(hub, &origin, &owner(text), "lhc_1.secret");
        let problems = embed::Problems::default();
        let html = show(&format!("embed-{name}"), &page(typed.clone(), problems, Some(snippets)));
        assert!(html.contains("&#60;linkhub-connect token=&#34;lhc_1.secret&#34;&#62;"), "{html}");
        let wrong = || Problem::some("wrong", text);
        let problems = embed::Problems { origin: wrong(), owner_id: wrong() };
        show(&format!("embed-refused-{name}"), &page(typed, problems, None));
    }
}
