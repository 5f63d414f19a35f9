//! What an admin says of an endpoint.

use crate::linking::{EndpointEdit, NewEndpoint, WebhookError};
use crate::model::event::Action;
use crate::model::failure::FailureCode;
use crate::model::webhook::{ANNOUNCED, EVERYTHING, WebhookEndpoint};
use crate::web::components::Problem;
use crate::web::error::WebError;
use crate::webhook::UrlError;

#[derive(Debug, Clone, Default)]
pub struct EndpointForm {
    pub url: String,
    pub description: String,
    pub events: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Problems {
    pub url: Option<Problem>,
    pub description: Option<Problem>,
    pub events: Option<Problem>,
}

/// A box to tick.
#[derive(Debug)]
pub struct EventChoice {
    pub value: &'static str,
    pub about: &'static str,
    pub chosen: bool,
}

impl EndpointForm {
    /// What the form is before anything was typed.
    pub fn everything() -> Self {
        Self { events: vec![EVERYTHING.to_owned()], ..Self::default() }
    }

    /// A form names an event for each ticked box.
    pub fn read(fields: &[(String, String)]) -> Self {
        let all = |name: &'static str| {
            let named = fields.iter().filter(move |(field, _)| field == name);
            named.map(|(_, value)| value.as_str())
        };
        let events: Vec<String> = all("event").map(str::to_owned).collect();
        let is_all = events.iter().any(|event| event == EVERYTHING);
        Self {
            url: all("url").next().unwrap_or_default().trim().to_owned(),
            description: all("description").next().unwrap_or_default().trim().to_owned(),
            events: if is_all { vec![EVERYTHING.to_owned()] } else { events },
        }
    }

    pub fn of(endpoint: &WebhookEndpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            events: endpoint.events.clone(),
        }
    }

    pub fn new_endpoint(&self) -> NewEndpoint {
        let Self { url, description, events } = self.clone();
        NewEndpoint { url, description, events }
    }

    pub fn edit(&self) -> EndpointEdit {
        let Self { url, description, events } = self.clone();
        EndpointEdit {
            url: Some(url),
            description: Some(description),
            events: Some(events),
            enabled: None,
        }
    }

    pub fn all(&self) -> bool {
        self.events.iter().any(|event| event == EVERYTHING)
    }

    pub fn choices(&self) -> Vec<EventChoice> {
        let choice = |action: Action| EventChoice {
            value: action.as_str(),
            about: about(action),
            chosen: self.events.iter().any(|event| event == action.as_str()),
        };
        ANNOUNCED.into_iter().map(choice).collect()
    }
}

impl Problems {
    /// What is wrong with which field; what is wrong with no field is the error.
    pub fn of(error: WebhookError) -> Result<Self, WebError> {
        let mut problems = Self::default();
        match error {
            WebhookError::Url(error) => {
                let (code, text) = about_url(error);
                problems.url = Problem::some(code, text);
            }
            WebhookError::Description => {
                let text = "It may have 200 characters.";
                problems.description = Problem::some("description_too_long", text);
            }
            WebhookError::NoEvents => {
                let text = "Choose at least one event, or all of them.";
                problems.events = Problem::some("events_missing", text);
            }
            WebhookError::UnknownEvent(_) => {
                let text = "One of the events is not known here. Choose among those above.";
                problems.events = Problem::some("events_unknown", text);
            }
            WebhookError::TooMany => {
                let text =
                    "There are 100 endpoints, which is as many as there can be. Delete one first.";
                problems.url = Problem::some("too_many_endpoints", text);
            }
            error => return Err(refused(error)),
        }
        Ok(problems)
    }
}

/// Why an address cannot be that of an endpoint, for admins: a code and a sentence.
const fn about_url(error: UrlError) -> (&'static str, &'static str) {
    match error {
        UrlError::Malformed => (
            "url_malformed",
            "This is no web address. It looks like https://app.example.com/webhooks/linkhub.",
        ),
        UrlError::NotHttps => (
            "url_not_https",
            "It must begin with https://. Addresses with http:// are only possible where the operator of this hub has set LINKHUB_WEBHOOK_ALLOW_PRIVATE=true.",
        ),
        UrlError::UserInfo => (
            "url_with_user",
            "It must not contain a user name or password. Webhooks are signed: your back end knows by that where they come from.",
        ),
        UrlError::Fragment => {
            ("url_with_fragment", "Leave out the # and what follows: it is never sent.")
        }
        UrlError::TooLong => ("url_too_long", "It may have 2048 characters."),
        UrlError::Address => (
            "url_private",
            "This address is private, reserved, or the hub’s own, and webhooks only go to the public internet. If your back end is in the same network, the operator of this hub can allow it with LINKHUB_WEBHOOK_ALLOW_PRIVATE=true.",
        ),
    }
}

/// What is wrong with no field of the form.
pub fn refused(error: WebhookError) -> WebError {
    match error {
        WebhookError::NotFound => WebError::not_found(),
        WebhookError::OnItsWay => WebError::delivery_on_its_way(),
        WebhookError::LinkWiped => WebError::delivery_wiped(),
        WebhookError::SecretDamaged(_) => FailureCode::SecretDamaged.into(),
        WebhookError::Store(error) => error.into(),
        error => WebError::internal(error),
    }
}

/// When an event happens, in a sentence.
const fn about(action: Action) -> &'static str {
    match action {
        Action::AccountCreated => "A customer has linked a tenant.",
        Action::AccountUpdated => "Label, owner, type or metadata were changed.",
        Action::AccountDeleted => "The account was unlinked.",
        Action::AccountExpiring => "The key dies soon: little of its life is left.",
        Action::AccountExpired => "The key has died.",
        Action::AccountError => "Qlik refuses the key, or the tenant or its user is gone.",
        Action::AccountRecovered => "The key works again.",
        Action::AccountRenewed => "The account has a new key.",
        Action::AccountSuspended => "It was suspended: its key is handed to nobody.",
        Action::AccountResumed => "It was resumed.",
        Action::SessionCreated => {
            "A link was made for your back end to hand on: the webhook carries it."
        }
        Action::SessionCompleted => "A connect session has linked an account.",
        Action::SessionFailed => "A connection by a connect session failed.",
        _ => "",
    }
}
