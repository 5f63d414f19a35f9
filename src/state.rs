//! What handlers share. Tests build it the way the program does.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use url::Url;

use crate::clock::Clock;
use crate::config::Settings;
use crate::linking::Linking;
use crate::model::connect_session::{ConnectSession, Origin};
use crate::qlik::Qlik;
use crate::sealing;
use crate::store::Store;
use crate::vault::Vault;
use crate::vault::keyring::Keyring;
use crate::web::brand::Brand;
use crate::webhook::Sender;

/// What an answer may take beside the conversation with Qlik.
const BESIDES_QLIK: Duration = Duration::from_secs(40);

#[derive(Clone, Debug)]
pub struct AppState {
    pub store: Store,
    pub linking: Arc<Linking>,
    pub clock: Clock,
    pub site: Arc<Site>,
    /// Whether this hub works in the background too.
    pub background: bool,
}

/// How the hub is seen from outside.
#[derive(Debug)]
pub struct Site {
    pub public_url: Url,
    pub trusted_proxies: Vec<IpAddr>,
    pub base_domains: Vec<String>,
    /// For connect sessions that name none.
    pub allowed_origins: Vec<Origin>,
    /// No request is answered later; longer than the longest verification.
    pub answer_timeout: Duration,
    pub brand: Arc<Brand>,
}

impl Site {
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whose pages may frame the Hub and call its API with a session, beside our own.
    pub fn origins_of<'a>(&'a self, session: &'a ConnectSession) -> &'a [Origin] {
        let own = session.terms.allowed_origins.as_slice();
        if own.is_empty() { &self.allowed_origins } else { own }
    }

    /// As browsers send it in `Origin`.
    pub fn origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }
}

impl AppState {
    /// Opens the database and the key file; refuses to start if they do not belong together.
    pub async fn open(settings: &Settings, clock: Clock) -> anyhow::Result<Self> {
        let public_url = &settings.public_url;
        ensure!(
            matches!(public_url.scheme(), "http" | "https")
                && public_url.path() == "/"
                && public_url.query().is_none(),
            "LINKHUB_PUBLIC_URL is {public_url}, but must be an address without a path, such as \
             https://link.example.com: the hub cannot live below a path"
        );
        let brand = Brand::new(settings.brand()?)?;
        let store = Store::open(&settings.location()?)
            .await
            .context("the database cannot be opened (LINKHUB_DATABASE_URL, LINKHUB_DATA_DIR)")?;
        let ring: Keyring = sealing::open_ring(&store, &settings.key_file()).await?;
        let vault = Arc::new(Vault::new(ring));
        sealing::check_canaries(&store, &vault, clock.now()).await?;
        let qlik = settings.qlik()?;
        let client = Qlik::new(qlik.clone()).context("calls to Qlik cannot be set up")?;
        let webhooks = Sender::new(&settings.webhooks()).context("webhooks cannot be set up")?;
        let linking = Linking::new(
            store.clone(),
            vault,
            client,
            clock.clone(),
            &settings.limits(),
            settings.rules()?,
            webhooks,
        );
        linking.begin_chain().await.context("the chain of history could not be begun")?;
        let site = Site {
            public_url: settings.public_url.clone(),
            trusted_proxies: settings.trusted_proxies.clone(),
            base_domains: settings.qlik_base_domains.clone(),
            allowed_origins: settings.allowed_origins.clone(),
            answer_timeout: qlik.verification_timeout + BESIDES_QLIK,
            brand: Arc::new(brand),
        };
        let background = settings.background;
        Ok(Self { store, linking: Arc::new(linking), clock, site: Arc::new(site), background })
    }
}
