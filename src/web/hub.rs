//! The Hub: one page, whoever opens it and by whichever door. The handlers of a door say where it
//! posts to; what is shown, and what the stream of events says, is the same for all.

mod door;
pub mod events;
pub mod press;
mod replacement;

use std::borrow::Cow;

use askama::Template;
use axum::http::StatusCode;
use serde::Serialize;

use crate::clock::Timestamp;
use crate::linking::Linked;
use crate::model::failure::{Certainty, Failure, FailureCode, Field, Step};
use crate::model::language::Language;
use crate::qlik::{REGIONS, TenantAddress};
use crate::web::components::{FailureBox, Problem};
use crate::web::guide::Guide;
use crate::web::layout::Layout;
use crate::web::texts::{self, scripts, times};
use crate::web::words;

pub use door::{Door, Renewal};
pub use replacement::Replacement;

/// What was typed and is shown again; never the key.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub tenant_name: String,
    pub region: String,
    pub owner_id: String,
    pub owner_name: String,
    /// Whether renewal was allowed; `None` if the form has not been sent.
    pub renewal: Option<bool>,
}

/// What a form says to the offer of renewal: a box that is not ticked sends nothing, so the form says beside it
/// that it was shown.
pub fn answer_to_offer(offered: &str, renewal: &str) -> Option<bool> {
    let allowed = renewal == "allow";
    (allowed || !offered.is_empty()).then_some(allowed)
}

impl Typed {
    /// The address that this means, for the words; empty if it means none.
    pub fn host(&self, base_domains: &[String]) -> String {
        TenantAddress::parse(&self.tenant_name, &self.region, base_domains)
            .map(|address| address.host())
            .unwrap_or_default()
    }
}

#[derive(Debug, Default)]
pub struct Problems {
    pub tenant_name: Option<Problem>,
    pub region: Option<Problem>,
    pub api_key: Option<Problem>,
}

/// The page, in every state that the server draws.
#[derive(Template, Debug)]
#[template(path = "pages/connect.html")]
pub struct HubPage {
    layout: Layout,
    door: Door,
    typed: Typed,
    problems: Problems,
    failure: FailureBox,
    /// Another user's key, which may be meant; a blank one is there for the script.
    replacement: Replacement,
    linked: Option<LinkedView>,
    blank: LinkedView,
    base_domains: String,
    guide: Guide,
    open_section: usize,
    regions: Vec<(&'static str, Cow<'static, str>)>,
    steps: [(&'static str, Cow<'static, str>); 5],
    /// What the scripts say, as JSON.
    texts: String,
}

impl HubPage {
    pub fn new(layout: Layout, door: Door, base_domains: &[String], mut typed: Typed) -> Self {
        let language = layout.language;
        if let Some(renewal) = &door.renewal {
            typed.tenant_name.clone_from(&renewal.tenant_name);
            typed.region.clone_from(&renewal.region);
        }
        let blank = LinkedView { for_admin: door.for_admin, ..LinkedView::default() };
        Self {
            guide: Guide::of(&layout.brand.name, language),
            texts: scripts::of_hub(language, door.for_admin),
            layout,
            door,
            typed,
            problems: Problems::default(),
            failure: FailureBox::default(),
            replacement: Replacement::default(),
            linked: None,
            blank,
            base_domains: base_domains.join(" "),
            open_section: 0,
            regions: REGIONS
                .iter()
                .map(|(code, _)| (*code, texts::get(language, &format!("region-{code}"))))
                .collect(),
            steps: Step::ALL.map(|step| (step.as_str(), words::step(step, language))),
        }
    }

    #[must_use]
    pub fn failed(mut self, view: &FailureView) -> Self {
        let problem = Some(Problem { code: view.code.to_owned(), text: view.title.clone() });
        match view.field {
            "tenant_name" => self.problems.tenant_name = problem,
            "region" => self.problems.region = problem,
            "api_key" => self.problems.api_key = problem,
            _ => {}
        }
        self.replacement = view.replacement.clone().unwrap_or_default();
        self.open_section = match view.field {
            "tenant_name" | "region" => self.section("guide-address"),
            "api_key" => self.section("guide-key"),
            _ => 0,
        };
        self.failure = FailureBox {
            code: view.code,
            step: view.step_words.clone(),
            title: view.title.clone(),
            reason: view.reason.clone(),
            next_step: view.next_step.clone(),
            support_id: view.support_id.clone(),
            focus: view.field == "form",
        };
        self
    }

