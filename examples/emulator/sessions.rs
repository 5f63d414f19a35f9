//! Connect sessions to begin with, for scripts that frame the Hub.

use anyhow::Context as _;
use linkhub::id::ConnectSessionId;
use linkhub::model::connect_session::{ConnectSession, LIFETIME_DEFAULT, Origin, Terms};
use linkhub::model::event::{Action, Caller, Event};
use linkhub::secret::PlainToken;
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

/// The token of a session whose time is over, which nobody can make by asking for one.
pub async fn expired(state: &AppState) -> anyhow::Result<Value> {
    let now = state.clock.now();
    let id = ConnectSessionId::new();
    let token = PlainToken::generate(id.as_str());
    let session = ConnectSession {
        id,
        token_hash: token.hash(),
        made_by: Caller::system().actor,
        created_at: now.minus(LIFETIME_DEFAULT),
        expires_at: now,
        opened_at: None,
        completed_at: None,
        linked_account_id: None,
        revoked_at: None,
        refusals: 0,
        terms: Terms::default(),
    };
    let event = Event::new(Action::SessionCreated, &Caller::system(), session.created_at);
    state.store.insert_connect_session(&session, &event).await?;
    Ok(Value::from(token.reveal().as_str()))
}
