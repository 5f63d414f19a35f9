//! Tenant name and region to a host, and nothing but a host.
//!
//! Whoever fills the form chooses whom this server calls, so a host is never taken from the input: each
//! field is read as one DNS label, and the host is built again from the labels and a configured domain.

use std::fmt;

use crate::model::failure::{Failure, FailureCode};

/// Qlik's regions as far as they are documented. Qlik's own lists lag behind, so others are accepted.
pub const REGIONS: &[(&str /* code */, &str /* place */)] = &[
    ("us", "N. Virginia"),
    ("eu", "Ireland"),
    ("uk", "London"),
    ("de", "Frankfurt"),
    ("fr", "Paris"),
    ("se", "Stockholm"),
    ("ap", "Sydney"),
    ("sg", "Singapore"),
    ("jp", "Tokyo"),
    ("in", "Mumbai"),
    ("il", "Tel Aviv"),
    ("ae", "United Arab Emirates"),
    ("br", "São Paulo"),
];

/// Hosts of Qlik itself, below a region (`register.us`) or directly below the domain (`console`).
const NOT_TENANTS: &[&str] =
    &["account", "api", "auth", "cdn", "console", "login", "register", "status", "www"];

const LONGEST_LABEL: usize = 63;
const LONGEST_ADDRESS: usize = 2048;

/// The address of one tenant. There is no way to make one whose host is not two DNS labels below a
/// configured base domain.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TenantAddress {
    tenant: String,
    region: String,
    base_domain: String,
}

impl TenantAddress {
    /// Reads what a person typed. `tenant_name` may be a whole pasted address; its region then fills
    /// an empty `region`, and a region that contradicts it is refused rather than guessed away.
    /// A bare name is looked for below the first of `base_domains`.
    pub fn parse(
        tenant_name: &str,
        region: &str,
        base_domains: &[String],
    ) -> Result<Self, Failure> {
        let tenant_name = tenant_name.trim();
        let region = region.trim();
        if tenant_name.is_empty() {
            return Err(tenant_malformed("no tenant name"));
        }
        if looks_like_address(tenant_name) {
            let address = Self::of_pasted(tenant_name, base_domains)?;
            if region.is_empty() || region.eq_ignore_ascii_case(&address.region) {
                return Ok(address);
            }
            let cause = format!("the pasted address is in region {}", address.region);
            return Err(Failure::new(FailureCode::RegionMalformed).because(cause));
        }
        let tenant = label(tenant_name).map_err(tenant_malformed)?;
        let region = if region.is_empty() { Err("no region") } else { label(region) }
            .map_err(|cause| Failure::new(FailureCode::RegionMalformed).because(cause))?;
        let base_domain =
            base_domains.first().ok_or_else(|| tenant_malformed("no base domain is configured"))?;
        Self::of_labels(tenant, region, base_domain)
    }

    /// Reads a host name that Qlik gave, such as a tenant's permanent one. It passes the same checks as
    /// what a person types.
    pub fn of_hostname(hostname: &str, base_domains: &[String]) -> Result<Self, Failure> {
        let hostname = hostname.to_ascii_lowercase();
        let mut causes = Vec::new();
        for base_domain in base_domains {
            let below = hostname.strip_suffix(base_domain.as_str());
            let Some(below) = below.and_then(|rest| rest.strip_suffix('.')) else {
                continue;
            };
            match below.split('.').collect::<Vec<_>>()[..] {
                [tenant, region] => {
                    let tenant = label(tenant).map_err(tenant_malformed)?;
                    let region = label(region).map_err(tenant_malformed)?;
                    return Self::of_labels(tenant, region, base_domain);
                }
                [name] if NOT_TENANTS.contains(&name) => return Err(not_a_tenant(name)),
                [_] => causes.push("the address has no tenant name or no region"),
                _ => causes.push("the address has more parts than tenant and region"),
            }
        }
        Err(tenant_malformed(causes.first().copied().unwrap_or("not below a known Qlik domain")))
    }

    fn of_pasted(text: &str, base_domains: &[String]) -> Result<Self, Failure> {
        Self::of_hostname(hostname_of(text).map_err(tenant_malformed)?, base_domains)
    }

