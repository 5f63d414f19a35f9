//! The commands. Each says what it does.

mod api_key;
mod doctor;
mod healthcheck;
mod serve;
mod set_password;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::{self, Settings};
use crate::id::ApiKeyId;
use crate::model::api_key::Scope;

/// A hub where your customers link their Qlik Cloud tenant.
#[derive(Debug, Parser)]
#[command(name = "linkhub", version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Runs the hub (also what happens without a command).
    Serve,
    /// Says what is right and wrong with this installation, and what to do.
    Doctor,
    /// The admin of the Accounts page.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// API keys of back ends.
    #[command(subcommand)]
    ApiKey(ApiKeyCommand),
    /// Asks the hub that listens here whether it is alive; for containers.
    Healthcheck,
}

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum AdminCommand {
    /// Sets the admin's password: asks for it, or reads standard input. Signs out everywhere.
    SetPassword,
}

#[derive(Debug, Clone, Subcommand)]
pub enum ApiKeyCommand {
    /// Makes a key and prints it, this once, to standard output.
    Create {
        /// The program that will use it; the history shows this name.
        #[arg(long)]
        name: String,
        /// What it may do; without any, all but `credentials:read`.
        #[arg(long = "scope", value_name = "SCOPE", num_args = 1.., value_parser = api_key::scope)]
        scopes: Vec<Scope>,
    },
    /// Lists the keys, newest first.
    List,
    /// Ends a key at once.
    Revoke {
        /// As `list` shows it.
        #[arg(value_parser = |text: &str| ApiKeyId::try_from(text.to_owned()))]
        id: ApiKeyId,
    },
}

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let matches = config::without_empty_variables(Cli::command()).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    forbid_dumps();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let settings = cli.settings;
    let result = runtime.block_on(async {
        match cli.command.unwrap_or(Command::Serve) {
            Command::Serve => {
                serve::run(&settings, &given(&matches)).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Doctor => doctor::run(&settings).await,
            Command::Admin(AdminCommand::SetPassword) => {
                set_password::run(&settings).await.map(|()| ExitCode::SUCCESS)
            }
            Command::ApiKey(command) => {
                api_key::run(&settings, command).await.map(|()| ExitCode::SUCCESS)
            }
            Command::Healthcheck => healthcheck::run(&settings).await.map(|()| ExitCode::SUCCESS),
        }
    });
    result.unwrap_or_else(|error| failed(&error))
}

/// The settings that are not left at their defaults, by the names of their variables. Of secrets only that they
/// are set.
pub fn given(matches: &ArgMatches) -> BTreeMap<String, String> {
    let command = Cli::command();
    let told = |argument: &clap::Arg| {
        let (id, variable) = (argument.get_id().as_str(), argument.get_env()?);
        let source = matches.value_source(id)?;
        let values = matches.get_raw(id)?.map(|value| value.to_string_lossy());
        let value = if argument.is_hide_env_values_set() {
            "set".to_owned()
        } else {
            values.collect::<Vec<_>>().join(",")
        };
        let name = variable.to_string_lossy().into_owned();
        (source != ValueSource::DefaultValue).then_some((name, value))
    };
    command.get_arguments().filter_map(told).collect()
}

#[expect(clippy::print_stderr, reason = "the operator reads it")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("linkhub: {error:#}");
    ExitCode::FAILURE
}

/// Copies of keys stay in memory for a while, so this process must not be dumped to disk.
#[expect(unsafe_code, reason = "two calls of libc with constant arguments")]
fn forbid_dumps() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: both take plain values or a pointer to a live struct, and keep nothing.
    unsafe {
        libc::setrlimit(libc::RLIMIT_CORE, &raw const none);
        #[cfg(target_os = "linux")]
        libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}
