//! The side of the deployment: HTTP/1.1 or, over TLS, whatever both agree on; nothing is added, followed or tried again.

use super::tee::Tee;
use crate::listener::MOST_HEADERS;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a connection that nobody uses stays open.
const IDLE: Duration = Duration::from_secs(30);

/// A client with its pool of connections.
#[derive(Clone, Debug)]
pub struct Upstream(Client<HttpsConnector<HttpConnector>, Tee>);

/// Whose certificates are trusted.
#[derive(Clone, Debug)]
pub enum Trust {
    /// Nobody's: there is no TLS.
    Nobody,
    /// Those that the system trusts.
    System,
    /// Those of these authorities only.
    Authorities(RootCertStore),
}

impl Trust {
    /// The authorities of a file in PEM.
    ///
    /// # Errors
    /// It cannot be read, or holds no certificate.
    pub fn of_file(file: &Path) -> Result<Self, String> {
        let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read(file).map_err(|error| wrong(&error))?;
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            store.add(certificate).map_err(|error| wrong(&error))?;
        }
        if store.is_empty() { Err(wrong(&"holds no certificate in PEM")) } else { Ok(Self::Authorities(store)) }
    }
}

impl Upstream {
    /// A client that gives up on a connection after `patience`.
    ///
    /// # Errors
    /// The TLS library has no certificates to trust.
    pub fn new(patience: Duration, trust: Trust) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.map_err(|error| error.to_string())?;
        let builder = match trust {
            Trust::Nobody => builder.with_root_certificates(RootCertStore::empty()),
            Trust::Authorities(store) => builder.with_root_certificates(store),
            Trust::System => builder.with_platform_verifier().map_err(|error| error.to_string())?,
        };
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(patience));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(builder.with_no_client_auth())
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .http1_preserve_header_case(true)
            .http1_max_headers(MOST_HEADERS)
            .build(connector);
        Ok(Self(client))
    }

    /// Sends a request; its answer's body is still on the way.
    ///
    /// # Errors
    /// Why none came.
    pub async fn request(&self, request: hyper::Request<Tee>) -> Result<hyper::Response<Incoming>, Error> {
        self.0.request(request).await
    }
}
