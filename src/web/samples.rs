//! Renders every component and page with samples, also into `target/samples/`, so that they can be
//! looked at: `python3 -m http.server --bind 127.0.0.1 --directory target/samples`.

mod history;
mod pictures;
mod renewal;
mod sharing;
mod webhooks;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use askama::Template;

use crate::clock::Timestamp;
use crate::linking::Linked;
use crate::model::account::{Account, AccountStatus, Owner, Rules};
use crate::model::failure::{Failure, FailureCode};
use crate::model::identity::{KeyRecord, QlikUser, Tenant, Verified};
use crate::model::language::Language;
use crate::web::assets;
use crate::web::brand::{Brand, BrandSettings};
use crate::web::components::{Badge, Choice, Expiry, FailureBox, Pagination, Problem};
use crate::web::hub::{Door, FailureView, HubPage, LinkedView, Renewal, Typed};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::error::ErrorPage;
use crate::web::pages::guide::GuidePage;
use crate::web::pages::login::LoginPage;
use crate::web::pages::setup::SetupPage;
use crate::web::texts;

pub const HOSTILE: &str = r#"<script>alert("x")</script>"#;
const TEXTS: [(&str, &str); 4] = [
    ("plain", "My Company"),
    ("hostile", HOSTILE),
    ("rtl", "شركة المثال للتحليلات والبيانات"),
    ("long", "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"),
];