    fn of_labels(tenant: String, region: String, base_domain: &str) -> Result<Self, Failure> {
        if NOT_TENANTS.contains(&tenant.as_str()) {
            return Err(not_a_tenant(&tenant));
        }
        let address = Self { tenant, region, base_domain: base_domain.to_owned() };
        // Cannot differ after the checks above; a later mistake in them must not become a foreign call.
        let host = address.host();
        let labels = host.strip_suffix(base_domain).map(|below| below.matches('.').count());
        if labels == Some(2) { Ok(address) } else { Err(tenant_malformed("not a host")) }
    }

    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    pub fn base_domain(&self) -> &str {
        &self.base_domain
    }

    /// `my-company.us.qlikcloud.com`
    pub fn host(&self) -> String {
        format!("{}.{}.{}", self.tenant, self.region, self.base_domain)
    }

    /// Whether Qlik documents the region; one that is not may still exist.
    pub fn region_is_known(&self) -> bool {
        REGIONS.iter().any(|(code, _)| *code == self.region)
    }
}

impl fmt::Display for TenantAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host())
    }
}

impl fmt::Debug for TenantAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TenantAddress({self})")
    }
}

/// Splits a pasted address (`https://my-company.us.qlikcloud.com/hub?x`, with or without scheme and
/// path). `None` if the text is a bare name; an error if it is an address, but no tenant's.
pub fn pasted(text: &str, base_domains: &[String]) -> Option<Result<TenantAddress, Failure>> {
    let text = text.trim();
    looks_like_address(text).then(|| TenantAddress::of_pasted(text, base_domains))
}

fn looks_like_address(text: &str) -> bool {
    text.contains(['.', '/', ':', '@', '\\', '?', '#', '%'])
}

/// The host name in a pasted address. By hand, because a URL parser is helpful where this must not be:
/// it drops line breaks, decodes escapes, translates other scripts and turns `\` into `/`.
fn hostname_of(text: &str) -> Result<&str, &'static str> {
    if text.len() > LONGEST_ADDRESS {
        return Err("too long for an address");
    }
    if text.bytes().any(|b| b <= b' ' || b == 0x7f) {
        return Err("an address holds no blanks or line breaks");
    }
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => rest,
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => rest,
        // A later `://` belongs to the path or query.
        Some((before, _)) if before.contains(['/', '?', '#']) => text,
        Some(_) => return Err("not a web address"),
        None => text,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err("a user name in the address");
    }
    if authority.contains(':') {
        return Err("a port in the address");
    }
    Ok(authority)
}

/// One DNS label in lower case: letters, digits and hyphens, with no hyphen at either end.
fn label(text: &str) -> Result<String, &'static str> {
    let label = text.to_ascii_lowercase();
    if label.is_empty() {
        return Err("an empty part");
    }
    if label.len() > LONGEST_LABEL {
        return Err("longer than 63 characters");
    }
    if !label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Err("other characters than letters, digits and hyphens");
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err("a hyphen at the beginning or end");
    }
    // The ASCII form of another script's letters: what a person sees would differ from what is called.
    if label.starts_with("xn--") {
        return Err("an internationalised name");
    }
    Ok(label)
}

/// A configured base domain in lower case; `None` if it is not at least two DNS labels.
pub(super) fn base_domain(text: &str) -> Option<String> {
    let labels: Result<Vec<String>, _> = text.trim().split('.').map(label).collect();
    let labels = labels.ok().filter(|labels| labels.len() >= 2)?;
    // Numbers at the end would make an IP address of the host.
    let named = labels.last()?.bytes().any(|b| b.is_ascii_alphabetic());
    named.then(|| labels.join("."))
}

fn tenant_malformed(cause: &str) -> Failure {
    Failure::new(FailureCode::TenantMalformed).because(cause)
}

fn not_a_tenant(name: &str) -> Failure {
    Failure::new(FailureCode::NotATenant).because(format!("{name} is Qlik's own"))
}

#[cfg(test)]
mod tests;
