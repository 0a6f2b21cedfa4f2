//! TLS as a test's provider speaks it: a certificate by an authority of its own.

use std::sync::Arc;

/// The settings of a server whose certificate is for `name` and valid in these years, and its authority in PEM.
pub fn server(name: &str, years: (i32, i32)) -> (rustls::ServerConfig, String) {
    let authority_key = rcgen::KeyPair::generate().expect("a key can be made");
    let mut authority = rcgen::CertificateParams::default();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let certificate = authority.self_signed(&authority_key).expect("it can be signed");
    let authority = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    let mut own = rcgen::CertificateParams::new(vec![name.to_owned()]).expect("it is a name");
    own.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    own.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let own = own.signed_by(&key, &authority).expect("it can be signed");
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).expect("it is a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("there are versions").with_no_client_auth();
    (builder.with_single_cert(vec![own.der().clone()], key).expect("they fit"), certificate.pem())
}
