//! Pages of lists: `page_size`, and the header `Link` that leads to the next and the previous one.

use std::fmt::Write as _;

use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::clock::Timestamp;
use crate::state::Site;
use crate::web::api::problems::Problems;
use crate::web::api::query::Params;
use crate::web::error::WebError;

pub const USUAL: usize = 25;
pub const LARGEST: usize = 100;
/// Further pages are reached by the header `Link`, which costs the same everywhere.
pub const LAST_PAGE: usize = 10_000;

pub fn page_size(params: &Params, problems: &mut Problems) -> usize {
    params.number("page_size", 1..=LARGEST, problems).unwrap_or(USUAL)
}

/// Adds the header `Link` with those of (`rel`, cursor) that there are.
pub fn link(
    mut response: Response,
    site: &Site,
    path: &str,
    params: &Params,
    places: &[(&str, Option<String>)],
) -> Response {
    let mut links = String::new();
    for (rel, cursor) in places {
        let Some(cursor) = cursor else { continue };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params.without_place()).append_pair("cursor", cursor);
        let origin = site.origin();
        let separator = if links.is_empty() { "" } else { ", " };
        let _ = write!(links, "{separator}<{origin}{path}?{}>; rel=\"{rel}\"", query.finish());
    }
    if let Ok(links) = HeaderValue::try_from(links)
        && !links.is_empty()
    {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}

/// A place in a list that is sorted by time: `{milliseconds}.{id}`.
pub fn place<I: TryFrom<String>>(params: &Params) -> Result<Option<(Timestamp, I)>, WebError> {
    let Some(text) = params.one("cursor") else { return Ok(None) };
    place_in(text).map(Some).ok_or(WebError::no_such_place())
}

/// Reads what [`place_of`] wrote.
pub fn place_in<I: TryFrom<String>>(text: &str) -> Option<(Timestamp, I)> {
    let (at, id) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), I::try_from(id.to_owned()).ok()?))
}

pub fn place_of(at: Timestamp, id: &str) -> String {
    format!("{}.{id}", at.as_millis())
}
