//! The world by commands, for programs in other languages: a line of JSON in, a line of JSON out.
//!
//! `{"do": "tenant", "alias": …, "region": …}` and so on; the answer has what was made, or `error`.

use std::time::Duration;

use serde_json::{Value, json};

use super::emulator::{Emulator, Fault, Tenant, TenantStatus, User, UserStatus, World};

/// Carries out one line.
pub fn carry_out(emulator: &Emulator, line: &str) -> Value {
    let command = match serde_json::from_str::<Value>(line) {
        Ok(command) => command,
        Err(error) => return json!({ "error": error.to_string() }),
    };
    if command["do"] == "requests" {
        return requests(emulator);
    }
    apply(&mut emulator.world(), &command).unwrap_or_else(|error| json!({ "error": error }))
}

/// How often each key was presented since the last time that somebody asked.
fn requests(emulator: &Emulator) -> Value {
    let received = emulator.requests();
    emulator.clear_requests();
    let of = |request: super::emulator::Received| {
        json!({
            "at": request.at.as_millis(),
            "method": request.method.as_str(),
            "host": request.host,
            "path": request.path,
            "key_id": request.key_id,
        })
    };
    json!({ "requests": received.into_iter().map(of).collect::<Vec<_>>() })
}

fn apply(world: &mut World, command: &Value) -> Result<Value, String> {
    let text = |name: &str| {
        command[name].as_str().ok_or_else(|| format!("`{name}` is missing or no text"))
    };
    let number = |name: &str| command[name].as_u64().ok_or_else(|| format!("`{name}` is missing"));
    match text("do")? {
        "tenant" => {
            let alias = text("alias")?;
            let mut tenant = Tenant::new(alias, text("region")?, alias);
            tenant.max_key_life = Duration::from_secs(number("key_seconds")?);
            let host = tenant.permanent_host();
            Ok(json!({ "tenant_id": world.add_tenant(tenant), "host": host }))
        }
        "user" => {
            let user = User::new(text("name")?, "user@example.com");
            Ok(json!({ "user_id": world.add_user(text("tenant_id")?, user) }))
        }
        "key" => {
            let life = Duration::from_secs(number("seconds")?);
            let key = world.mint_key(text("user_id")?, life);
            let id = world.key_by_text(&key).map(|key| key.id.clone());
            Ok(json!({ "key": key, "key_id": id }))
        }
        "revoke" => {
            world.revoke_key(text("key")?);
            Ok(json!({}))
        }
        "user_active" => {
            let active = command["active"].as_bool().unwrap_or_default();
            let status = if active { UserStatus::Active } else { UserStatus::Disabled };
            world.user_mut(text("user_id")?).status = status;
            Ok(json!({}))
        }
        "tenant_active" => {
            let active = command["active"].as_bool().unwrap_or_default();
            let status = if active { TenantStatus::Active } else { TenantStatus::Disabled };
            world.tenant_mut(text("tenant_id")?).status = status;
            Ok(json!({}))
        }
        "fault" => {
            let fault = fault(text("fault")?, command)?;
            let rule = world.fault(command["path"].as_str().unwrap_or("*"), fault);
            if let Some(tenant) = command["tenant_id"].as_str() {
                rule.of_tenant(tenant);
            }
            if let Some(times) = command["times"].as_u64() {
                rule.times(u32::try_from(times).unwrap_or(u32::MAX));
            }
            Ok(json!({}))
        }
        "no_faults" => {
            world.clear_faults();
            Ok(json!({}))
        }
        "keys" => {
            let now = world.now();
            let of = |key: &super::emulator::Key| {
                json!({
                    "id": key.id,
                    "user_id": key.user_id,
                    "description": key.description,
                    "expiry": key.expiry.as_millis(),
                    "status": format!("{:?}", key.status(now)).to_lowercase(),
                })
            };
            let keys: Vec<_> = world.keys_of_tenant(text("tenant_id")?).map(of).collect();
            Ok(json!({ "keys": keys }))
        }
        other => Err(format!("`{other}` is no command")),
    }
}

fn fault(name: &str, command: &Value) -> Result<Fault, String> {
    Ok(match name {
        "reset" => Fault::Reset,
        "maintenance" => Fault::Maintenance,
        "html" => Fault::HtmlPage,
        "truncated" => Fault::Truncated,
        "too_many_requests" => {
            Fault::TooManyRequests(command["retry_after"].as_u64().unwrap_or(60))
        }
        "slow" => Fault::Slow(Duration::from_millis(command["millis"].as_u64().unwrap_or(1000))),
        other => return Err(format!("`{other}` is no fault")),
    })
}
