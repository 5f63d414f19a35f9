//! Redirects, followed by hand: Qlik answers `users/me` with one, and a key must not follow any other.

use url::Url;

use crate::qlik::key::is_path_segment;

/// What a redirect may lead to: the resource that `me` stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resource {
    Users,
    Tenants,
}

impl Resource {
    pub(super) const fn collection(self) -> &'static str {
        match self {
            Self::Users => "/api/v1/users/",
            Self::Tenants => "/api/v1/tenants/",
        }
    }
}

/// The next place to ask: same scheme, host and port, and one item of `resource`. The error says, for
/// the log, what the redirect wanted instead.
pub(super) fn next(from: &Url, location: &str, resource: Resource) -> Result<Url, &'static str> {
    if location.trim().is_empty() {
        return Err("a redirect to nowhere");
    }
    let to = from.join(location).map_err(|_| "a redirect to no address")?;
    if to.scheme() != from.scheme() {
        return Err("a redirect to another scheme");
    }
    if to.host_str() != from.host_str() || to.port() != from.port() {
        return Err("a redirect to another host");
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err("a redirect with a user name");
    }
    if to.path() == "/login" || to.path().starts_with("/login/") {
        return Err("a redirect to a login page");
    }
    let id = to.path().strip_prefix(resource.collection());
    if !id.is_some_and(is_path_segment) || to.query().is_some() || to.fragment().is_some() {
        return Err("a redirect to another path");
    }
    Ok(to)
}

#[cfg(test)]
mod tests;
