//! Which accounts something is done with: those that are ticked, or all that the list finds.

use std::collections::BTreeSet;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::state::AppState;
use crate::store::AccountQuery;
use crate::web::error::WebError;
use crate::web::pages::accounts::{Notice, Params};

/// Something is done with no more accounts at once.
pub const MOST: usize = 1_000;
/// A form ticks no more of them.
const TICKED_MOST: usize = 300;
/// So many are read at a time.
const A_PAGE: usize = 250;

/// What a form says beside what is done.
#[derive(Debug, Default)]
pub struct Selection {
    pub params: Params,
    pub ids: BTreeSet<AccountId>,
    /// Ids that name nothing.
    pub strange: usize,
    pub all: bool,
}

#[derive(Debug)]
pub struct Selected {
    pub ids: Vec<AccountId>,
    /// The list goes on behind them.
    pub more: bool,
}

impl Selection {
    pub fn read(fields: &[(String, String)]) -> Self {
        let mut selection = Self::default();
        for (name, value) in fields {
            let params = &mut selection.params;
            match name.as_str() {
                "q" => params.q.clone_from(value),
                "status" => params.status.clone_from(value),
                "owner" => params.owner.clone_from(value),
                "expires" => params.expires.clone_from(value),
                "sort" => params.sort.clone_from(value),
                "order" => params.order.clone_from(value),
                "scope" => selection.all = value == "all",
                "account" => match AccountId::try_from(value.clone()) {
                    Ok(id) => {
                        selection.ids.insert(id);
                    }
                    Err(_) => selection.strange += 1,
                },
                _ => {}
            }
        }
        selection
    }

    pub async fn find(&self, state: &AppState) -> Result<Selected, WebError> {
        if !self.all {
            if self.ids.len() + self.strange > TICKED_MOST {
                return Err(WebError::too_large());
            }
            return Ok(Selected { ids: self.ids.iter().cloned().collect(), more: false });
        }
        all(state, &self.params, state.clock.now()).await
    }
}

async fn all(state: &AppState, params: &Params, now: Timestamp) -> Result<Selected, WebError> {
    let mut query = AccountQuery { limit: A_PAGE, ..params.account_query(now) };
    let mut ids = Vec::new();
    loop {
        let page = state.store.list_accounts(&query).await?;
        ids.extend(page.accounts.into_iter().map(|account| account.id));
        let more = page.next.is_some();
        if ids.len() >= MOST || !more {
            let more = more || ids.len() > MOST;
            ids.truncate(MOST);
            return Ok(Selected { ids, more });
        }
        query.from = page.next;
    }
}

/// "1 account", "12 accounts".
pub fn accounts(count: usize) -> String {
    match count {
        1 => "1 account".to_owned(),
        count => format!("{count} accounts"),
    }
}

/// What is said of those that were not there any more; nothing if all were.
pub fn gone(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => " 1 account is unlinked; nothing was done with it.".to_owned(),
        count => format!(" {count} accounts are unlinked; nothing was done with them."),
    }
}

/// What is said of those that were too many.
pub fn more(there_are: bool) -> String {
    if there_are {
        format!(" These are the first {MOST} of the list; there are more.")
    } else {
        String::new()
    }
}

/// What became of the ticked accounts.
pub fn notice(params: &Params) -> Option<Notice> {
    let number = |text: &str| text.parse::<usize>().unwrap_or_default();
    let tested = number(&params.count);
    match params.did.as_str() {
        "nothing" => Some(Notice {
            tone: "warn",
            title: "Nothing is ticked",
            text: "Tick accounts in the list, or choose to do it with all.".to_owned(),
        }),
        "tested" | "tested_first" => Some(Notice {
            tone: "good",
            title: "Tests are under way",
            text: format!(
                "{} {} tested in the background, as fast as the tenants allow; reload to see how they are.{}{}",
                accounts(tested),
                if tested == 1 { "is" } else { "are" },
                gone(number(&params.gone)),
                more(params.did == "tested_first"),
            ),
        }),
        "announced" | "announced_first" => Some(Notice {
            tone: "good",
            title: "Links are announced",
            text: format!(
                "Reconnect links of {} go to the webhook endpoints that ask for connect_session.created.{}{}",
                accounts(tested),
                gone(number(&params.gone)),
                more(params.did == "announced_first"),
            ),
        }),
        "nobody" => Some(Notice {
            tone: "warn",
            title: "Nobody would hear of it",
            text: "No webhook endpoint that is switched on asks for connect_session.created. No link was made.".to_owned(),
        }),
        _ => None,
    }
}