    #[must_use]
    pub fn linked(mut self, view: LinkedView) -> Self {
        self.linked = Some(view);
        self
    }

    /// As it was left, or else as it was decided before.
    fn renewal_is_ticked(&self) -> bool {
        let before = self.door.renewal.as_ref().is_some_and(|renewal| renewal.allowed);
        self.typed.renewal.unwrap_or(before)
    }

    /// What one user has allowed the other has not: the box that was ticked is not any more, and if it stays
    /// so, nothing is said for the user to whom the account belongs.
    fn renewal_is_asked_anew(&self) -> bool {
        self.renewal_is_ticked() && !self.replacement.is_blank()
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    fn section(&self, anchor: &str) -> usize {
        self.guide.sections.iter().position(|s| s.anchor == anchor).unwrap_or(0)
    }
}

/// Data of the event `failure`, and what the page without scripts shows.
#[derive(Debug, Clone, Serialize)]
pub struct FailureView {
    pub code: &'static str,
    /// The name of a form field, or `form`.
    pub field: &'static str,
    /// The stable name of the step; its words are `step_words`.
    pub step: &'static str,
    pub step_words: String,
    pub title: String,
    pub reason: String,
    pub next_step: String,
    pub support_id: String,
    /// Seconds.
    pub retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Replacement>,
}

impl FailureView {
    pub fn of(failure: &Failure, host: &str, support_id: &str, language: Language) -> Self {
        let words = words::of(failure, host, language);
        Self {
            code: failure.code.as_str(),
            field: match failure.code.field() {
                Field::TenantName => "tenant_name",
                Field::Region => "region",
                Field::ApiKey => "api_key",
                Field::Form => "form",
            },
            step: failure.step.as_str(),
            step_words: words::step(failure.step, language).into_owned(),
            title: words.title,
            reason: words.reason,
            next_step: words.next_step,
            support_id: support_id.to_owned(),
            retry_after: failure.retry_after.map(|wait| wait.as_secs().max(1)),
            replacement: failure.users.as_ref().map(|users| Replacement::of(users, language)),
        }
    }
}

/// The status of a page that shows this failure.
pub fn status(failure: &Failure) -> StatusCode {
    match failure.code {
        FailureCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        FailureCode::Unreachable => StatusCode::GATEWAY_TIMEOUT,
        FailureCode::UnexpectedAnswer => StatusCode::BAD_GATEWAY,
        FailureCode::QlikUnavailable | FailureCode::NotSaved => StatusCode::SERVICE_UNAVAILABLE,
        FailureCode::SessionExpired
        | FailureCode::SessionUsed
        | FailureCode::SessionRevoked
        | FailureCode::SessionBlocked => StatusCode::GONE,
        FailureCode::SessionUnknown => StatusCode::NOT_FOUND,
        code if code.certainty() == Certainty::Unknown && code.field() == Field::Form => {
            StatusCode::CONFLICT
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Data of the event `linked`, and what the confirmation shows. Unknown texts are empty.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides a line of its own")]
pub struct LinkedView {
    pub account_id: String,
    pub name: String,
    pub email: String,
    pub tenant_name: String,
    pub host: String,
    pub expires_at: String,
    pub expires_in: String,
    pub tenant_admin: bool,
    pub renewed: bool,
    /// The hub will make its successor.
    pub renews: bool,
    pub accounts_url: String,
    pub done_url: String,
    #[serde(skip)]
    pub for_admin: bool,
}

impl LinkedView {
    /// Whether it is there to be filled by a script.
    pub fn is_blank(&self) -> bool {
        self.account_id.is_empty()
    }

    pub fn of(linked: &Linked, door: &Door, now: Timestamp, language: Language) -> Self {
        let account = &linked.account;
        let expires_at = account.key.expires_at;
        Self {
            account_id: account.id.to_string(),
            name: account.user.name.clone(),
            email: account.user.email.clone().unwrap_or_default(),
            tenant_name: account.tenant.name.clone(),
            host: account.host.clone(),
            expires_at: expires_at.map(|at| at.to_string()).unwrap_or_default(),
            expires_in: expires_at.map(|at| times::relative(language, at, now)).unwrap_or_default(),
            tenant_admin: account.user.tenant_admin,
            renewed: linked.renewed,
            renews: account.renewal.next_at.is_some(),
            accounts_url: format!("/accounts?linked={}", account.id),
            done_url: door.done_url(&account.id),
            for_admin: door.for_admin,
        }
    }
}
