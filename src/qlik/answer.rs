//! The bodies of answers that are a success, read leniently: what is not needed may be missing or of
//! any type, and what is needed is bounded, because a stranger may have written it.

use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::model::failure::{Failure, FailureCode};
use crate::qlik::refusal::unexpected;

const LONGEST_TEXT: usize = 512;

/// Whose key it is, as `users/me` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserAnswer {
    pub id: String,
    pub tenant_id: String,
    pub name: String,
    pub email: Option<String>,
    pub tenant_admin: bool,
}

impl UserAnswer {
    /// A user who may not work is an error, and so is a status that nobody knows.
    pub(super) fn read(body: &[u8]) -> Result<Self, Failure> {
        let body = object(body)?;
        let id = identifier(&body, "id").ok_or_else(|| unexpected("a user without id"))?;
        let tenant_id =
            identifier(&body, "tenantId").ok_or_else(|| unexpected("a user without tenantId"))?;
        match status(&body)?.as_deref() {
            None | Some("active") => {}
            Some(status @ ("disabled" | "deleted" | "invited" | "provisioned")) => {
                let cause = format!("the user is {status}");
                return Err(Failure::new(FailureCode::UserInactive).because(cause));
            }
            Some(_) => return Err(unexpected("a user of unknown status")),
        }
        let roles = body.get("assignedRoles").and_then(Value::as_array);
        let tenant_admin = roles.is_some_and(|roles| {
            roles.iter().any(|role| role.get("name").and_then(Value::as_str) == Some("TenantAdmin"))
        });
        let email = text(&body, "email");
        let name = text(&body, "name").or_else(|| email.clone()).unwrap_or_else(|| id.clone());
        Ok(Self { id, tenant_id, name, email, tenant_admin })
    }
}

/// A tenant, as `tenants/me` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TenantAnswer {
    pub id: String,
    pub name: Option<String>,
    /// The permanent host name, not yet checked to be one.
    pub hostname: Option<String>,
}

impl TenantAnswer {
    pub(super) fn read(body: &[u8]) -> Result<Self, Failure> {
        let body = object(body)?;
        let id = identifier(&body, "id").ok_or_else(|| unexpected("a tenant without id"))?;
        match status(&body)?.as_deref() {
            None | Some("active") => {}
            Some(status @ ("disabled" | "deleted" | "user-access-disabled")) => {
                let cause = format!("the tenant is {status}");
                return Err(Failure::new(FailureCode::TenantDisabled).because(cause));
            }
            Some(_) => return Err(unexpected("a tenant of unknown status")),
        }
        let hostname = body.get("hostnames").and_then(|names| names.get(0));
        Ok(Self {
            id,
            name: text(&body, "name"),
            hostname: hostname
                .and_then(Value::as_str)
                .filter(|h| h.len() <= 253)
                .map(str::to_owned),
        })
    }
}

/// A key's own record at Qlik.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyAnswer {
    pub created_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
}

impl KeyAnswer {
    /// `Ok(None)` if the record is unreadable or another key's: then nothing is known. An error only if
    /// it says that this very key is over.
    pub(super) fn read(body: &[u8], key_id: &str) -> Result<Option<Self>, Failure> {
        let Ok(body) = object(body) else {
            return Ok(None);
        };
        if identifier(&body, "id").as_deref() != Some(key_id) {
            return Ok(None);
        }
        match body.get("status").and_then(Value::as_str) {
            Some("expired") => return Err(FailureCode::KeyExpired.into()),
            Some("revoked") => return Err(FailureCode::KeyRevoked.into()),
            _ => {}
        }
        let instant = |name: &str| Timestamp::parse(body.get(name)?.as_str()?);
        Ok(Some(Self { created_at: instant("created"), expires_at: instant("expiry") }))
    }
}

pub(super) fn object(body: &[u8]) -> Result<Map<String, Value>, Failure> {
    // The error itself would quote the body.
    serde_json::from_slice(body).map_err(|_| unexpected("an answer that is no JSON object"))
}

/// An identifier is compared and stored, so it is taken whole or not at all.
pub(super) fn identifier(body: &Map<String, Value>, name: &str) -> Option<String> {
    let id = body.get(name)?.as_str()?;
    let fits = !id.is_empty() && id.len() <= 256 && !id.chars().any(char::is_control);
    fits.then(|| id.to_owned())
}

/// Text for people: without control characters and bounded; `None` if nothing is left.
fn text(body: &Map<String, Value>, name: &str) -> Option<String> {
    let text = body.get(name)?.as_str()?;
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Absent and null are the same; a status of another type is no status that counts as success.
fn status(body: &Map<String, Value>) -> Result<Option<String>, Failure> {
    match body.get("status") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(status)) => Ok(Some(status.to_ascii_lowercase())),
        Some(_) => Err(unexpected("a status that is no text")),
    }
}

#[cfg(test)]
mod tests;
