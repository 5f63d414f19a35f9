//! The HTTP client for tenants: only https, only to the host of a [`TenantAddress`], with the key in the
//! Authorization header; no redirect, proxy, cookie or compression that was not decided here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;
use zeroize::Zeroizing;

use crate::model::failure::{Failure, FailureCode};
use crate::qlik::address::{self, TenantAddress};
use crate::qlik::dial::Dialer;
use crate::qlik::key::ApiKey;
use crate::qlik::redirect::{self, Resource};
use crate::qlik::refusal::unexpected;
use crate::qlik::reply::{self, Reply};

const USER_AGENT: &str = concat!("linkhub/", env!("CARGO_PKG_VERSION"));
/// A tenant is asked a few times in a row and then not for long. Kept longer, the connections to all
/// tenants that are checked would use up the file descriptors.
const IDLE: Duration = Duration::from_secs(3);
const MOST_REDIRECTS: usize = 3;

#[derive(Debug, Clone)]
pub struct QlikSettings {
    /// Domains below which tenants live; a bare tenant name is looked for below the first.
    pub base_domains: Vec<String>,
    /// `host:port` to dial instead of every tenant host; TLS name and Host header stay the tenant's.
    pub connect_to: Option<String>,
    /// Root certificates besides the system's, as PEM.
    pub ca_pem: Option<Vec<u8>>,
    /// For name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
    /// For a whole verification, all its calls together.
    pub verification_timeout: Duration,
    /// In bytes; a longer answer is no answer.
    pub max_body: usize,
}

impl Default for QlikSettings {
    fn default() -> Self {
        Self {
            base_domains: vec!["qlikcloud.com".to_owned()],
            connect_to: None,
            ca_pem: None,
            connect_timeout: Duration::from_secs(5),
            verification_timeout: Duration::from_secs(20),
            max_body: 1024 * 1024,
        }
    }
}

/// Settings that cannot work; for the operator.
#[derive(Debug, thiserror::Error)]
pub enum QlikSetupError {
    #[error("no base domain for Qlik tenants is configured")]
    NoBaseDomain,
    #[error("`{0}` is no domain below which Qlik tenants can live; an example is qlikcloud.com")]
    BaseDomain(String),
    #[error("`{0}` is no place to dial; an example is 127.0.0.1:8443")]
    ConnectTo(String),
    #[error("the file of additional root certificates for Qlik holds no certificate in PEM form")]
    NoCertificate,
    #[error("the client for calls to Qlik cannot be made")]
    Client(#[source] reqwest::Error),
}

/// Talks to any tenant. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Qlik {
    client: reqwest::Client,
    settings: Arc<QlikSettings>,
}

