use std::collections::BTreeSet;

use linkhub::web::routes::{self, Access};
use serde_json::{Value, json};

use crate::support::TestHub;

async fn document(hub: &TestHub) -> Value {
    hub.stranger().get("/api/openapi.json").await.ok()
}

fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter().map(move |(method, of)| (method.to_uppercase(), format!("/api{path}"), of))
        })
        .collect()
}

#[tokio::test]
async fn the_document_and_the_routes_agree() {
    let hub = TestHub::start().await;
    let document = document(&hub).await;
    assert_eq!(document["openapi"], "3.1.0");
    let described: BTreeSet<_> =
        operations(&document).into_iter().map(|(method, path, _)| (method, path)).collect();
    let list = routes::all().list;
    let routed: BTreeSet<_> = list
        .iter()
        .filter(|route| route.path.starts_with("/api/") && route.access != Access::Everybody)
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect();
    assert_eq!(described, routed);
    for (method, path, operation) in operations(&document) {
        let route = list.iter().find(|r| r.method == method && r.path == path).unwrap();
        let expected = match route.access {
            Access::ApiKey(scope) => json!([
                { "api_key_basic": [scope.as_str()] },
                { "api_key_bearer": [scope.as_str()] },
            ]),
            _ => json!([{ "hub_token": [] }]),
        };
        assert_eq!(operation["security"], expected, "{method} {path}");
    }
}

#[tokio::test]
async fn every_operation_says_what_can_happen() {
    let hub = TestHub::start().await;
    let document = document(&hub).await;
    let mut names = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let place = format!("{method} {path}");
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{place}");
        assert!(operation["summary"].as_str().unwrap().len() > 5, "{place}");
        let responses = operation["responses"].as_object().unwrap();
        let mut needed = vec!["405", "408", "429", "500", "503"];
        needed.push(if path.starts_with("/api/hub/") { "403" } else { "401" });
        if operation.get("requestBody").is_some() {
            needed.extend(["400", "413", "415", "422"]);
        }
        for status in needed {
            assert!(responses.contains_key(status), "{place}: {status}");
        }
        for (status, response) in responses {
            assert!(response["description"].as_str().unwrap().len() > 5, "{place}: {status}");
            let schema = &response["content"]["application/json"]["schema"];
            let is_error = schema["$ref"] == "#/components/schemas/Error";
            assert_eq!(is_error, status.as_str() >= "400", "{place}: {status}");
            assert!(schema.is_object(), "{place}: {status}");
        }
    }
    for scheme in ["api_key_basic", "api_key_bearer", "hub_token"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let hub = TestHub::start().await;
    let document = document(&hub).await;
    let text = document.to_string();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut found = 0;
    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
        found += 1;
    }
    assert!(found > 50);
}

#[tokio::test]
async fn the_api_is_readable_without_a_script() {
    let hub = TestHub::start().await;
    let document = document(&hub).await;
    let page = hub.visitor().get("/api/docs").await;
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(page.has(&format!("h3#{id}")), "{id}");
        assert!(page.body.contains(&format!("{method} {path}")), "{method} {path}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(page.has(&format!("h3#schema-{name}")), "{name}");
    }
    assert!(page.has("a[href='/api/openapi.json']"));
}
