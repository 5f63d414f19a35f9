//! Connect, end to end: a form posted by a signed-in admin, five calls to Qlik, stored durably.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::load::{Connection, Requests, Target, compare, post};
use crate::process::Server;
use crate::{bare, seed, stub, table};

/// So many tenants take turns.
const TENANTS: usize = 64;
const TIME: Duration = Duration::from_secs(2);

/// Of `tenants` that take turns, or of one never seen before each time.
fn requests(path: &'static str, cookie: &str, tenants: Option<usize>) -> Requests {
    let cookie = cookie.to_owned();
    Arc::new(move || {
        let (tenant, key) = stub::next_key(tenants);
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
    // The very first start hashes a password.
    drop(Server::hub(&data, &[])?);
    let hub = Server::hub(&data, &["--qlik-connect-to", &dial, "--qlik-ca-file", &ca])?;
    let bare = Server::bare(&bare_data, Some(stub))?;
    let idle = hub.resident_mb()?;
    let cookie = hub.sign_in().await?;
    let targets = |tenants: Option<usize>| {
        [
            Target { server: hub.address, requests: requests("/connect", &cookie, tenants) },
            Target { server: bare.address, requests: requests("/connect/0", "", tenants) },
            Target { server: bare.address, requests: requests("/connect/1", "", tenants) },
        ]
    };
    let known = targets(Some(TENANTS));
    // The first conversation with a tenant begins with a TLS handshake, many times the work of the
    // rest. Nobody may have more of those in a round than another.
    for target in &known {
        let mut connection = Connection::open(target.server).await?;
        for _ in 0..TENANTS {
            connection.send(&(target.requests)()).await?;
        }
    }
    table::title(
        "Connect: POST /connect with a session, 5 calls over TLS, sealed and stored durably",
    );
    for clients in [1, 16, 64] {
        let figures = compare(&known.iter().collect::<Vec<_>>(), clients, TIME).await?;
        table::row("connect; bare: one commit each", clients, &figures[0], &figures[1]);
        table::row("connect; bare: group commit", clients, &figures[0], &figures[2]);
    }
    let loaded = hub.resident_mb()?;
    let [hub_first, _, bare_first] = targets(None);
    for clients in [1, 16] {
        let figures = compare(&[&hub_first, &bare_first], clients, TIME / 2).await?;
        table::row("a tenant never seen before; group commit", clients, &figures[0], &figures[1]);
    }
    let strangers = hub.resident_mb()?;
    table::line(&format!(
        "resident: idle {idle:.1} MB, after 64 clients connecting {loaded:.1} MB, with open \
         connections to all new tenants {strangers:.1} MB"
    ));
    Ok(())
}
