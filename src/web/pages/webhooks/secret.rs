//! The signing secret of an endpoint that was made, or whose secret was changed: shown once.

use askama::Template;
use secrecy::{ExposeSecret as _, SecretString};

use crate::clock::Timestamp;
use crate::model::webhook::WebhookEndpoint;
use crate::web::layout::Layout;
use crate::web::pages::accounts::Moment;
use crate::web::paths;

#[derive(Template)]
#[template(path = "pages/new_webhook_secret.html")]
pub struct NewWebhookSecretPage {
    pub layout: Layout,
    pub href: String,
    pub url: String,
    pub secret: String,
    /// The endpoint had another secret before.
    pub rotated: bool,
    pub old_ends: Option<Moment>,
}

impl NewWebhookSecretPage {
    pub fn new(
        layout: Layout,
        endpoint: &WebhookEndpoint,
        secret: &SecretString,
        rotated: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            layout,
            href: paths::webhook(&endpoint.id),
            url: endpoint.url.clone(),
            secret: secret.expose_secret().to_owned(),
            rotated,
            old_ends: endpoint
                .old_secret_ends_at
                .filter(|ends| *ends > now)
                .map(|ends| Moment::of(ends, now)),
        }
    }
}
