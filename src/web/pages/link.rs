//! What a link shows that links nothing: it has ended, is not known, or its work is done.

use askama::Template;
use axum::http::StatusCode;

use crate::model::account::Account;
use crate::model::connect_session::ConnectSession;
use crate::model::failure::{Failure, FailureCode};
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::hub;
use crate::web::layout::Layout;
use crate::web::words;

#[derive(Template, Debug)]
#[template(path = "pages/link.html")]
pub struct LinkPage {
    pub layout: Layout,
    pub status: StatusCode,
    /// Empty if nothing is wrong.
    pub code: &'static str,
    pub title: String,
    pub reason: String,
    pub next_step: String,
    /// User, tenant and host of what was linked with it.
    pub linked: Option<[String; 3]>,
    /// A script may know the link that this was.
    pub reopens: bool,
}

impl LinkPage {
    pub fn refused(layout: Layout, code: FailureCode) -> Self {
        let failure = Failure::new(code);
        let words = words::of(&failure, "", layout.language);
        Self {
            layout,
            status: hub::status(&failure),
            code: code.as_str(),
            title: words.title,
            reason: words.reason,
            next_step: words.next_step,
            linked: None,
            reopens: false,
        }
    }

    /// A session at its end. One that was used only shows what it linked.
    pub async fn ended(
        state: &AppState,
        layout: Layout,
        session: &ConnectSession,
        code: FailureCode,
    ) -> Result<Self, WebError> {
        let linked = match &session.linked_account_id {
            Some(id) if code == FailureCode::SessionUsed => state.store.find_account(id).await?,
            _ => None,
        };
        let linked =
            linked.map(|Account { user, tenant, host, .. }| [user.name, tenant.name, host]);
        Ok(Self { linked, ..Self::refused(layout, code) })
    }

    pub fn done(layout: Layout) -> Self {
        Self::saying("link-done", layout)
    }

    /// After the token has left the address.
    pub fn reopening(layout: Layout) -> Self {
        Self { reopens: true, ..Self::saying("link-reopen", layout) }
    }

    /// A page on which nothing is wrong.
    fn saying(key: &str, layout: Layout) -> Self {
        Self {
            status: StatusCode::OK,
            code: "",
            title: layout.text(key).into_owned(),
            reason: layout.text(&format!("{key}.reason")).into_owned(),
            next_step: String::new(),
            linked: None,
            reopens: false,
            layout,
        }
    }
}
