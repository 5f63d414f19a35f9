//! The renewal panel of an account: offered, allowed, planned or not, under way, in trouble, switched off.

use std::time::Duration;

use super::pictures::{account, now, one_account};
use super::{TEXTS, show};
use crate::clock::Timestamp;
use crate::model::account::{Account, RenewalPlan, RenewalProblem, RenewalProblemCode, Rules};
use crate::model::event::{Action, Actor, Caller, Event};
use crate::web::pages::account::{OneAccountPage, Past, RenewalPanel};

const HOUR: Duration = Duration::from_hours(1);

/// The page of an account with this plan, on a hub that renews or has ceased to.
fn page(text: &str, renewal: RenewalPlan, offered: bool) -> OneAccountPage {
    let account = Account { renewal, ..account(text) };
    let rules = Rules { renewal: offered, product: text.to_owned(), ..Rules::default() };
    let caller = Caller { actor: Actor::Admin { name: text.to_owned() }, ..Caller::system() };
    let consent = Event::new(Action::RenewalAllowed, &caller, now());
    let panel = RenewalPanel::new(&account, Some(&consent), &rules, now());
    OneAccountPage { renewal: panel, ..one_account(&account, &Past::default()) }
}

fn allowed(next_at: Option<Timestamp>) -> RenewalPlan {
    RenewalPlan { allowed_at: Some(now().minus(HOUR * 20)), next_at, ..RenewalPlan::default() }
}

#[test]
fn renewal_is_shown_in_every_state() {
    let ahead = Some(now().plus(HOUR * 7));
    for (name, text) in TEXTS {
        let offered = page(text, RenewalPlan::default(), true);
        let html = show(&format!("renewal-offered-{name}"), &offered);
        assert!(html.contains("Allow renewal") && !html.contains("Stop renewal"));
        let states = [
            ("planned", page(text, allowed(ahead), true), "in 7 h"),
            ("due", page(text, allowed(Some(now())), true), "due now"),
            ("unplanned", page(text, allowed(None), true), "Not planned"),
            ("switched-off", page(text, allowed(None), false), "LINKHUB_RENEWAL is off"),
        ];
        for (state, page, says) in states {
            let html = show(&format!("renewal-{state}-{name}"), &page);
            assert!(html.contains(says) && html.contains("Stop renewal"), "{state}");
            assert!(!html.contains("Try again now"), "{state}");
        }
        for code in RenewalProblemCode::ALL {
            let problem = Some(RenewalProblem { code, since: now().minus(HOUR) });
            let plan = RenewalPlan { problem, ..allowed(ahead) };
            let html =
                show(&format!("renewal-{}-{name}", code.as_str()), &page(text, plan.clone(), true));
            assert!(html.contains(&format!("data-code=\"{}\"", code.as_str())), "{code:?}");
            assert!(html.contains("Try again now") && html.contains("Stop renewal"), "{code:?}");
            let html =
                show(&format!("renewal-off-{}-{name}", code.as_str()), &page(text, plan, false));
            assert!(!html.contains("Try again now") && html.contains("Stop renewal"), "{code:?}");
        }
    }
    let html = show("renewal-none", &page("My Company", RenewalPlan::default(), false));
    assert!(!html.contains("Allow renewal"), "nothing is said where nothing is offered");
}
