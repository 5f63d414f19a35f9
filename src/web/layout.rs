//! What every page has around it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::connect_session::Origin;
use crate::model::language::Language;
use crate::web::brand::Brand;
use crate::web::texts::{self, times};
use crate::web::{assets, paths};

/// The place of a page in the main navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    Accounts,
    Events,
    Webhooks,
    Links,
    ApiKeys,
    /// The navigation does not list it: it is one of the ways that Accounts offers.
    Connect,
    Guide,
    /// A page that the navigation does not list.
    Elsewhere,
}

/// Given to every page as its field `layout`.
#[derive(Debug, Clone)]
pub struct Layout {
    pub brand: Arc<Brand>,
    /// The signed-in admin's name.
    pub admin: Option<String>,
    pub nav: Nav,
    /// What admins see is English.
    pub language: Language,
    /// The origin of the page that frames this one: no bars around it, and a script that tells that page.
    pub parent_origin: Option<String>,
    /// Only pages for everybody may be found by search engines.
    pub indexable: bool,
}

#[derive(Debug, Clone, Copy)]
pub struct NavItem {
    pub href: &'static str,
    pub text: &'static str,
    pub current: bool,
}

impl Layout {
    /// For somebody who is not signed in.
    pub fn visitor(brand: &Arc<Brand>, nav: Nav) -> Self {
        Self {
            brand: Arc::clone(brand),
            admin: None,
            nav,
            language: Language::En,
            parent_origin: None,
            indexable: false,
        }
    }

    pub fn signed_in(brand: &Arc<Brand>, admin: impl Into<String>, nav: Nav) -> Self {
        Self { admin: Some(admin.into()), ..Self::visitor(brand, nav) }
    }

    #[must_use]
    pub fn indexable(self) -> Self {
        Self { indexable: true, ..self }
    }

    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    #[must_use]
    pub fn framed_by(self, parent: &Origin) -> Self {
        Self { parent_origin: Some(parent.to_string()), ..self }
    }

    /// A text of `locales/` in the language of the page.
    pub fn text(&self, key: &str) -> Cow<'static, str> {
        texts::get(self.language, key)
    }

    /// A text with its one placeholder filled in.
    pub fn text_with(&self, key: &str, name: &'static str, value: &str) -> Cow<'static, str> {
        texts::with(self.language, key, &[(name, value)])
    }

    /// The words of countdowns, for the script.
    pub fn times(&self) -> String {
        times::for_scripts(self.language)
    }

    /// The guide in the language of the page.
    pub fn guide_url(&self) -> String {
        paths::guide(self.language)
    }

    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// Where the product's name leads.
    pub fn home(&self) -> String {
        if self.admin.is_some() { paths::ACCOUNTS.to_owned() } else { self.guide_url() }
    }

    pub fn nav_items(&self) -> [NavItem; 6] {
        [
            (Nav::Accounts, "/accounts", "Accounts"),
            (Nav::Events, "/events", "Events"),
            (Nav::Webhooks, "/webhooks", "Webhooks"),
            (Nav::Links, "/links", "Links"),
            (Nav::ApiKeys, "/api-keys", "API keys"),
            (Nav::Guide, "/guide", "Guide"),
        ]
        .map(|(nav, href, text)| NavItem { href, text, current: nav == self.nav })
    }
}
