//! The description of the API for people: `/api/docs`, drawn from the same document.

mod schemas;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use crate::state::AppState;
use crate::web::api::openapi;
use crate::web::error::WebError;
use crate::web::layout::{Layout, Nav};
use crate::web::render;

use schemas::{Schema, name_of, type_of};

#[derive(Template, Debug)]
#[template(path = "pages/api_docs.html")]
pub struct ApiDocsPage {
    pub layout: Layout,
    pub introduction: Vec<String>,
    pub groups: Vec<Group>,
    pub schemas: Vec<Schema>,
}

#[derive(Debug)]
pub struct Group {
    pub anchor: String,
    pub name: String,
    pub description: String,
    pub operations: Vec<Operation>,
}

#[derive(Debug)]
pub struct Operation {
    pub anchor: String,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: String,
    /// What one must hold to call it.
    pub needs: String,
    pub parameters: Vec<Parameter>,
    /// The name of the schema of the body.
    pub body: Option<String>,
    pub responses: Vec<Answer>,
}

#[derive(Debug)]
pub struct Parameter {
    pub name: String,
    pub place: String,
    pub kind: String,
    pub description: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: String,
    pub description: String,
    pub kind: String,
}

pub async fn show(State(state): State<AppState>) -> Result<Response, WebError> {
    let document = serde_json::to_value(openapi::described()).map_err(WebError::internal)?;
    render(&ApiDocsPage::of(Layout::visitor(&state.site.brand, Nav::Elsewhere), &document))
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

impl ApiDocsPage {
    pub fn of(layout: Layout, document: &Value) -> Self {
        let operations: Vec<(String, Operation)> = fields(&document["paths"])
            .flat_map(|(path, item)| fields(item).map(move |(method, of)| (path, method, of)))
            .map(|(path, method, of)| {
                (
                    of["tags"][0].as_str().unwrap_or_default().to_owned(),
                    Operation::of(path, method, of),
                )
            })
            .collect();
        let mut groups: Vec<Group> = items(&document["tags"]).map(Group::of).collect();
        for (tag, operation) in operations {
            if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
                group.operations.push(operation);
            }
        }
        let introduction = text(&document["info"], "description");
        Self {
            layout,
            introduction: introduction.split("\n\n").map(str::to_owned).collect(),
            groups,
            schemas: fields(&document["components"]["schemas"]).map(Schema::of).collect(),
        }
    }
}

impl Group {
    fn of(tag: &Value) -> Self {
        let name = text(tag, "name");
        Self {
            anchor: name.to_lowercase().replace(' ', "-"),
            description: text(tag, "description"),
            name,
            operations: Vec::new(),
        }
    }
}

impl Operation {
    fn of(path: &str, method: &str, of: &Value) -> Self {
        let needs = items(&of["security"]).flat_map(fields).next();
        let needs = match needs {
            Some((scheme, _)) if scheme == "hub_token" => {
                "The token of a connect session".to_owned()
            }
            Some((_, scopes)) => {
                let scopes: Vec<&str> = items(scopes).filter_map(Value::as_str).collect();
                format!("An API key with the scope `{}`", scopes.join("`, `"))
            }
            None => "Nothing".to_owned(),
        };
        let body = &of["requestBody"]["content"]["application/json"]["schema"];
        Self {
            anchor: text(of, "operationId"),
            method: method.to_uppercase(),
            path: format!("/api{path}"),
            summary: text(of, "summary"),
            description: text(of, "description"),
            needs,
            parameters: items(&of["parameters"]).map(Parameter::of).collect(),
            body: name_of(body),
            responses: fields(&of["responses"]).map(Answer::of).collect(),
        }
    }
}

impl Parameter {
    fn of(parameter: &Value) -> Self {
        Self {
            name: text(parameter, "name"),
            place: text(parameter, "in"),
            kind: type_of(&parameter["schema"]),
            description: text(parameter, "description"),
        }
    }
}

impl Answer {
    fn of((status, response): (&String, &Value)) -> Self {
        Self {
            status: status.clone(),
            description: text(response, "description"),
            kind: type_of(&response["content"]["application/json"]["schema"]),
        }
    }
}
