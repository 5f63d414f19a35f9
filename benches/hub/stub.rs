//! A Qlik Cloud that answers at once: every key is good, and says itself whose it is.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

#[derive(Debug, Serialize, Deserialize)]
pub struct Claims {
    pub sub: String,
    #[serde(rename = "tenantId")]
    pub tenant_id: String,
    pub jti: String,
    iss: String,
    #[serde(rename = "subType")]
    sub_type: String,
}

impl Claims {
    pub fn of(key: &str) -> Option<Self> {
        let payload = URL_SAFE_NO_PAD.decode(key.split('.').nth(1)?).ok()?;
        serde_json::from_slice(&payload).ok()
    }
}

/// A tenant name and a key of a user who was never seen before; the tenants take turns, or each is new.
pub fn next_key(tenants: Option<usize>) -> (String, String) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let tenant = next % tenants.unwrap_or(usize::MAX);
    let claims = Claims {
        sub: format!("user-{next}"),
        tenant_id: format!("tenant-id-{tenant}"),
        jti: format!("key-{next}"),
        iss: "qlik.api/api-keys".to_owned(),
        sub_type: "user".to_owned(),
    };
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES384","typ":"JWT"}"#);
    let payload = URL_SAFE_NO_PAD.encode(serde_json::json!(claims).to_string());
    (format!("my-company-{tenant}"), format!("{header}.{payload}.{}", "s".repeat(128)))
}

/// The stub's address, and the root certificate to trust.
pub async fn start() -> anyhow::Result<(SocketAddr, String)> {
    let (ca_pem, config) = certificate()?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let service = service_fn(async |request| Ok::<_, Infallible>(answer(&request)));
                let builder = Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Ok((address, ca_pem))
}

fn answer(request: &Request<Incoming>) -> Response<String> {
    let key = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(claims) = key.and_then(Claims::of) else {
        return respond(StatusCode::UNAUTHORIZED, None, String::new());
    };
    let Claims { sub, tenant_id, jti, .. } = claims;
    let path = request.uri().path();
    let to = |path: String| respond(StatusCode::TEMPORARY_REDIRECT, Some(path), String::new());
    let json = |body: serde_json::Value| respond(StatusCode::OK, None, body.to_string());
    match path {
        "/api/v1/users/me" => to(format!("/api/v1/users/{sub}")),
        "/api/v1/tenants/me" => to(format!("/api/v1/tenants/{tenant_id}")),
        _ if path.starts_with("/api/v1/users/") => json(serde_json::json!({
            "id": sub, "tenantId": tenant_id, "name": "Jane Doe",
            "email": "jane.doe@example.com", "status": "active",
            "assignedRoles": [{"name": "Developer"}],
        })),
        _ if path.starts_with("/api/v1/tenants/") => json(serde_json::json!({
            "id": tenant_id, "name": "My Company", "status": "active",
            "hostnames": [format!("{tenant_id}.us.qlikcloud.com")],
        })),
        _ => json(serde_json::json!({
            "id": jti, "status": "active", "created": "2026-11-01T00:00:00Z",
            "expiry": "2030-11-01T00:00:00Z",
        })),
    }
}

fn respond(status: StatusCode, location: Option<String>, body: String) -> Response<String> {
    let response = Response::builder().status(status);
    let response = match location {
        Some(location) => response.header(header::LOCATION, location),
        None => response.header(header::CONTENT_TYPE, "application/json"),
    };
    response.body(body).expect("the parts are plain ASCII")
}

fn certificate() -> anyhow::Result<(String, ServerConfig)> {
    let issuer_key = KeyPair::generate()?;
    let mut issuer = CertificateParams::default();
    issuer.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let ca_pem = issuer.self_signed(&issuer_key)?.pem();
    let key = KeyPair::generate()?;
    let server = CertificateParams::new(vec!["*.us.qlikcloud.com".to_owned()])?;
    let certificate = server.signed_by(&key, &Issuer::new(issuer, issuer_key))?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .context("the provider has the default versions")?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    // As Qlik Cloud: HTTP/2 for who can.
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok((ca_pem, config))
}
