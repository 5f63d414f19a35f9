//! What a failure is called to the person who meets it: what is wrong, why, and what to do next.
//! A new failure code does not compile until it has words here.

use std::time::Duration;

use crate::model::failure::{Failure, FailureCode, Step};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub reason: String,
    pub next_step: String,
}

/// `host` is the address that was tried (`my-company.us.qlikcloud.com`), empty if there was none.
pub fn of(failure: &Failure, host: &str) -> Words {
    let host = if host.is_empty() { "the tenant" } else { host };
    let wait = wait(failure.retry_after);
    let fill = |text: &str| text.replace("{wait}", &wait).replace("{host}", host);
    let [title, reason, next_step] = words(failure.code);
    Words {
        title: capitalised(&fill(title)),
        reason: capitalised(&fill(reason)),
        next_step: fill(next_step),
    }
}

/// The words of a stored code; `None` if there is no such code.
pub fn by_code(code: &str, host: &str) -> Option<Words> {
    let code = FailureCode::ALL.iter().find(|known| known.as_str() == code)?;
    Some(of(&Failure::new(*code), host))
}

/// The title of a stored code, or the code itself if it is not known here.
pub fn title_of(code: &str, host: &str) -> String {
    by_code(code, host).map_or_else(|| code.to_owned(), |words| words.title)
}

/// What a step is called in the list that shows the progress.
pub const fn step(step: Step) -> &'static str {
    match step {
        Step::Address => "Find the tenant",
        Step::Key => "Check the key",
        Step::User => "See whose key it is",
        Step::Permissions => "Check what it may do",
        Step::Saved => "Store it encrypted",
    }
}

fn wait(retry_after: Option<Duration>) -> String {
    match retry_after.map(|wait| wait.as_secs().max(1)) {
        None => "a minute".to_owned(),
        Some(1) => "1 second".to_owned(),
        Some(seconds @ ..120) => format!("{seconds} seconds"),
        Some(seconds) => format!("{} minutes", seconds.div_ceil(60)),
    }
}

fn capitalised(text: &str) -> String {
    // A host is a name, not a word: it keeps its small letters.
    let Some(rest) = text.strip_prefix("the tenant") else { return text.to_owned() };
    format!("The tenant{rest}")
}

