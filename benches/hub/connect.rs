//! Connect, end to end: a form posted by a signed-in admin, five calls to Qlik, stored durably.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::load::{Requests, Target, compare, post};
use crate::process::Server;
use crate::{bare, seed, stub, table};

const TIME: Duration = Duration::from_secs(2);

fn requests(path: &'static str, cookie: &str) -> Requests {
    let cookie = cookie.to_owned();
    Arc::new(move || {
        let (tenant, key) = stub::next_key();
        let form = [
            ("tenant_name", tenant.as_str()),
            ("region", "us"),
            ("api_key", &key),
            ("owner_id", "customer-1"),
            ("owner_name", "Zephyr Trading"),
        ];
        post(path, &cookie, &form)
    })
}

pub async fn measure(folder: &Path) -> anyhow::Result<()> {
    let (stub, ca_pem) = stub::start().await?;
    let (data, bare_data) =
        (seed::empty(folder, "connect").await?, seed::empty(folder, "connect-bare").await?);
    let ca = data.join(bare::CA);
    std::fs::write(&ca, &ca_pem)?;
    std::fs::write(bare_data.join(bare::CA), &ca_pem)?;
    let dial = stub.to_string();
    let ca = ca.to_string_lossy();
    let hub = Server::hub(&data, &["--qlik-connect-to", &dial, "--qlik-ca-file", &ca])?;
    let bare = Server::bare(&bare_data, Some(stub))?;
    let cookie = hub.sign_in().await?;
    let targets = [
        Target { server: hub.address, requests: requests("/connect", &cookie) },
        Target { server: bare.address, requests: requests("/connect/0", "") },
        Target { server: bare.address, requests: requests("/connect/1", "") },
    ];
    table::title(
        "Connect: POST /connect with a session, 5 calls over TLS, sealed and stored durably",
    );
    let idle = hub.resident_mb()?;
    for clients in [1, 16, 64] {
        let figures = compare(&targets.iter().collect::<Vec<_>>(), clients, TIME).await?;
        table::row("connect; bare: one commit each", clients, &figures[0], &figures[1]);
        table::row("connect; bare: group commit", clients, &figures[0], &figures[2]);
    }
    let loaded = hub.resident_mb()?;
    table::line(&format!(
        "resident: idle {idle:.1} MB, after 64 clients connecting {loaded:.1} MB"
    ));
    Ok(())
}
