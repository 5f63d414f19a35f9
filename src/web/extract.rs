//! What handlers take from a request, each with our own answer when it is not there.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::de::DeserializeOwned;

use crate::id::RequestId;
use crate::linking;
use crate::model::event::{Actor, Caller};
use crate::state::{AppState, Site};
use crate::web::brand::Brand;
use crate::web::error::WebError;
use crate::web::layout::{Layout, Nav};
use crate::web::{Peer, paths, session};

/// A form has to arrive in this time.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A form of the page.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Form<T> {
    type Rejection = WebError;

    #[expect(clippy::disallowed_types, reason = "its rejection is translated here")]
    async fn from_request(request: Request, state: &AppState) -> Result<Self, WebError> {
        let reading = axum::extract::Form::<T>::from_request(request, state);
        let read = tokio::time::timeout(BODY_TIMEOUT, reading).await;
        match read.map_err(|_| WebError::too_slow())? {
            Ok(form) => Ok(Self(form.0)),
            Err(rejection) => Err(match rejection.into_response().status() {
                StatusCode::UNSUPPORTED_MEDIA_TYPE => WebError::wrong_media_type(),
                StatusCode::PAYLOAD_TOO_LARGE => WebError::too_large(),
                _ => WebError::bad_request(),
            }),
        }
    }
}

/// The query of a page; what cannot be read is a bad request.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = WebError;

    #[expect(clippy::disallowed_types, reason = "its rejection is translated here")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|_| WebError::bad_request())
    }
}

/// A part of the path; what is no identifier names nothing that exists.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = WebError;

    #[expect(clippy::disallowed_types, reason = "its rejection is translated here")]
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| WebError::not_found())
    }
}

/// Somebody who need not be signed in.
#[derive(Debug, Clone)]
pub struct Visitor(pub Caller);

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let request_id = parts.extensions.get::<RequestId>().map(ToString::to_string);
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip().to_canonical());
        let address = peer.map(|peer| client_address(peer, &parts.headers, &state.site));
        Ok(Self(Caller {
            actor: Actor::Visitor,
            request_id,
            address: address.map(|address| address.to_string()),
        }))
    }
}

/// The right-most address that is not one of our own proxies; headers of others are not believed.
fn client_address(peer: IpAddr, headers: &HeaderMap, site: &Site) -> IpAddr {
    let trusted = |address: &IpAddr| site.trusted_proxies.contains(address);
    if !trusted(&peer) {
        return peer;
    }
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .collect();
    // What our own proxies added is at the end; what stands before it may be made up.
    let known = hops.into_iter().rev().map_while(|hop| hop.trim().parse().ok());
    known.into_iter().find(|address| !trusted(address)).unwrap_or(peer)
}

/// An admin whose session is alive. Whoever is not is sent to the login page and back.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub who: linking::SignedIn,
    pub caller: Caller,
    brand: Arc<Brand>,
}

impl SignedIn {
    pub fn layout(&self, nav: Nav) -> Layout {
        Layout::signed_in(&self.brand, &self.who.admin_name, nav)
    }
}

impl FromRequestParts<AppState> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let Ok(Visitor(caller)) = Visitor::from_request_parts(parts, state).await;
        let token = session::read(&parts.headers, &state.site);
        let who = match token {
            Some(token) => state.linking.authenticate(&token).await,
            None => Ok(None),
        };
        match who {
            Ok(Some(who)) => {
                let actor = Actor::Admin { name: who.admin_name.clone() };
                let brand = Arc::clone(&state.site.brand);
                Ok(Self { who, caller: Caller { actor, ..caller }, brand })
            }
            Ok(None) if is_page_view(parts) => Err(to_login(parts)),
            Ok(None) => Err(WebError::signed_out().into_response()),
            Err(error) => Err(WebError::from(error).into_response()),
        }
    }
}

fn is_page_view(parts: &Parts) -> bool {
    let accepts = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    parts.method == Method::GET && accepts.is_none_or(|accepts| !accepts.contains("json"))
}

fn to_login(parts: &Parts) -> Response {
    let back = parts.uri.path_and_query().map_or("", |path| path.as_str());
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("next", back);
    Redirect::to(&format!("{}?{}", paths::LOGIN, query.finish())).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(trusted: &[&str]) -> Site {
        Site {
            public_url: "http://localhost".parse().unwrap(),
            trusted_proxies: trusted.iter().map(|address| address.parse().unwrap()).collect(),
            base_domains: Vec::new(),
            allowed_origins: Vec::new(),
            answer_timeout: Duration::from_mins(1),
            brand: Arc::default(),
        }
    }

    #[test]
    fn only_trusted_proxies_say_where_a_request_comes_from() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "192.0.2.66, 192.0.2.7".parse().unwrap());
        headers.append("x-forwarded-for", "10.0.0.2".parse().unwrap());
        let seen = |peer: &str, trusted: &[&str]| {
            client_address(peer.parse().unwrap(), &headers, &site(trusted)).to_string()
        };
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["10.0.0.1"]), "10.0.0.2");
        assert_eq!(seen("10.0.0.1", &["10.0.0.1", "10.0.0.2"]), "192.0.2.7");
        assert_eq!(seen("10.0.0.3", &["10.0.0.1", "10.0.0.2"]), "10.0.0.3");
        let mut forged = HeaderMap::new();
        forged.append("x-forwarded-for", "9.9.9.9, nonsense, 192.0.2.7".parse().unwrap());
        let trusted = site(&["10.0.0.1"]);
        let seen = client_address("10.0.0.1".parse().unwrap(), &forged, &trusted);
        assert_eq!(seen.to_string(), "192.0.2.7");
    }
}
