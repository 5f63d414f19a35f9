//! Who calls the API: an API key as the user name of HTTP Basic, or as a Bearer token. What a handler
//! may do it shows by the [`Key`] that it takes.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use secrecy::{ExposeSecret as _, SecretString};

use crate::linking::{ApiClient, Unauthorized};
use crate::model::api_key::Scope;
use crate::model::event::Caller;
use crate::state::AppState;
use crate::web::error::WebError;
use crate::web::extract::Visitor;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A scope as a type.
pub trait Needed: Send + Sync + 'static {
    const SCOPE: Scope;
}

macro_rules! needed {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        pub struct $name;

        impl Needed for $name {
            const SCOPE: Scope = Scope::$name;
        }
    )*};
}

needed! { SessionsWrite AccountsRead AccountsWrite CredentialsRead EventsRead WebhooksWrite }

/// A back end whose API key has the scope `N`.
#[derive(Debug)]
pub struct Key<N: Needed> {
    pub caller: Caller,
    scope: PhantomData<N>,
}

impl<N: Needed> FromRequestParts<AppState> for Key<N> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let client = match parts.extensions.get::<ApiClient>() {
            Some(client) => client.clone(),
            None => authenticate(parts, state).await?,
        };
        if !client.key.may(N::SCOPE) {
            return Err(WebError::scope_missing(N::SCOPE));
        }
        Ok(Self { caller: client.caller, scope: PhantomData })
    }
}

pub async fn authenticate(parts: &mut Parts, state: &AppState) -> Result<ApiClient, WebError> {
    let token = token(&parts.headers).ok_or_else(WebError::api_key_missing)?;
    let Ok(Visitor(caller)) = Visitor::from_request_parts(parts, state).await;
    let known = state.linking.authenticate_api_key(token.expose_secret(), caller).await;
    known.map_err(|error| match error {
        Unauthorized::Unknown => WebError::api_key_invalid(),
        Unauthorized::TooMany { retry_after } => WebError::too_many_requests(retry_after),
        Unauthorized::Store(error) => error.into(),
    })
}

fn token(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.trim().split_once(' ')?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.into());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(rest).or_else(|_| LENIENT.decode(rest)).ok()?;
    let decoded = zeroize::Zeroizing::new(String::from_utf8(decoded).ok()?);
    let user = decoded.split(':').next().unwrap_or_default();
    Some(user.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_user_name_or_a_bearer_token() {
        let read = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            token(&headers).map(|token| token.expose_secret().to_owned())
        };
        let key = Some("lhk_1.x".to_owned());
        for good in [
            "Bearer lhk_1.x",
            "bearer  lhk_1.x",
            "Basic bGhrXzEueDo=",
            "BASIC bGhrXzEueDo",
            "Basic bGhrXzEueDpwYXNzOndvcmQ=",
        ] {
            assert_eq!(read(good), key, "{good}");
        }
        for bad in ["lhk_1.x", "Digest lhk_1.x", "Basic", "Basic ?", "Basic /w==", ""] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(read("Basic Og=="), Some(String::new()));
        assert_eq!(token(&HeaderMap::new()).map(|_| ()), None);
    }
}
