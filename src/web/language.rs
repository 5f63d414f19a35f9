//! In which language a visitor is answered: `?lang=`, then what the browser asks for, else English.
//! A connect session that names a language comes before both; its handler sees to that.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;

use crate::model::language::Language;

/// The visitor's language. The answer must be passed through [`varied`].
#[derive(Debug, Clone, Copy)]
pub struct Spoken(pub Language);

impl<S: Send + Sync> FromRequestParts<S> for Spoken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(of(&parts.uri, &parts.headers)))
    }
}

pub fn of(uri: &Uri, headers: &HeaderMap) -> Language {
    let query = uri.query().unwrap_or_default();
    let chosen = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, tag)| Language::parse(&tag));
    let asked = || {
        let header = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::negotiate(header)
    };
    chosen.or_else(asked).unwrap_or_default()
}

/// Says that another browser may get another answer.
pub fn varied(mut response: Response) -> Response {
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_comes_before_the_browser_and_english_is_last() {
        let spoken = |uri: &str, accepts: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, accepts.parse().unwrap());
            of(&uri.parse().unwrap(), &headers)
        };
        assert_eq!(spoken("/guide?lang=ja", "de"), Language::Ja);
        assert_eq!(spoken("/guide?x=1&lang=pt-BR", "de"), Language::Pt);
        assert_eq!(spoken("/guide?lang=nl", "de-AT,en;q=0.5"), Language::De);
        assert_eq!(spoken("/guide?lang=%00", "nl"), Language::En);
        assert_eq!(of(&Uri::from_static("/guide"), &HeaderMap::new()), Language::En);
    }
}
