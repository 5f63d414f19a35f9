//! Connect sessions to begin with, for scripts.

use std::time::Duration;

use anyhow::Context as _;
use linkhub::clock::Clock;
use linkhub::config::Settings;
use linkhub::model::connect_session::{LIFETIME_DEFAULT, LIFETIME_MIN, Origin, Terms};
use linkhub::model::event::Caller;
use linkhub::state::AppState;
use serde_json::{Map, Value};

const EACH: usize = 40;

/// Their tokens by what they were made for: each of `wanted` is a list of origins with commas between.
pub async fn made_for(state: &AppState, wanted: &[String]) -> anyhow::Result<Value> {
    let mut tokens = Map::new();
    for origins in wanted {
        let allowed = origins.split(',').filter(|origin| !origin.is_empty());
        let allowed: Vec<Origin> = allowed
            .map(|origin| origin.parse().with_context(|| origin.to_owned()))
            .collect::<Result<_, _>>()?;
        let mut made = Vec::new();
        for _ in 0..EACH {
            let terms = Terms { allowed_origins: allowed.clone(), ..Terms::default() };
            let new = state
                .linking
                .create_connect_session(terms, LIFETIME_DEFAULT, &Caller::system())
                .await?;
            made.push(Value::from(new.token.reveal().as_str()));
        }
        tokens.insert(origins.clone(), made.into());
    }
    Ok(tokens.into())
}

/// The token of a session that ended a day ago, made by a hub whose clock stood still.
pub async fn expired(settings: &Settings) -> anyhow::Result<String> {
    let long_ago = Clock::System.now().minus(Duration::from_hours(24));
    let state = AppState::open(settings, Clock::fixed(long_ago)).await?;
    let caller = Caller::system();
    let made = state.linking.create_connect_session(Terms::default(), LIFETIME_MIN, &caller);
    Ok(made.await?.token.reveal().to_string())
}