impl Qlik {
    pub fn new(mut settings: QlikSettings) -> Result<Self, QlikSetupError> {
        for base_domain in &mut settings.base_domains {
            *base_domain = address::base_domain(base_domain)
                .ok_or_else(|| QlikSetupError::BaseDomain(base_domain.clone()))?;
        }
        if settings.base_domains.is_empty() {
            return Err(QlikSetupError::NoBaseDomain);
        }
        let dialer = match &settings.connect_to {
            None => Dialer::System,
            Some(place) => {
                Dialer::instead(place).ok_or_else(|| QlikSetupError::ConnectTo(place.clone()))?
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        #[expect(clippy::disallowed_methods, reason = "this client goes to Qlik")]
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .https_only(true)
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(settings.connect_timeout)
            .pool_idle_timeout(IDLE)
            .dns_resolver(dialer);
        if let Some(pem) = &settings.ca_pem {
            let roots = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|_| QlikSetupError::NoCertificate)?;
            if roots.is_empty() {
                return Err(QlikSetupError::NoCertificate);
            }
            builder = builder.tls_certs_merge(roots);
        }
        let client = builder.build().map_err(QlikSetupError::Client)?;
        Ok(Self { client, settings: Arc::new(settings) })
    }

    /// The address that a person typed, as [`TenantAddress::parse`].
    pub fn address(&self, tenant_name: &str, region: &str) -> Result<TenantAddress, Failure> {
        TenantAddress::parse(tenant_name, region, &self.settings.base_domains)
    }

    /// The address of a host name that was stored, as [`TenantAddress::of_hostname`].
    pub fn address_of_hostname(&self, hostname: &str) -> Result<TenantAddress, Failure> {
        TenantAddress::of_hostname(hostname, &self.settings.base_domains)
    }

    pub fn settings(&self) -> &QlikSettings {
        &self.settings
    }

    /// Asks for the resource that `me` stands for, and follows Qlik's redirect to it.
    /// `on_redirect` is called when the first answer was such a redirect.
    pub(super) async fn get_me(
        &self,
        address: &TenantAddress,
        key: &ApiKey,
        resource: Resource,
        on_redirect: &mut (dyn FnMut() + Send),
    ) -> Result<Reply, Failure> {
        let (me, item) = match resource {
            Resource::Users => ("/api/v1/users/me", "/api/v1/users/{id}"),
            Resource::Tenants => ("/api/v1/tenants/me", "/api/v1/tenants/{id}"),
        };
        let mut url = url_of(address, me)?;
        let mut template = me;
        for _ in 0..=MOST_REDIRECTS {
            let reply = self.send(Method::GET, address, url.clone(), template, key).await?;
            if !matches!(reply.status, 301 | 302 | 303 | 307 | 308) {
                return Ok(reply);
            }
            let location = reply.location.as_deref().unwrap_or_default();
            url = redirect::next(&url, location, resource)
                .map_err(|cause| unexpected(cause).traced(reply.trace_id.clone()))?;
            template = item;
            on_redirect();
        }
        Err(unexpected("more redirects than make sense"))
    }

    /// Sends a request about a key's own record. `key_id` must be fit for a path.
    pub(super) async fn send_for_key(
        &self,
        method: Method,
        address: &TenantAddress,
        key: &ApiKey,
        key_id: &str,
    ) -> Result<Reply, Failure> {
        let url = url_of(address, &format!("/api/v1/api-keys/{key_id}"))?;
        self.send(method, address, url, "/api/v1/api-keys/{id}", key).await
    }

    /// Asks for `path`, or with `body` sends that JSON there. `template` is `path` without ids, for the log.
    pub(super) async fn send_to(
        &self,
        address: &TenantAddress,
        path: &str,
        template: &'static str,
        key: &ApiKey,
        body: Option<String>,
    ) -> Result<Reply, Failure> {
        let url = url_of(address, path)?;
        match body {
            None => self.send(Method::GET, address, url, template, key).await,
            Some(body) => {
                let request = self
                    .client
                    .post(url)
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(body);
                self.carry_out(request, Method::POST, address, template, key).await
            }
        }
    }

    /// Asks for a page of a list at a place that an earlier answer named and the caller has checked.
    pub(super) async fn send_to_next(
        &self,
        address: &TenantAddress,
        url: Url,
        template: &'static str,
        key: &ApiKey,
    ) -> Result<Reply, Failure> {
        self.send(Method::GET, address, url, template, key).await
    }

    async fn send(
        &self,
        method: Method,
        address: &TenantAddress,
        url: Url,
        template: &'static str,
        key: &ApiKey,
    ) -> Result<Reply, Failure> {
        let request = self.client.request(method.clone(), url);
        self.carry_out(request, method, address, template, key).await
    }

    async fn carry_out(
        &self,
        request: reqwest::RequestBuilder,
        method: Method,
        address: &TenantAddress,
        template: &'static str,
        key: &ApiKey,
    ) -> Result<Reply, Failure> {
        let started = Instant::now();
        let request = request.header(header::AUTHORIZATION, bearer(key)?);
        let outcome = match request.send().await {
            Ok(response) => Reply::read(response, self.settings.max_body).await,
            Err(error) => Err(reply::missing(error, address)),
        };
        tracing::debug!(
            host = %address,
            %method,
            path = template,
            status = outcome.as_ref().ok().map(|reply| reply.status),
            trace_id = outcome.as_ref().ok().and_then(|reply| reply.trace_id.as_deref()),
            failure = outcome.as_ref().err().map(tracing::field::display),
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "asked Qlik"
        );
        outcome
    }
}

pub(super) fn url_of(address: &TenantAddress, path: &str) -> Result<Url, Failure> {
    let host = address.host();
    let url = Url::parse(&format!("https://{host}{path}")).ok();
    // What the parser made of the host must be the host that was checked.
    url.filter(|url| url.host_str() == Some(&host)).ok_or_else(|| {
        Failure::new(FailureCode::TenantMalformed).because("no URL can be made of the host")
    })
}

fn bearer(key: &ApiKey) -> Result<HeaderValue, Failure> {
    let text = Zeroizing::new(format!("Bearer {}", key.expose()));
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        Failure::new(FailureCode::KeyMalformed).because("the key does not fit in a header")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests;
