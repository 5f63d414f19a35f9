//! Queries of the API. A list is a repeated name (`status=active&status=error`, or `status[]=…`).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;

use crate::web::api::problems::{LONGEST, Problems};

/// A list may name so many values.
pub const MOST: usize = 100;

/// The query as it stands in the URL. Names that are not known are ignored.
#[derive(Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Params {
    /// Every value of a name. A value that no text of ours can be is left out.
    pub fn all(&self, name: &str, problems: &mut Problems) -> Vec<String> {
        let values: Vec<&String> = self.values(name).collect();
        if values.len() > MOST {
            problems.add(name, format!("It may be given {MOST} times."));
        }
        if values.iter().any(|value| value.chars().count() > LONGEST) {
            problems.add(name, format!("It may have {LONGEST} characters."));
        }
        values.into_iter().cloned().collect()
    }

    pub fn one(&self, name: &str) -> Option<&str> {
        self.values(name).next().map(String::as_str)
    }

    pub fn number(
        &self,
        name: &str,
        range: std::ops::RangeInclusive<usize>,
        problems: &mut Problems,
    ) -> Option<usize> {
        let text = self.one(name)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (least, most) = (range.start(), range.end());
            problems.add(name, format!("It must be a whole number from {least} to {most}."));
        }
        number
    }

    /// `false` if it is not given.
    pub fn flag(&self, name: &str, problems: &mut Problems) -> bool {
        match self.one(name) {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                problems.add(name, "It must be true or false.");
                false
            }
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &String> {
        let is = move |given: &str| {
            given == name || given.strip_suffix("[]").is_some_and(|given| given == name)
        };
        self.0.iter().filter(move |(given, _)| is(given)).map(|(_, value)| value)
    }

    /// The same query without the names that say where in the list one is.
    pub fn without_place(&self) -> Vec<(&str, &str)> {
        let pairs = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        pairs.filter(|(name, _)| !["page", "cursor"].contains(name)).collect()
    }
}
