//! By whom the Hub was opened, and so where it posts to and leads.

use std::sync::Arc;

use url::Url;

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::Account;
use crate::model::connect_session::{ConnectSession, Origin};
use crate::model::language::Language;
use crate::secret::PlainToken;
use crate::web::paths;
use crate::web::texts::{self, times};

#[derive(Debug, Clone)]
pub struct Door {
    pub action: String,
    /// An attempt is cancelled by a POST to `{attempts}/{id}/cancel`.
    pub attempts: &'static str,
    /// An admin names the owner and may go on to the Accounts page.
    pub for_admin: bool,
    /// What the form says beside what people type: it stands in the body, never in a path that is logged.
    pub token: Option<Arc<PlainToken>>,
    /// The page that frames the Hub.
    pub framed_by: Option<Origin>,
    pub renewal: Option<Renewal>,
    /// Whether people may allow the hub to make successors of their key.
    pub offers_renewal: bool,
    done: Done,
}

#[derive(Debug, Clone)]
enum Done {
    /// A page of this hub.
    Here(String),
    /// The vendor's page, which is told what was linked.
    Elsewhere(Url),
}

/// The account that gets a new key: tenant and region are known and stay.
#[derive(Debug, Clone)]
pub struct Renewal {
    pub words: String,
    pub tenant_name: String,
    pub region: String,
    pub account_id: String,
    /// What the account is called: its label, or else the tenant's name.
    pub name: String,
    pub tenant: String,
    pub host: String,
    pub user: String,
    /// RFC 3339; `None` is unknown.
    pub expires_at: Option<String>,
    pub expires: String,
    /// Whether the hub makes successors of the key.
    pub allowed: bool,
}

impl Renewal {
    pub fn of(
        account: &Account,
        base_domains: &[String],
        now: Timestamp,
        language: Language,
    ) -> Self {
        let (user, tenant) = (account.user.name.as_str(), account.tenant.name.as_str());
        let words = texts::with(language, "hub-renews", &[("user", user), ("tenant", tenant)]);
        let mut labels = account.host.splitn(3, '.');
        let (name, region) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
        // Below another base domain than the usual one only the whole host says which it is.
        let usual = labels.next() == base_domains.first().map(String::as_str);
        Self {
            words: words.into_owned(),
            tenant_name: if usual { name } else { &account.host }.to_owned(),
            region: region.to_owned(),
            account_id: account.id.to_string(),
            name: account.name().to_owned(),
            tenant: account.tenant.name.clone(),
            host: account.host.clone(),
            user: account.user.name.clone(),
            allowed: account.renewal.allowed_at.is_some(),
            expires_at: account.key.expires_at.map(|at| at.to_string()),
            expires: match account.key.expires_at {
                Some(at) => times::relative(language, at, now),
                None => texts::get(language, "linked-unknown").into_owned(),
            },
        }
    }
}

impl Door {
    /// *Link now*, by a signed-in admin.
    pub fn admin() -> Self {
        Self {
            action: paths::CONNECT.to_owned(),
            attempts: paths::CONNECT_ATTEMPTS,
            for_admin: true,
            token: None,
            framed_by: None,
            renewal: None,
            offers_renewal: false,
            done: Done::Here(paths::CONNECT.to_owned()),
        }
    }

    /// *Reconnect*, by a signed-in admin.
    pub fn renewing(renewal: Renewal) -> Self {
        let action = paths::reconnect(&renewal.account_id);
        Self { renewal: Some(renewal), action, ..Self::admin() }
    }

    /// A connect session, by whoever holds its token.
    pub fn session(session: &ConnectSession, token: Arc<PlainToken>, language: Language) -> Self {
        let success_url = session.terms.success_url.clone();
        Self {
            action: format!("{}?lang={}", paths::HUB, language.as_str()),
            attempts: paths::HUB_ATTEMPTS,
            for_admin: false,
            token: Some(token),
            framed_by: None,
            renewal: None,
            offers_renewal: false,
            done: success_url.map_or_else(
                || Done::Here(format!("{}?lang={}", paths::HUB_DONE, language.as_str())),
                Done::Elsewhere,
            ),
        }
    }

    /// Where *Done* leads after that account was linked.
    pub fn done_url(&self, account: &AccountId) -> String {
        match &self.done {
            Done::Here(path) => path.clone(),
            Done::Elsewhere(url) => {
                let mut url = url.clone();
                url.query_pairs_mut()
                    .append_pair("account_id", account.as_str())
                    .append_pair("provider", "qlik");
                url.into()
            }
        }
    }
}
