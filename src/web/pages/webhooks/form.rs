//! What an admin says of an endpoint.

use crate::linking::{EndpointEdit, NewEndpoint, WebhookError};
use crate::model::event::Action;
use crate::model::webhook::{ANNOUNCED, EVERYTHING, WebhookEndpoint};
use crate::web::components::Problem;
use crate::web::error::WebError;
use crate::web::pages::account::tidy;

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
            description: tidy(all("description").next().unwrap_or_default()),
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
        Action::SessionCompleted => "A connect session has linked an account.",
        Action::SessionFailed => "A connection by a connect session failed.",
        _ => "",
    }
}
