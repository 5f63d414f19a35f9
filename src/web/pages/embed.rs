//! Embed: lines to paste that show the Hub on the vendor's own page.

pub mod script;

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::linking::SessionError;
use crate::model::account::Owner;
use crate::model::connect_session::{Origin, Terms};
use crate::state::AppState;
use crate::web::components::Problem;
use crate::web::error::WebError;
use crate::web::extract::{Form, SignedIn};
use crate::web::layout::{Layout, Nav};
use crate::web::pages::account::tidy;
use crate::web::pages::links::missing_owner;
use crate::web::render;

/// Long enough to try it.
const LIFETIME: Duration = Duration::from_hours(24);

#[derive(Template)]
#[template(path = "pages/embed.html")]
pub struct EmbedPage {
    pub layout: Layout,
    pub typed: EmbedForm,
    pub problems: Problems,
    pub snippets: Option<Snippets>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct EmbedForm {
    pub origin: String,
    pub owner_id: String,
    pub owner_name: String,
}

#[derive(Debug, Default)]
pub struct Problems {
    pub origin: Option<Problem>,
    pub owner_id: Option<Problem>,
}

/// What is copied.
#[derive(Debug)]
pub struct Snippets {
    /// Works as pasted, for a day and for one link.
    pub page: String,
    /// For production: how a back end makes a token, and the lines around it.
    pub backend: String,
    pub element: String,
}

pub async fn show(admin: SignedIn) -> Result<Response, WebError> {
    let (typed, problems) = (EmbedForm::default(), Problems::default());
    render(&EmbedPage { layout: admin.layout(Nav::Links), typed, problems, snippets: None })
}

pub async fn create(
    State(state): State<AppState>,
    admin: SignedIn,
    Form(form): Form<EmbedForm>,
) -> Result<Response, WebError> {
    let typed = EmbedForm {
        origin: form.origin.trim().to_owned(),
        owner_id: tidy(&form.owner_id),
        owner_name: tidy(&form.owner_name),
    };
    let layout = admin.layout(Nav::Links);
    let (Ok(origin), false) = (typed.origin.parse::<Origin>(), typed.owner_id.is_empty()) else {
        return refused(layout, typed);
    };
    let owner =
        Owner { id: typed.owner_id.clone(), name: typed.owner_name.clone(), ..Owner::default() };
    let terms = Terms {
        owner: owner.clone(),
        allowed_origins: vec![origin.clone()],
        note: format!("Embedded at {origin}"),
        ..Terms::default()
    };
    let new = match state.linking.create_connect_session(terms, LIFETIME, &admin.caller).await {
        Ok(new) => new,
        Err(SessionError::NoSuchAccount) => return Err(WebError::not_found()),
        Err(SessionError::Store(error)) => return Err(error.into()),
    };
    let snippets = Snippets::new(&state.site.origin(), &origin, &owner, &new.token.reveal());
    let problems = Problems::default();
    render(&EmbedPage { layout, typed, problems, snippets: Some(snippets) })
}

fn refused(layout: Layout, typed: EmbedForm) -> Result<Response, WebError> {
    let text =
        "This is no origin. It is https:// and a host, as https://app.example.com, without a path.";
    let problems = Problems {
        origin: match typed.origin.parse::<Origin>() {
            Ok(_) => None,
            Err(_) => Problem::some("origin_malformed", text),
        },
        owner_id: missing_owner(&typed.owner_id),
    };
    let page = EmbedPage { layout, typed, problems, snippets: None };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&page)?).into_response())
}

impl Snippets {
    /// `hub` is the hub's own origin.
    pub fn new(hub: &str, origin: &Origin, owner: &Owner, token: &str) -> Self {
        let script = format!("<script src=\"{hub}/embed.js\" defer></script>");
        let element = |token: &str| {
            format!("{script}\n<linkhub-connect token=\"{token}\"></linkhub-connect>")
        };
        let name = if owner.name.is_empty() { &owner.id } else { &owner.name };
        let body = json!({
            "origin_owner_id": owner.id,
            "origin_owner_name": name,
            "allowed_origins": [origin],
        });
        // A quote would end the shell's word.
        let body = format!("{body:#}").replace('\'', r"'\''");
        Self {
            page: element(token),
            backend: format!(
                "curl -u \"$LINKHUB_API_KEY:\" {hub}/api/connect_sessions \\\n  \
                 -H 'content-type: application/json' \\\n  -d '{body}'"
            ),
            element: element("the token of the answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_an_owner_ends_the_word_of_the_shell() {
        let name = "Jane’s '; rm -rf / #\"\n".to_owned();
        let owner = Owner { id: "c-1".to_owned(), name, ..Owner::default() };
        let origin = "https://app.example.com".parse().unwrap();
        let snippets = Snippets::new("https://link.example.com", &origin, &owner, "lhc_1.x");
        let (_, word) = snippets.backend.split_once("-d '").unwrap();
        let body = word.strip_suffix('\'').unwrap().replace(r"'\''", "\u{1}");
        assert!(!body.contains('\''), "{body}");
        let read: serde_json::Value = serde_json::from_str(&body.replace('\u{1}', "'")).unwrap();
        assert_eq!(read["origin_owner_name"], owner.name);
        assert_eq!(read["allowed_origins"][0], "https://app.example.com");
    }
}
