//! The cookie of a signed-in admin: readable by no script, sent by no other site, and over TLS bound
//! to this very host.

use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::model::admin::SESSION_LIFETIME;
use crate::secret::PlainToken;
use crate::state::Site;

fn name(site: &Site) -> &'static str {
    if site.is_https() { "__Host-linkhub" } else { "linkhub" }
}

pub fn read(headers: &HeaderMap, site: &Site) -> Option<String> {
    CookieJar::from_headers(headers).get(name(site)).map(|cookie| cookie.value().to_owned())
}

/// The value of `Set-Cookie` that signs in.
pub fn start(token: &PlainToken, site: &Site) -> HeaderValue {
    let seconds = i64::try_from(SESSION_LIFETIME.as_secs()).unwrap_or(i64::MAX);
    value(token.reveal().as_str(), seconds, site)
}

/// The value of `Set-Cookie` that signs out.
pub fn end(site: &Site) -> HeaderValue {
    value("", 0, site)
}

fn value(token: &str, seconds: i64, site: &Site) -> HeaderValue {
    let mut cookie = Cookie::new(name(site), token);
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(site.is_https());
    cookie.set_path("/");
    let text = format!("{cookie}; Max-Age={seconds}");
    let mut value = HeaderValue::try_from(text).expect("a token is plain ASCII");
    value.set_sensitive(true);
    value
}
