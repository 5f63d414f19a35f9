//! The only reader of settings: one struct gives flags, environment variables and help.

mod parts;

use std::ffi::OsStr;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, Command, ValueEnum};
use secrecy::SecretString;
use url::Url;

use crate::model::connect_session::Origin;
use crate::web::brand::OURS;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// Every setting is an environment variable or the flag of the same name; every secret can also be
/// read from the file that the variable with `_FILE` names.
#[derive(Debug, Clone, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Settings {
    /// Where the hub listens.
    #[arg(long, env = "LINKHUB_LISTEN", default_value = "127.0.0.1:8080", global = true)]
    pub listen: SocketAddr,

    /// How people reach the hub; decides cookies, links and origins.
    #[arg(
        long,
        env = "LINKHUB_PUBLIC_URL",
        default_value = "http://localhost:8080",
        global = true
    )]
    pub public_url: Url,

    /// Folder of the `SQLite` file and the key file.
    #[arg(long, env = "LINKHUB_DATA_DIR", default_value = "./data", global = true)]
    pub data_dir: PathBuf,

    /// Database: `sqlite:FILE` or `postgres://…`; without it `SQLite` in the data folder.
    #[arg(long, env = "LINKHUB_DATABASE_URL", hide_env_values = true, global = true)]
    pub database_url: Option<SecretString>,

    /// File that holds the database's URL.
    #[arg(long, env = "LINKHUB_DATABASE_URL_FILE", global = true)]
    pub database_url_file: Option<PathBuf>,

    /// The sealing keys; made on the first start. Without it `linkhub.key` in the data folder.
    #[arg(long, env = "LINKHUB_KEY_FILE", global = true)]
    pub key_file: Option<PathBuf>,

    /// Sets the admin's password on the very first start; otherwise a one-time setup link is printed.
    #[arg(long, env = "LINKHUB_ADMIN_PASSWORD", hide_env_values = true, global = true)]
    pub admin_password: Option<SecretString>,

    /// File that holds the admin's first password.
    #[arg(long, env = "LINKHUB_ADMIN_PASSWORD_FILE", global = true)]
    pub admin_password_file: Option<PathBuf>,

    /// Addresses of reverse proxies whose `X-Forwarded-For` is believed, comma-separated.
    #[arg(long, env = "LINKHUB_TRUSTED_PROXIES", value_delimiter = ',', global = true)]
    pub trusted_proxies: Vec<std::net::IpAddr>,

    /// Domains below which Qlik tenants live, comma-separated.
    #[arg(
        long,
        env = "LINKHUB_QLIK_BASE_DOMAINS",
        value_delimiter = ',',
        default_value = "qlikcloud.com",
        global = true
    )]
    pub qlik_base_domains: Vec<String>,

    /// `host:port` to dial instead of every tenant host, for tests and the sandbox.
    #[arg(long, env = "LINKHUB_QLIK_CONNECT_TO", global = true)]
    pub qlik_connect_to: Option<String>,

    /// Additional root certificates for calls to Qlik, PEM.
    #[arg(long, env = "LINKHUB_QLIK_CA_FILE", global = true)]
    pub qlik_ca_file: Option<PathBuf>,

    /// Seconds to reach a tenant's host.
    #[arg(long, env = "LINKHUB_QLIK_CONNECT_TIMEOUT", default_value = "5", global = true)]
    pub qlik_connect_timeout: NonZeroU32,

    /// Seconds for a whole verification.
    #[arg(long, env = "LINKHUB_QLIK_TIMEOUT", default_value = "20", global = true)]
    pub qlik_timeout: NonZeroU32,

    /// Bytes of an answer of Qlik that are read at most.
    #[arg(long, env = "LINKHUB_QLIK_MAX_BODY", default_value = "1048576", global = true)]
    pub qlik_max_body: NonZeroU32,

    /// Connects a minute that reach Qlik, for each caller and for each tenant.
    #[arg(long, env = "LINKHUB_CONNECT_LIMIT", default_value = "60", global = true)]
    pub connect_limit: NonZeroU32,

    /// Passwords tried a minute, for each caller.
    #[arg(long, env = "LINKHUB_SIGN_IN_LIMIT", default_value = "10", global = true)]
    pub sign_in_limit: NonZeroU32,

    /// Requests a minute to the API, for each API key.
    #[arg(long, env = "LINKHUB_API_LIMIT", default_value = "600", global = true)]
    pub api_limit: NonZeroU32,

    /// Whether this hub checks, renews and delivers in the background. Of several hubs on one `PostgreSQL` one
    /// is enough; more share the work.
    #[arg(
        long,
        env = "LINKHUB_BACKGROUND",
        default_value = "true",
        action = clap::ArgAction::Set,
        value_parser = BoolishValueParser::new(),
        global = true
    )]
    pub background: bool,

    /// Hours between two checks of a key with which nothing is wrong, at most.
    #[arg(long, env = "LINKHUB_CHECK_INTERVAL", default_value = "6", global = true)]
    pub check_interval: NonZeroU32,

    /// Checks and renewals a minute, for each tenant.
    #[arg(long, env = "LINKHUB_CHECK_LIMIT", default_value = "30", global = true)]
    pub check_limit: NonZeroU32,

    /// Per cent of a key's life that remain when people are told, comma-separated, each between 1 and 99.
    #[arg(
        long,
        env = "LINKHUB_EXPIRY_WARNINGS",
        default_value = "50,20,5",
        value_delimiter = ',',
        value_parser = clap::value_parser!(u8).range(1..100),
        global = true
    )]
    pub expiry_warnings: Vec<u8>,

    /// Whether people may allow the hub to make a key's successor before it expires.
    #[arg(long, env = "LINKHUB_RENEWAL", value_parser = BoolishValueParser::new(), global = true)]
    pub renewal: bool,

    /// Whether webhooks may be sent to private and own addresses.
    #[arg(
        long,
        env = "LINKHUB_WEBHOOK_ALLOW_PRIVATE",
        value_parser = BoolishValueParser::new(),
        global = true
    )]
    pub webhook_allow_private: bool,

    /// Days for which history is kept; 0 for ever.
    #[arg(long, env = "LINKHUB_EVENT_RETENTION", default_value = "365", global = true)]
    pub event_retention: u32,

    /// Origins whose pages may embed the Hub with a connect session that names none, comma-separated.
    #[arg(long, env = "LINKHUB_ALLOWED_ORIGINS", value_delimiter = ',', global = true)]
    pub allowed_origins: Vec<Origin>,

    /// What people see the hub called.
    #[arg(long, env = "LINKHUB_BRAND_NAME", default_value = OURS, global = true)]
    pub brand_name: String,

    /// Logo for the top bar and the tab, SVG or PNG.
    #[arg(long, env = "LINKHUB_BRAND_LOGO_FILE", global = true)]
    pub brand_logo_file: Option<PathBuf>,

    /// Colour of buttons and links, `#rrggbb`; made darker or lighter where it could not be read.
    #[arg(long, env = "LINKHUB_BRAND_ACCENT", global = true)]
    pub brand_accent: Option<String>,

    /// Where people get help: `https://…`, `mailto:…` or a mail address.
    #[arg(long, env = "LINKHUB_BRAND_SUPPORT_URL", global = true)]
    pub brand_support_url: Option<String>,

    /// Leaves "Powered by linkhub" out.
    #[arg(
        long,
        env = "LINKHUB_BRAND_HIDE_POWERED_BY",
        value_parser = BoolishValueParser::new(),
        global = true
    )]
    pub brand_hide_powered_by: bool,

    /// What is logged, as `info` or `linkhub=debug,warn`.
    #[arg(long, env = "LINKHUB_LOG", default_value = "info", global = true)]
    pub log: String,

    /// How it is logged.
    #[arg(long, env = "LINKHUB_LOG_FORMAT", default_value = "text", global = true)]
    pub log_format: LogFormat,
}

/// A variable that is set to nothing says nothing: compose files pass on what nobody has set so.
pub fn without_empty_variables(command: Command) -> Command {
    #[expect(clippy::disallowed_methods, reason = "this is where settings are read")]
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    command.mut_args(|argument| match argument.get_env() {
        Some(name) if is_empty(name) => argument.env(None::<&'static str>),
        _ => argument,
    })
}
