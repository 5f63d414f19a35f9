//! Errors in Qlik's envelope, and the 401 that comes without one.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Value, json};

use super::knobs::{Knobs, StatusForm, UnauthorizedBody};

#[derive(Clone, Debug)]
pub struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: String,
    /// The key is why: the body is as [`Knobs::unauthorized_body`] says.
    pub of_key: bool,
}

impl Refusal {
    pub fn new(status: StatusCode, code: &'static str, title: impl Into<String>) -> Self {
        Self { status, code, title: title.into(), of_key: false }
    }

    pub fn unauthorized() -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "HTTP-401", "Unauthorized");
        Self { of_key: true, ..refusal }
    }

    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "HTTP-403", "Forbidden")
    }

    pub fn not_found(code: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, "Not found")
    }

    pub fn bad_request(title: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "HTTP-400", title)
    }

    pub fn draw(&self, knobs: &Knobs, trace_id: &str) -> Response {
        if self.of_key && self.status == StatusCode::UNAUTHORIZED {
            match knobs.unauthorized_body {
                UnauthorizedBody::Json => {}
                UnauthorizedBody::NginxHtml => return nginx(self.status, "Authorization Required"),
                UnauthorizedBody::Empty => return self.status.into_response(),
            }
        }
        let mut error = json!({ "code": self.code, "title": self.title });
        match knobs.error_status {
            StatusForm::Text => error["status"] = json!(self.status.as_str()),
            StatusForm::Integer => error["status"] = json!(self.status.as_u16()),
            StatusForm::Missing => {}
        }
        json_response(self.status, &json!({ "errors": [error], "traceId": trace_id }))
    }
}

/// Undrawn: the gate finds the refusal in the extensions and draws it with the tenant's knobs.
impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

pub fn json_response(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// A page as the proxy in front of the services writes it.
pub fn nginx(status: StatusCode, title: &str) -> Response {
    let title = format!("{} {title}", status.as_u16());
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n\
         <hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    (status, Html(page)).into_response()
}

/// With a page for people, as Qlik's redirects have.
pub fn redirect(status: StatusCode, location: &str) -> Response {
    let page = format!("<a href=\"{location}\">{}</a>.\n", status.canonical_reason().unwrap_or(""));
    let mut response = (status, Html(page)).into_response();
    let location = HeaderValue::from_str(location).expect("a location is made of visible ASCII");
    response.headers_mut().insert(header::LOCATION, location);
    response
}
