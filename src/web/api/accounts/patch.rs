//! What a back end changes of an account.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::linking::Edit;
use crate::web::api::connect_sessions::terms::{Kind, kind, metadata};
use crate::web::api::problems::Problems;
use crate::web::error::WebError;

/// What is to be otherwise. Everything else that the contract has is ignored, above all what would be a key.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AccountPatch {
    /// `null` takes the label away. StackOne's client sends an object, which changes nothing.
    #[serde(default, deserialize_with = "label")]
    #[schema(value_type = Option<GivenLabel>)]
    label: Option<String>,
    /// Is merged into what is kept; `null` removes a name.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    #[schema(max_length = 200)]
    origin_owner_id: Option<String>,
    #[schema(max_length = 200)]
    origin_owner_name: Option<String>,
    #[schema(max_length = 200)]
    origin_username: Option<String>,
    #[serde(rename = "type")]
    #[schema(value_type = Option<Kind>)]
    kind: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum GivenLabel {
    #[schema(value_type = ShortText)]
    Text(String),
    #[schema(value_type = Object)]
    Unchanged(#[expect(dead_code, reason = "it only has to be one")] Map<String, Value>),
}

#[derive(Debug, ToSchema)]
#[schema(max_length = 200)]
#[expect(dead_code, reason = "it describes a text")]
pub struct ShortText(String);

fn label<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let given = Option::deserialize(deserializer)
        .map_err(|_| serde::de::Error::custom("expected a text or null"))?;
    Ok(match given {
        Some(GivenLabel::Text(text)) => Some(text),
        Some(GivenLabel::Unchanged(_)) => None,
        None => Some(String::new()),
    })
}

impl AccountPatch {
    pub fn read(self) -> Result<Edit, WebError> {
        let mut problems = Problems::default();
        let text = |problems: &mut Problems, field, given: Option<String>| {
            given.map(|given| problems.short_text(field, &given))
        };
        let edit = Edit {
            label: text(&mut problems, "label", self.label),
            owner_id: text(&mut problems, "origin_owner_id", self.origin_owner_id),
            owner_name: text(&mut problems, "origin_owner_name", self.origin_owner_name),
            owner_username: text(&mut problems, "origin_username", self.origin_username),
            metadata: self.metadata.map(|given| metadata(given, &mut problems)),
            kind: kind(self.kind.as_deref(), &mut problems),
        };
        problems.none()?;
        Ok(edit)
    }
}
