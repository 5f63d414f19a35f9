//! Back ends with an API key, and pages with the token of a connect session.

use linkhub::model::api_key::Scope;
use linkhub::model::event::Caller;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, REGION, TENANT, TestHub, Visitor};

/// A back end.
#[derive(Clone)]
pub struct ApiClient {
    visitor: Visitor,
    pub token: String,
    authorization: Option<String>,
}

pub struct JsonAnswer {
    pub status: StatusCode,
    pub answer: Answer,
    pub json: Value,
}

impl JsonAnswer {
    fn of(answer: Answer) -> Self {
        let json = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        Self { status: answer.status, json, answer }
    }

    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.answer.body);
        self.json
    }

    /// It is the envelope, with this status and code.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) {
        let body = &self.answer.body;
        assert_eq!((self.status.as_u16(), self.code()), (status, code), "{body}");
        assert_eq!(self.json["statusCode"], status, "{body}");
        assert_eq!(self.answer.header("content-type"), "application/json");
        assert_eq!(self.json["request_id"], self.answer.header("x-request-id"), "{body}");
        for field in ["message", "hint"] {
            assert!(self.json[field].as_str().unwrap().len() > 10, "{field}: {body}");
        }
        assert!(self.json["timestamp"].as_str().unwrap().ends_with('Z'), "{body}");
    }

    /// The fields that are wrong.
    pub fn wrong_fields(&self) -> Vec<&str> {
        let fields = self.json["data"]["fields"].as_object();
        fields.map(|fields| fields.keys().map(String::as_str).collect()).unwrap_or_default()
    }

    /// Where a link of the header `Link` leads, without the hub's address.
    pub fn link(&self, rel: &str) -> Option<String> {
        let links = self.answer.header("link").split(", ");
        let mut wanted = links.filter(|link| link.ends_with(&format!("rel=\"{rel}\"")));
        let url = wanted.next()?.split(['<', '>']).nth(1)?;
        url.find("/api/").map(|at| url[at..].to_owned())
    }
}

impl TestHub {
    /// A back end whose key has every scope.
    pub async fn back_end(&self) -> ApiClient {
        self.back_end_with(&Scope::ALL).await
    }

    pub async fn back_end_with(&self, scopes: &[Scope]) -> ApiClient {
        let made = self.state.linking.create_api_key("back end", scopes, &Caller::system()).await;
        let token = made.unwrap().token.reveal().to_string();
        self.back_end_named(&token)
    }

    /// A back end that presents whatever it likes.
    pub fn back_end_named(&self, token: &str) -> ApiClient {
        let authorization = Some(format!("Bearer {token}"));
        ApiClient { visitor: self.visitor(), token: token.to_owned(), authorization }
    }

    pub fn stranger(&self) -> ApiClient {
        ApiClient { authorization: None, ..self.back_end_named("") }
    }

    pub fn page(&self, token: &str) -> HubClient {
        HubClient { visitor: self.visitor(), token: token.to_owned(), origin: None }
    }
}

impl ApiClient {
    /// Of its API key.
    pub fn id(&self) -> &str {
        self.token.split('.').next().unwrap_or_default()
    }

    pub async fn get(&self, path: &str) -> JsonAnswer {
        self.send(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> JsonAnswer {
        self.send(Method::POST, path, &[], Some(body.to_string())).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> JsonAnswer {
        self.send(Method::PATCH, path, &[], Some(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> JsonAnswer {
        self.send(Method::DELETE, path, &[], None).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> JsonAnswer {
        let mut all = vec![];
        let given = |name: &str| headers.iter().any(|(given, _)| *given == name);
        if let Some(authorization) = &self.authorization
            && !given("authorization")
        {
            all.push(("authorization", authorization.as_str()));
        }
        if body.is_some() && !given("content-type") {
            all.push(("content-type", "application/json"));
        }
        all.extend_from_slice(headers);
        JsonAnswer::of(self.visitor.send(method, path, &all, body).await)
    }

    /// A session for an owner; `more` is added to what is asked for.
    pub async fn session(&self, owner: &str, more: Value) -> Value {
        let mut asked = json!({ "origin_owner_id": owner, "origin_owner_name": owner });
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/api/connect_sessions", &asked).await.ok()
    }

    pub async fn token(&self, owner: &str, more: Value) -> String {
        self.session(owner, more).await["token"].as_str().unwrap().to_owned()
    }
}

/// A page that holds the token of a connect session.
#[derive(Clone)]
pub struct HubClient {
    visitor: Visitor,
    token: String,
    /// The page's own, if it is on another site.
    pub origin: Option<String>,
}

impl HubClient {
    pub fn token(&self) -> &str {
        &self.token
    }

    pub fn from(self, origin: &str) -> Self {
        Self { origin: Some(origin.to_owned()), ..self }
    }

    pub async fn get(&self, path: &str) -> JsonAnswer {
        self.send(Method::GET, path, &[], None).await
    }

    /// As StackOne's component asks.
    pub async fn get_as_component(&self, path: &str) -> JsonAnswer {
        self.send(Method::GET, path, &[("x-hub-version", "1.11.4")], None).await
    }

    pub async fn link(&self, key: &str) -> JsonAnswer {
        self.submit(Method::POST, "/api/hub/accounts", &filled(key)).await
    }

    pub async fn submit(&self, method: Method, path: &str, body: &Value) -> JsonAnswer {
        let json = [("content-type", "application/json")];
        self.send(method, path, &json, Some(body.to_string())).await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> JsonAnswer {
        let mut all = vec![("x-hub-session-token", self.token.as_str())];
        if let Some(origin) = &self.origin {
            all.push(("origin", origin));
            all.push(("sec-fetch-site", "cross-site"));
        }
        all.extend_from_slice(headers);
        JsonAnswer::of(self.visitor.send(method, path, &all, body).await)
    }
}

/// What the form sends.
pub fn filled(key: &str) -> Value {
    let credentials = json!({ "tenantName": TENANT, "region": REGION, "apiKey": key });
    json!({ "integration_id": "qlik", "credentials": credentials })
}
