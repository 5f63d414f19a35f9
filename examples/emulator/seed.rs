//! Sample accounts, linked the way everybody links them, in every state that an account can be in.

use std::time::Duration;

use linkhub::linking::{Authority, ConnectRequest};
use linkhub::model::account::Owner;
use linkhub::model::event::Caller;
use linkhub::state::AppState;

use crate::emulator::sandbox_world::{HOSTILE, RIGHT_TO_LEFT, long_name};
use crate::emulator::{Emulator, Tenant, User};

const NAMES: [&str; 8] = [
    "Harbour Traders",
    "Meadow Energy",
    "Granite Robotics",
    "Ångström Laboratories",
    "株式会社サンプル",
    "Lumen & Sons",
    "Bäckerei Müller",
    "Pinwheel Toys",
];
const HOURS: [u64; 6] = [1, 5, 12, 23, 24 * 6, 24 * 30];
/// Lives just long enough to be linked.
const BRIEF: Duration = Duration::from_secs(3);

pub async fn link_accounts(
    state: &AppState,
    emulator: &Emulator,
    count: usize,
) -> anyhow::Result<()> {
    let mut dying = Vec::new();
    for number in 0..count {
        let name = match number {
            3 => HOSTILE.to_owned(),
            4 => RIGHT_TO_LEFT.to_owned(),
            5 => long_name(),
            _ => format!("{} {}", NAMES[number % NAMES.len()], number + 1),
        };
        let alias = format!("sample-{}", number + 1);
        let region = ["us", "eu", "de", "ap"][number % 4];
        let dies = number % 11 == 6;
        let life = if dies { BRIEF } else { Duration::from_hours(HOURS[number % HOURS.len()]) };
        let key = {
            let mut world = emulator.world();
            let tenant = world.add_tenant(Tenant::new(&alias, region, &name));
            let user = User::new(&format!("User {}", number + 1), "user@example.com");
            let user = world.add_user(&tenant, user);
            world.mint_key(&user, life)
        };
        let request = ConnectRequest {
            tenant_name: alias,
            region: region.to_owned(),
            api_key: key.as_str().into(),
            replace_user: None,
            renewal: None,
            authority: Authority::Admin(Owner {
                id: format!("customer-{}", number / 3 + 1),
                name,
                ..Owner::default()
            }),
            caller: Caller::system(),
        };
        let attempt = state.linking.begin_attempt("samples");
        let linked = state.linking.connect(request, &attempt, &|_| {}).await?;
        if number % 9 == 7 {
            emulator.world().revoke_key(&key);
            state.linking.check(&linked.account.id, &Caller::system()).await?;
        }
        if dies {
            dying.push(linked.account.id);
        }
    }
    if !dying.is_empty() {
        tokio::time::sleep(BRIEF).await;
    }
    for id in dying {
        state.linking.check(&id, &Caller::system()).await?;
    }
    Ok(())
}