#[expect(clippy::too_many_lines, reason = "one entry a code, to be read as a table")]
const fn words(code: FailureCode) -> [&'static str; 3] {
    match code {
        FailureCode::TenantMalformed => [
            "This is not a tenant name",
            "A tenant name has only letters, digits and hyphens. It is the first part of the address of your Qlik Cloud, before the region.",
            "Copy the address from your browser while you are in Qlik Cloud and paste it whole into Tenant Name.",
        ],
        FailureCode::RegionMalformed => [
            "This is not a region",
            "A region is a short word such as us, eu or de: the part of the address between the tenant name and qlikcloud.com.",
            "Choose a region from the list, or paste the whole address into Tenant Name and the region is filled in.",
        ],
        FailureCode::NotATenant => [
            "This address is not a tenant",
            "It belongs to Qlik itself (signing up, the console, the status page), not to one company’s tenant.",
            "Sign in to Qlik Cloud until you see your own apps, then copy the address from there.",
        ],
        FailureCode::KeyMissing => [
            "The API key is missing",
            "The connection is made with a key of your Qlik user.",
            "Paste the key that you generated in Qlik Cloud. If you have none yet, the guide shows how to get one.",
        ],
        FailureCode::KeyMalformed => [
            "This is not a whole API key",
            "An API key is one long text of several hundred characters that starts with eyJ and has three parts with dots between them. This is something else, or a part of it was lost when copying.",
            "Copy the key again with Qlik’s own copy button. Qlik shows a key only once: if it is gone, generate a new one.",
        ],
        FailureCode::KeyWrongKind => [
            "This is another kind of key",
            "It looks like an OAuth token or a SCIM key. What is needed is the API key of a user.",
            "In Qlik Cloud open your profile settings, then API keys, and generate a new key there.",
        ],
        FailureCode::TenantNotFound => [
            "There is no tenant at {host}",
            "Qlik Cloud answered that it does not know this tenant name in this region.",
            "Compare both with the address in your browser while you are signed in to Qlik Cloud. A tenant exists in one region only.",
        ],
        FailureCode::RegionNotFound => [
            "This region was not found",
            "The address {host} does not exist, most likely because the region is mistyped.",
            "Choose a region from the list, or paste the whole address into Tenant Name.",
        ],
        FailureCode::TenantDisabled => [
            "This tenant is switched off",
            "Qlik Cloud says that {host} has been deactivated.",
            "Ask whoever looks after your Qlik subscription. You can connect as soon as the tenant is back.",
        ],
        FailureCode::KeyRejected => [
            "Qlik does not accept this key",
            "{host} answered that the key is not valid. It may be mistyped, expired or revoked, or the permission to use API keys has been taken away.",
            "Generate a new key in this tenant and paste it here. If that fails too, ask a tenant admin whether you have Manage API keys.",
        ],
        FailureCode::KeyExpired => [
            "This key has expired",
            "Qlik Cloud says that its time is over. By default a key lives one day at most.",
            "Generate a new key and paste it here. The guide says how an admin allows keys that live longer.",
        ],
        FailureCode::KeyRevoked => [
            "This key was revoked",
            "Qlik Cloud says that somebody, you or a tenant admin, has revoked it. It cannot be used again.",
            "Generate a new key and paste it here. If you did not revoke it yourself, ask a tenant admin first.",
        ],
        FailureCode::KeyWrongTenant => [
            "This key belongs to another tenant",
            "The key was made in a different tenant than {host}.",
            "Correct Tenant Name and Region, or generate a key while you are signed in to {host}.",
        ],
        FailureCode::UserInactive => [
            "The user of this key is not active",
            "Qlik Cloud knows the key, but its user is disabled or is no member of {host}.",
            "Ask a tenant admin to activate the user, or connect with the key of another user.",
        ],
        FailureCode::Forbidden => [
            "The user of this key may not do this",
            "Qlik Cloud knows the key but refuses what is needed to check it, because its user lacks a permission.",
            "Ask a tenant admin which permissions you have, or connect with the key of another user.",
        ],
        FailureCode::Unreachable => [
            "{host} could not be reached",
            "No connection came about in time. This says nothing about your key. Some tenants only let listed IP addresses in, and this hub may not be on the list.",
            "Try again in {wait}. If it stays like this, ask a tenant admin whether an IP allow list is in use.",
        ],
        FailureCode::RateLimited => [
            "Too many attempts in a short time",
            "A limit has been reached. This says nothing about your key.",
            "Try again in {wait}.",
        ],
        FailureCode::QlikUnavailable => [
            "Qlik Cloud has a problem right now",
            "{host} answered with an error of its own. This says nothing about your key.",
            "Try again in {wait}. Qlik reports disturbances at status.qlikcloud.com.",
        ],
        FailureCode::UnexpectedAnswer => [
            "The answer was not one of Qlik Cloud’s",
            "{host} answered in a way that makes no sense here, as a sign-in page or a proxy does. This says nothing about your key.",
            "Check the address and try again. If it stays like this, pass on the support id.",
        ],
        FailureCode::SessionExpired => [
            "This link has expired",
            "A link to this page can be used for a limited time only. Nothing was stored.",
            "Ask for a new link where you got this one.",
        ],
        FailureCode::SessionUsed => [
            "This link has been used",
            "A connection was already made with it, and each link works once.",
            "If that was you, there is nothing left to do. Otherwise ask for a new link where you got this one.",
        ],
        FailureCode::SessionRevoked => [
            "This link was withdrawn",
            "Whoever sent it has made it invalid. Nothing was stored.",
            "Ask for a new link where you got this one.",
        ],
        FailureCode::SessionBlocked => [
            "This link was tried too often",
            "Qlik refused too many keys that were entered with it, so it no longer works. Nothing was stored.",
            "Ask for a new link where you got this one.",
        ],
        FailureCode::SessionUnknown => [
            "This link is not known here",
            "It is mistyped or was cut off, or it was made for another hub.",
            "Open the whole link again, or ask for a new one where you got it.",
        ],
        FailureCode::AccountMismatch => [
            "This is another tenant or user",
            "The account that is being reconnected belongs to a different Qlik tenant or user than this key.",
            "Use a key of the same user in the same tenant, or link it as an account of its own.",
        ],
        FailureCode::SecretDamaged => [
            "The stored key cannot be read",
            "What is stored was changed or moved, or was sealed with a key that this hub does not have.",
            "Link the account again with a new key. If several accounts show this, run linkhub doctor.",
        ],
        FailureCode::Cancelled => [
            "Cancelled",
            "The connection was stopped. Nothing was stored.",
            "Press Connect when you want to try again.",
        ],
        FailureCode::NotSaved => [
            "The link could not be stored",
            "Qlik accepted the key, but this hub could not write it to its storage, so the account is not confirmed.",
            "Try again; connecting twice does no harm. If it fails again, pass on the support id to whoever runs this hub.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_title_a_reason_and_a_next_step() {
        for code in FailureCode::ALL {
            for host in ["", "my-company.us.qlikcloud.com"] {
                let words = of(&Failure::new(*code), host);
                for text in [&words.title, &words.reason, &words.next_step] {
                    assert!(text.len() > 8, "{code:?}: {text}");
                    assert!(!text.contains(['{', '}']), "{code:?}: {text}");
                }
                assert!(words.reason.ends_with('.') && words.next_step.ends_with('.'), "{code:?}");
                assert!(!words.title.ends_with('.'), "{code:?}");
            }
        }
    }

    #[test]
    fn no_fault_of_qlik_calls_the_key_bad() {
        for code in [
            FailureCode::Unreachable,
            FailureCode::RateLimited,
            FailureCode::QlikUnavailable,
            FailureCode::UnexpectedAnswer,
        ] {
            let words = of(&Failure::new(code), "");
            assert!(words.reason.contains("says nothing about your key"), "{code:?}");
        }
    }

    #[test]
    fn waits_and_hosts_are_filled_in() {
        let failure =
            Failure::new(FailureCode::RateLimited).retry_after(Some(Duration::from_secs(13)));
        assert_eq!(of(&failure, "").next_step, "Try again in 13 seconds.");
        let failure = Failure::new(FailureCode::TenantNotFound);
        let words = of(&failure, "my-company.us.qlikcloud.com");
        assert_eq!(words.title, "There is no tenant at my-company.us.qlikcloud.com");
    }
}