/// Renders, checks what holds for every page, and writes the page to be looked at.
pub fn show(name: &str, page: &impl Template) -> String {
    let html = page.render().expect("a page renders");
    assert!(!html.contains(HOSTILE), "{name} does not escape");
    assert!(!html.contains(" style=") && !html.contains("<style"), "{name} has inline style");
    assert!(!html.contains(" onclick="), "{name} has an inline handler");
    for script in html.split("<script").skip(1) {
        assert!(script.starts_with(" type=\"module\" src=\"/static/"), "{name}: inline script");
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/samples");
    fs::create_dir_all(folder.join("static")).expect("target is writable");
    fs::write(folder.join(format!("{name}.html")), &html).expect("target is writable");
    for (path, data) in assets::all() {
        fs::write(folder.join("static").join(path), data).expect("target is writable");
    }
    html
}

/// Everything that an operator can put in the place of ours.
fn white_label(name: &str) -> Arc<Brand> {
    let brand = BrandSettings {
        name: name.chars().take(60).collect(),
        logo: None,
        accent: Some("#ffee00".to_owned()),
        support_url: Some("https://example.com/help?<script>alert(\"x\")</script>".to_owned()),
        hide_powered_by: true,
    };
    Arc::new(Brand::new(brand).expect("the brand is good"))
}

#[derive(Template)]
#[template(path = "samples.html")]
struct Components {
    layout: Layout,
    text: String,
    choices: Vec<Choice>,
    badges_: Vec<Badge>,
    expiries: Vec<Expiry>,
    failure: FailureBox,
    problem: Option<Problem>,
    pagination: Pagination,
}

#[test]
fn every_component_escapes_what_it_shows() {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let key = |created: &str, expires: &str| KeyRecord {
        id: None,
        created_at: Timestamp::parse(created),
        expires_at: Timestamp::parse(expires),
    };
    for (name, text) in TEXTS {
        let text = text.to_owned();
        let page = Components {
            layout: Layout::signed_in(&white_label(&text), text.clone(), Nav::Accounts),
            choices: vec![Choice { value: text.clone(), text: text.clone(), chosen: true }],
            badges_: AccountStatus::ALL.into_iter().map(Badge::status).collect(),
            expiries: vec![
                Expiry::of(&key("2026-11-23T09:41:00Z", "2026-11-24T09:41:00Z"), now),
                Expiry::of(&key("2026-11-22T11:00:00Z", "2026-11-23T11:00:00Z"), now),
                Expiry::of(&key("2026-11-21T11:00:00Z", "2026-11-22T11:00:00Z"), now),
                Expiry::of(&KeyRecord::default(), now),
            ],
            failure: FailureBox {
                code: "key_rejected",
                step: "Key".to_owned(),
                title: text.clone(),
                reason: text.clone(),
                next_step: text.clone(),
                support_id: text.clone(),
                focus: true,
            },
            problem: Some(Problem { code: text.clone(), text: text.clone() }),
            pagination: Pagination {
                summary: text.clone(),
                previous: Some("/accounts".to_owned()),
                next: Some("/accounts?after=x".to_owned()),
            },
            text,
        };
        let html = show(&format!("components-{name}"), &page);
        assert!(html.contains("in 23 h 41 min"));
        assert!(html.contains("aria-invalid=\"true\""));
    }
}

fn linked(text: &str, tenant_admin: bool, expires: &str) -> Linked {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let verified = Verified {
        tenant: Tenant {
            id: "xqFQ0k66vSR8f9G7J-vZtHZQkiYrCpct".to_owned(),
            name: text.to_owned(),
            hostname: "xzoau8xi93gyfo0.us.qlikcloud.com".to_owned(),
            region: "us".to_owned(),
        },
        user: QlikUser {
            id: "65f1".to_owned(),
            name: if text == "My Company" { "Jane Doe".to_owned() } else { text.to_owned() },
            email: Some("jane.doe@example.com".to_owned()),
            tenant_admin,
        },
        key: KeyRecord { id: None, created_at: Some(now), expires_at: Timestamp::parse(expires) },
    };
    let host = "my-company.us.qlikcloud.com".to_owned();
    let rules = Rules::default();
    let account = Account::linked(Owner::default(), host, verified, now, &rules).account;
    Linked { account, renewed: tenant_admin }
}

fn hub(text: &str) -> HubPage {
    let typed = Typed {
        tenant_name: text.to_owned(),
        region: "us".to_owned(),
        owner_id: text.to_owned(),
        owner_name: text.to_owned(),
        renewal: None,
    };
    let layout = Layout::signed_in(&white_label("My Product"), "admin", Nav::Connect);
    HubPage::new(layout, Door::admin(), &["qlikcloud.com".to_owned()], typed)
}

#[test]
fn the_hub_escapes_and_never_echoes_a_key() {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let layout = Layout::signed_in(&white_label("My Product"), "admin", Nav::Connect);
    let domains = ["qlikcloud.com".to_owned()];
    show("hub", &HubPage::new(layout, Door::admin(), &domains, Typed::default()));
    for (name, text) in TEXTS {
        let view = LinkedView::of(
            &linked(text, name != "plain", "2026-11-24T09:41:00Z"),
            &Door::admin(),
            now,
            Language::En,
        );
        let html = show(&format!("hub-linked-{name}"), &hub(text).linked(view));
        assert!(html.contains("<dialog") && html.contains(" open>"));
        assert!(html.contains("in 23 h 41 min"));
        assert!(!html.contains("api_key"));
    }
    let view = LinkedView::of(&linked("My Company", false, ""), &Door::admin(), now, Language::En);
    let html = show("hub-linked-unknown-expiry", &hub("my-company").linked(view));
    assert!(html.contains(">Unknown<") && !html.contains("data-if=\"expires_at\""));
}

/// A Hub that renews an account, to which the key of somebody else was given.
fn hub_that_asks(layout: Layout, text: &str) -> (HubPage, FailureView) {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let domains = ["qlikcloud.com".to_owned()];
    let language = layout.language;
    let account = linked(text, false, "2026-11-23T10:41:00Z").account;
    let renewal = Renewal::of(&account, &domains, now, language);
    let offered =
        QlikUser { id: "65f2".to_owned(), name: "John Doe".to_owned(), ..account.user.clone() };
    let failure = Failure::new(FailureCode::UserDiffers).between(account.user, offered);
    let view = FailureView::of(&failure, "", "req_0198f0c2", language);
    let mut door = Door::renewing(renewal);
    door.for_admin = language == Language::En;
    (HubPage::new(layout, door, &domains, Typed::default()), view)
}

#[test]
fn a_renewal_shows_what_it_renews_and_asks_about_another_user() {
    for (name, text) in TEXTS {
        let layout = || Layout::signed_in(&white_label("My Product"), "admin", Nav::Connect);
        let (page, _) = hub_that_asks(layout(), text);
        let html = show(&format!("hub-renews-{name}"), &page);
        assert!(html.contains("in 41 min") && html.contains("id=\"replace\" hidden"));
        let (page, view) = hub_that_asks(layout(), text);
        let html = show(&format!("hub-asks-{name}"), &page.failed(&view));
        assert!(html.contains("value=\"65f2\"") && !html.contains("id=\"replace\" hidden"));
    }
}

#[test]
fn every_failure_is_shown_with_its_code_and_focus_in_one_place() {
    for code in FailureCode::ALL {
        let text = if *code == FailureCode::TenantMalformed { HOSTILE } else { "my-company" };
        let view = FailureView::of(&Failure::new(*code), text, "req_0198f0c2", Language::En);
        let html = show(&format!("hub-failed-{}", code.as_str()), &hub(text).failed(&view));
        assert!(html.contains(&format!("data-code=\"{}\"", code.as_str())), "{code:?}");
        assert!(html.contains("req_0198f0c2"));
        assert!(html.split("req_0198f0c2").nth(1).unwrap().contains("Need help?"));
        // Its words are for the operator: only a later check can find it.
        let for_operator = *code == FailureCode::SecretDamaged;
        assert!(for_operator || !html.to_lowercase().contains("linkhub"), "{code:?} names us");
        assert_eq!(html.matches(" autofocus").count(), 1, "{code:?}");
        assert_eq!(html.matches("type=\"password\"").count(), 1);
        let key = html.split("id=\"api_key\"").nth(1).unwrap().split('>').next().unwrap();
        assert!(!key.contains("value="));
    }
}

#[test]
fn the_other_pages_escape() {
    let visitor = || Layout::visitor(&Arc::default(), Nav::Elsewhere);
    for (name, text) in TEXTS {
        let layout = Layout { brand: white_label(text), ..visitor() };
        let problem = Problem::some("wrong_password", text);
        let next = text.to_owned();
        show(&format!("login-{name}"), &LoginPage { layout, next, problem, needs_setup: false });
        let failure = FailureBox {
            code: "not_found",
            title: text.to_owned(),
            reason: text.to_owned(),
            next_step: text.to_owned(),
            support_id: text.to_owned(),
            ..FailureBox::default()
        };
        let layout = Layout { brand: white_label(text), ..visitor() };
        show(&format!("error-{name}"), &ErrorPage { layout, status: "404".to_owned(), failure });
    }
    for (name, done) in [("setup", false), ("setup-done", true)] {
        let (link_problem, password_problem) = (None, None);
        show(name, &SetupPage { layout: visitor(), link_problem, password_problem, done });
    }
    let next = "/accounts".to_owned();
    show("login", &LoginPage { layout: visitor(), next, problem: None, needs_setup: true });
}

/// Everything that an end user can see, as they see it: no admin, no word of English.
#[test]
fn every_state_is_shown_in_every_language() {
    let now = Timestamp::parse("2026-11-23T10:00:00Z").unwrap();
    let domains = ["qlikcloud.com".to_owned()];
    let door = || {
        let mut door = Door::admin();
        door.for_admin = false;
        door.offers_renewal = true;
        door
    };
    for language in Language::ALL {
        let code = language.as_str();
        let layout = |nav| Layout::visitor(&Arc::default(), nav).in_language(language);
        let hub = || HubPage::new(layout(Nav::Connect), door(), &domains, Typed::default());
        let mut pages = vec![show(&format!("hub-{code}"), &hub())];
        for expires in ["2026-11-24T09:41:00Z", ""] {
            let linked = linked("My Company", true, expires);
            let page = hub().linked(LinkedView::of(&linked, &door(), now, language));
            let name = if expires.is_empty() { "unknown-expiry" } else { "expiry" };
            pages.push(show(&format!("hub-linked-{name}-{code}"), &page));
        }
        let view = LinkedView::of(
            &linked("My Company", false, "2026-11-24T09:41:00Z"),
            &door(),
            now,
            language,
        );
        let view = LinkedView { renews: true, ..view };
        pages.push(show(&format!("hub-linked-renews-{code}"), &hub().linked(view)));
        for failure in FailureCode::ALL {
            let failure = Failure::new(*failure);
            let view = FailureView::of(&failure, "my-company", "req_0198f0c2", language);
            let name = format!("hub-failed-{}-{code}", failure.code.as_str());
            pages.push(show(&name, &hub().failed(&view)));
        }
        let (page, view) = hub_that_asks(layout(Nav::Connect), "My Company");
        pages.push(show(&format!("hub-asks-{code}"), &page.failed(&view)));
        let guide = GuidePage::new(layout(Nav::Guide).indexable(), "https://example.com".into());
        pages.push(show(&format!("guide-{code}"), &guide));
        for html in pages {
            assert!(html.contains(&format!("<html lang=\"{code}\"")), "{code}");
            for text in texts::tests::unmistakably_english() {
                let there = html.contains(&text);
                assert!(!there || language == Language::En, "{code}: {text}\n{html}");
            }
        }
    }
}
