//! A tenant of which every byte is the test's own: what a faithful emulation of Qlik would never send.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::qlik::client::QlikSettings;

/// The certificate's only name besides those below `us`.
pub(super) const HOST: &str = "my-company.us.qlikcloud.com";

/// What to answer to a request line such as `GET /api/v1/users/me`.
#[derive(Debug, Clone)]
pub(super) enum Say {
    /// These bytes, then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, then nothing more.
    Hang(Vec<u8>),
    /// The connection is closed without a word.
    Close,
}

impl Say {
    pub(super) fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n{headers}");
        Self::Bytes(format!("{head}content-length: {length}\r\n\r\n{body}").into_bytes())
    }

    pub(super) fn json(body: &serde_json::Value) -> Self {
        Self::with(200, "content-type: application/json\r\n", &body.to_string())
    }

    pub(super) fn redirect(location: &str) -> Self {
        Self::with(302, &format!("location: {location}\r\n"), "")
    }
}

type Script = dyn Fn(&str) -> Say + Send + Sync;

/// Stops listening when its test's runtime ends.
pub(super) struct Stub {
    pub settings: QlikSettings,
    /// Every request head, as received.
    received: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    pub(super) async fn start(script: impl Fn(&str) -> Say + Send + Sync + 'static) -> Self {
        let (ca_pem, config) = certificate();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received: Arc<Mutex<Vec<String>>> = Arc::default();
        let (script, heads): (Arc<Script>, _) = (Arc::new(script), received.clone());
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, acceptor.clone(), script.clone(), heads.clone()));
            }
        });
        let settings = QlikSettings {
            connect_to: Some(address.to_string()),
            ca_pem: Some(ca_pem.into_bytes()),
            connect_timeout: Duration::from_secs(2),
            verification_timeout: Duration::from_secs(3),
            max_body: 10_000,
            ..QlikSettings::default()
        };
        Self { settings, received }
    }

    pub(super) fn received(&self) -> Vec<String> {
        self.received.lock().unwrap().clone()
    }
}

/// One request a connection.
async fn serve(
    connection: TcpStream,
    acceptor: TlsAcceptor,
    script: Arc<Script>,
    heads: Arc<Mutex<Vec<String>>>,
) {
    let Ok(mut connection) = acceptor.accept(connection).await else {
        return;
    };
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let say = script(head.split(" HTTP/").next().unwrap());
    heads.lock().unwrap().push(head);
    match say {
        Say::Close => {}
        Say::Bytes(bytes) => {
            // The client may leave first: that is the point of some tests.
            let _ = connection.write_all(&bytes).await;
            let _ = connection.shutdown().await;
        }
        Say::Hang(bytes) => {
            let _ = connection.write_all(&bytes).await;
            let _ = connection.flush().await;
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
    }
}

fn certificate() -> (String, ServerConfig) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().unwrap();
    let names = vec!["*.us.qlikcloud.com".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (ca_pem, config)
}
