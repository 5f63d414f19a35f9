//! A certificate authority of one start, and the certificate of every tenant host.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A wildcard covers one label, so a region that is not listed fails in TLS, much as it fails in DNS at Qlik.
const REGIONS: [&str; 13] =
    ["us", "eu", "uk", "de", "ap", "sg", "jp", "in", "fr", "il", "ae", "br", "se"];

pub struct Authority {
    pub ca_pem: String,
    pub server: Arc<ServerConfig>,
}

impl Authority {
    pub fn generate() -> Self {
        let issuer_key = KeyPair::generate().expect("a key can be generated");
        let mut issuer = CertificateParams::default();
        issuer.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        issuer.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        issuer.distinguished_name.push(DnType::CommonName, "Emulated Qlik Cloud CA");
        let ca_pem = issuer.self_signed(&issuer_key).expect("the parameters are valid").pem();
        let issuer = Issuer::new(issuer, issuer_key);

        let mut names: Vec<String> =
            REGIONS.iter().map(|region| format!("*.{region}.qlikcloud.com")).collect();
        names.extend(["*.us.qlikcloudgov.com", "localhost", "127.0.0.1"].map(String::from));
        let key = KeyPair::generate().expect("a key can be generated");
        let mut server = CertificateParams::new(names).expect("the names are valid");
        server.distinguished_name.push(DnType::CommonName, "Emulated Qlik Cloud");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let certificate = server.signed_by(&key, &issuer).expect("the parameters are valid");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));

        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider has the default versions")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key)
                .expect("the key belongs to the certificate");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self { ca_pem, server: Arc::new(config) }
    }
}
