//! White label: what the operator puts in the place of our name, mark and colour. Checked once, at the
//! start, so that a page never has to ask whether it can be shown.

mod accent;
mod colour;
mod logo;
mod support;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use thiserror::Error;

use crate::web::assets::{self, Asset};
use accent::Accent;
use colour::Rgb;

pub use logo::LARGEST as LARGEST_LOGO;
pub use support::Support;

/// The name that nobody has replaced.
pub const OURS: &str = "linkhub";
/// What fits into the top bar and a title.
const LONGEST_NAME: usize = 60;

/// An image of somebody else's making: opened by itself it can run, load and send nothing.
const LOGO_POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

/// As it is set; [`Brand::new`] checks it.
#[derive(Debug, Clone)]
pub struct BrandSettings {
    pub name: String,
    /// The content of the file.
    pub logo: Option<Vec<u8>>,
    pub accent: Option<String>,
    pub support_url: Option<String>,
    pub hide_powered_by: bool,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum BrandError {
    #[error("LINKHUB_BRAND_NAME is empty; set the name that people know, or leave it out")]
    NameEmpty,
    #[error("LINKHUB_BRAND_NAME has {0} characters; at most {LONGEST_NAME} fit into the top bar")]
    NameTooLong(usize),
    #[error("LINKHUB_BRAND_NAME holds a line break or another character that cannot be shown")]
    NameUnshowable,
    #[error(
        "LINKHUB_BRAND_LOGO_FILE is larger than 64 KiB; every visitor loads it, so make it smaller"
    )]
    LogoTooLarge,
    #[error("LINKHUB_BRAND_LOGO_FILE is neither an SVG (as UTF-8) nor a PNG")]
    LogoOfOtherKind,
    #[error(
        "LINKHUB_BRAND_LOGO_FILE is an SVG that browsers show nothing of: its <svg> lacks \
         xmlns=\"http://www.w3.org/2000/svg\""
    )]
    LogoWithoutNamespace,
    #[error("LINKHUB_BRAND_LOGO_FILE is damaged or cut off; save the image again")]
    LogoDamaged,
    #[error("LINKHUB_BRAND_ACCENT is {0:?}, but must be a colour as #rrggbb, such as #0b7a4b")]
    Accent(String),
    #[error(
        "LINKHUB_BRAND_SUPPORT_URL is {0:?}, but must be https://…, mailto:… or a mail address, \
         such as support@example.com"
    )]
    Support(String),
}

#[derive(Debug)]
pub struct Brand {
    pub name: String,
    pub support: Option<Support>,
    pub hide_powered_by: bool,
    accent: Option<Accent>,
    logo: Option<File>,
    stylesheet: Option<File>,
}

/// Served below `/brand/` under a name that changes with its content.
#[derive(Debug)]
struct File {
    name: String,
    hash: String,
    asset: Asset,
}

impl Default for Brand {
    /// Ours.
    fn default() -> Self {
        Self {
            name: OURS.to_owned(),
            support: None,
            hide_powered_by: false,
            accent: None,
            logo: None,
            stylesheet: None,
        }
    }
}

impl Brand {
    pub fn new(settings: BrandSettings) -> Result<Self, BrandError> {
        let accent = match settings.accent {
            Some(text) => Some(Rgb::parse(text.trim()).ok_or(BrandError::Accent(text))?),
            None => None,
        };
        let accent = accent.map(Accent::of);
        let support = match settings.support_url {
            Some(text) => Some(Support::parse(&text).ok_or(BrandError::Support(text))?),
            None => None,
        };
        let logo = match settings.logo {
            Some(image) => {
                let kind = logo::Kind::of(&image)?;
                Some(File::new("logo", kind.extension(), kind.content_type(), image.into()))
            }
            None => None,
        };
        let stylesheet = accent.map(|accent| {
            File::new("accent", "css", "text/css; charset=utf-8", accent.stylesheet().into())
        });
        let hide_powered_by = settings.hide_powered_by;
        let name = checked_name(&settings.name)?;
        Ok(Self { name, support, hide_powered_by, accent, logo, stylesheet })
    }

    pub fn logo_url(&self) -> Option<String> {
        self.logo.as_ref().map(File::url)
    }

    /// The logo for pages that load nothing from here.
    pub fn logo_data(&self) -> Option<String> {
        self.logo.as_ref().map(|logo| logo.asset.data_uri())
    }

    pub fn stylesheet_url(&self) -> Option<String> {
        self.stylesheet.as_ref().map(File::url)
    }

    /// Whether our mark may stand where there is no logo.
    pub fn is_ours(&self) -> bool {
        self.logo.is_none() && self.name == OURS
    }

    /// The icon of a tab: its URL and its kind. Without one, browsers ask for `/favicon.ico`.
    pub fn icon(&self) -> (String, &'static str) {
        match &self.logo {
            Some(file) => (file.url(), file.asset.content_type()),
            None if self.is_ours() => (assets::url("favicon.svg"), "image/svg+xml"),
            None => ("data:,".to_owned(), "image/png"),
        }
    }

    /// What became of an accent that could not have been read, for the operator.
    pub fn moved_accent(&self) -> Option<String> {
        let Accent { wanted, light, dark } = self.accent?;
        (light.accent != wanted || dark.accent != wanted).then(|| {
            format!(
                "the accent {wanted} is shown as {} on light and {} on dark pages, where it can be read",
                light.accent, dark.accent
            )
        })
    }

    /// Answers `/brand/{path}`. `None` if there is no such file.
    pub async fn serve(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let files = [&self.logo, &self.stylesheet].into_iter().flatten();
        let file = files.into_iter().find(|file| file.name == path)?;
        let mut response = file.asset.answer(&file.hash, headers).await?;
        if file.asset.content_type().starts_with("image/") {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, LOGO_POLICY);
        }
        Some(response)
    }
}

impl File {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: Bytes) -> Self {
        let hash = assets::hash_of([content.as_ref()]);
        let name = format!("{stem}.{hash}.{extension}");
        Self { name, hash, asset: Asset::new(content_type, content) }
    }

    fn url(&self) -> String {
        format!("/brand/{}", self.name)
    }
}

fn checked_name(name: &str) -> Result<String, BrandError> {
    let name = name.trim();
    let length = name.chars().count();
    if name.is_empty() {
        return Err(BrandError::NameEmpty);
    }
    if name.chars().any(char::is_control) {
        return Err(BrandError::NameUnshowable);
    }
    if length > LONGEST_NAME {
        return Err(BrandError::NameTooLong(length));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests;
