//! What every page has around it.

use std::sync::Arc;

use crate::web::assets;
use crate::web::brand::Brand;

/// The place of a page in the main navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    Accounts,
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
        Self { brand: Arc::clone(brand), admin: None, nav, indexable: false }
    }

    pub fn signed_in(brand: &Arc<Brand>, admin: impl Into<String>, nav: Nav) -> Self {
        Self { admin: Some(admin.into()), ..Self::visitor(brand, nav) }
    }

    #[must_use]
    pub fn indexable(self) -> Self {
        Self { indexable: true, ..self }
    }

    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// Where the product's name leads.
    pub fn home(&self) -> &'static str {
        if self.admin.is_some() { "/accounts" } else { "/guide" }
    }

    pub fn nav_items(&self) -> [NavItem; 3] {
        [
            (Nav::Accounts, "/accounts", "Accounts"),
            (Nav::Connect, "/connect", "Link account"),
            (Nav::Guide, "/guide", "Guide"),
        ]
        .map(|(nav, href, text)| NavItem { href, text, current: nav == self.nav })
    }
}
