//! The guide for everybody: as a page, as Markdown, and the files by which machines find it.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use crate::model::language::Language;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::guide::{self, Guide};
use crate::web::language::{Spoken, varied};
use crate::web::layers::compressible;
use crate::web::layout::{Layout, Nav};
use crate::web::{paths, render};

#[derive(Template, Debug)]
#[template(path = "pages/guide.html")]
pub struct GuidePage {
    layout: Layout,
    guide: Guide,
    markdown_url: String,
    /// For search engines, which take whole addresses only.
    origin: String,
    languages: [Other; Language::ALL.len()],
}

/// The guide in one of its languages.
#[derive(Debug)]
struct Other {
    code: &'static str,
    name: &'static str,
    url: String,
    current: bool,
}

impl GuidePage {
    pub fn new(layout: Layout, origin: String) -> Self {
        Self {
            guide: Guide::of(&layout.brand.name, layout.language),
            markdown_url: paths::guide_md(layout.language),
            origin,
            languages: Language::ALL.map(|language| Other {
                code: language.as_str(),
                name: language.own_name(),
                url: paths::guide(language),
                current: language == layout.language,
            }),
            layout,
        }
    }
}

pub async fn show(
    State(state): State<AppState>,
    Spoken(language): Spoken,
) -> Result<Response, WebError> {
    let layout = Layout::visitor(&state.site.brand, Nav::Guide).indexable().in_language(language);
    render(&GuidePage::new(layout, state.site.origin())).map(varied).map(compressible)
}

pub async fn markdown(State(state): State<AppState>, Spoken(language): Spoken) -> Response {
    let text = guide::markdown(&state.site.brand.name, language);
    varied(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response())
}

/// The index for machines (llmstxt.org).
pub async fn llms(State(state): State<AppState>) -> Response {
    let product = &state.site.brand.name;
    let site = state.site.origin();
    let text = format!(
        "# {product}\n\n\
         > Links a customer’s Qlik Cloud tenant by tenant name, region and API key, and keeps the link alive.\n\n\
         ## Guide\n\n\
         - [Get a Qlik Cloud API key]({site}{}): permission, key, tenant name and region, and how long keys live\n",
        paths::GUIDE_MD
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// Only the guide is for search engines; what its page loads must be readable to them too.
pub async fn robots() -> &'static str {
    "User-agent: *\nAllow: /guide\nAllow: /llms.txt\nAllow: /static/\nAllow: /brand/\nDisallow: /\n"
}
