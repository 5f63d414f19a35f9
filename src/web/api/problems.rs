//! What is wrong with a request, field by field, so that one answer tells all of it.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::json;

use crate::web::error::WebError;
use crate::web::pages::account::tidy;

/// A text for people may have so many characters.
pub const LONGEST: usize = 200;

#[derive(Debug, Default)]
pub struct Problems(BTreeMap<String, String>);

impl Problems {
    pub fn add(&mut self, field: &str, sentence: impl Into<String>) {
        self.0.entry(field.to_owned()).or_insert_with(|| sentence.into());
    }

    /// A short text, tidied as those are that people type: one line, without blanks around it.
    pub fn short_text(&mut self, field: &str, given: &str) -> String {
        if given.chars().count() > LONGEST {
            self.add(field, format!("It may have {LONGEST} characters."));
        }
        tidy(given)
    }

    /// As [`Problems::short_text`], and not empty.
    pub fn needed(&mut self, field: &str, given: &str) -> String {
        let text = self.short_text(field, given);
        if text.is_empty() {
            self.add(field, "It must not be empty.");
        }
        text
    }

    pub fn none(self) -> Result<(), WebError> {
        if self.0.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

impl From<Problems> for WebError {
    fn from(problems: Problems) -> Self {
        let words = [
            "A field is not as it should be",
            "See data.fields. Nothing was changed.",
            "Correct the fields that are named, and send the request again.",
        ];
        let error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_fields", words);
        error.with(json!({ "fields": problems.0 }))
    }
}
