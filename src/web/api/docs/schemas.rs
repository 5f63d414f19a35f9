//! The schemas of the API's bodies, in words.

use serde_json::Value;

use crate::web::api::docs::{fields, items, text};

#[derive(Debug)]
pub struct Schema {
    pub name: String,
    pub description: String,
    pub fields: Vec<Field>,
    /// What it can be, if it is one of several texts.
    pub values: Vec<String>,
}

#[derive(Debug)]
pub struct Field {
    pub name: String,
    pub kind: String,
    pub required: bool,
    pub description: String,
    pub example: String,
}

impl Schema {
    pub fn of((name, schema): (&String, &Value)) -> Self {
        let parts = items(&schema["allOf"]).chain([schema]);
        Self {
            name: name.clone(),
            description: text(schema, "description"),
            fields: parts.flat_map(fields_of).collect(),
            values: items(&schema["enum"]).filter_map(Value::as_str).map(str::to_owned).collect(),
        }
    }
}

fn fields_of(schema: &Value) -> Vec<Field> {
    let required: Vec<&str> = items(&schema["required"]).filter_map(Value::as_str).collect();
    let inherited = name_of(schema).map(|name| Field {
        name: format!("Everything of {name}"),
        kind: String::new(),
        required: true,
        description: String::new(),
        example: String::new(),
    });
    let own = fields(&schema["properties"]).map(|(name, property)| Field {
        name: name.clone(),
        kind: type_of(property),
        required: required.contains(&name.as_str()),
        description: text(property, "description"),
        example: match &property["example"] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        },
    });
    inherited.into_iter().chain(own).collect()
}

/// The name of the schema that is referred to.
pub fn name_of(schema: &Value) -> Option<String> {
    let reference = schema["$ref"].as_str()?;
    reference.rsplit('/').next().map(str::to_owned)
}

/// What a value is, with its limits: "string, at most 200 characters".
pub fn type_of(schema: &Value) -> String {
    if let Some(name) = name_of(schema) {
        return name;
    }
    let choices: Vec<String> =
        items(&schema["oneOf"]).chain(items(&schema["anyOf"])).map(type_of).collect();
    if !choices.is_empty() {
        return choices.join(" or ");
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        kinds => items(kinds).filter_map(Value::as_str).collect(),
    };
    let mut words = vec![kinds.join(" or ")];
    if kinds.contains(&"array") {
        words = vec![format!("array of {}", type_of(&schema["items"]))];
    }
    if let Some(format) = schema["format"].as_str().filter(|format| !format.starts_with("int")) {
        words.push(format.to_owned());
    }
    for (name, before, after) in [
        ("minimum", "at least ", ""),
        ("maximum", "at most ", ""),
        ("minLength", "at least ", " characters"),
        ("maxLength", "at most ", " characters"),
        ("maxItems", "at most ", " items"),
    ] {
        if let Some(limit) = schema[name].as_f64() {
            words.push(format!("{before}{limit}{after}"));
        }
    }
    words.retain(|word| !word.is_empty());
    words.join(", ")
}
