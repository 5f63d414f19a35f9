//! An API key that has just been made: shown once.

use askama::Template;

use crate::linking::NewApiKey;
use crate::model::api_key::Scope;
use crate::web::layout::Layout;

#[derive(Template)]
#[template(path = "pages/new_api_key.html")]
pub struct NewApiKeyPage {
    pub layout: Layout,
    pub name: String,
    pub token: String,
    pub scopes: Vec<&'static str>,
    /// A command to try it with, if it may do anything that a single line can show.
    pub curl: Option<String>,
}

impl NewApiKeyPage {
    /// `origin` is the hub's own, as back ends reach it.
    pub fn new(layout: Layout, origin: &str, new: &NewApiKey) -> Self {
        let token = new.token.reveal().to_string();
        let curl = if new.key.may(Scope::AccountsRead) {
            Some(format!("curl -u '{token}:' {origin}/api/accounts"))
        } else if new.key.may(Scope::SessionsWrite) {
            Some(format!("curl -u '{token}:' {origin}/api/connect_sessions"))
        } else {
            None
        };
        Self {
            layout,
            name: new.key.name.clone(),
            scopes: new.key.scopes.iter().map(|scope| scope.as_str()).collect(),
            token,
            curl,
        }
    }
}
