//! The way to a deployment before HTTP: its name, its port, its certificate. Says at which step it ends.

use jiff::Timestamp;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, Error as TlsError, InvalidMessage};
use rustls_platform_verifier::BuilderVerifierExt as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// How much of a greeting is looked at.
const GREETING: usize = 64;
/// What a TLS record begins with where it holds an alert, or a handshake (RFC 8446, section 5.1).
const TLS_RECORDS: [[u8; 2]; 2] = [[0x15, 0x03], [0x16, 0x03]];

/// Why nobody opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// No address is known for the host.
    NoAddress {
        /// The host.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nobody listens at the port.
    Refused {
        /// Host and port.
        address: String,
    },
    /// There is no way there.
    NoWay {
        /// Host and port.
        address: String,
        /// What the network said.
        reason: String,
    },
    /// Nothing came in time.
    Silent {
        /// What was waited for.
        step: &'static str,
        /// For how long.
        deadline: Duration,
    },
    /// The certificate is not good.
    Certificate(Certificate),
    /// There is no TLS at the port; what speaks there.
    NoTls(Speech),
    /// TLS is not agreed upon.
    Tls(String),
    /// There is no HTTP at the port; what speaks there.
    NoHttp(Speech),
    /// Something else ended it.
    Broken(String),
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// It expired.
    Expired(Timestamp),
    /// It is not valid yet.
    NotYet(Timestamp),
    /// Nobody whom this machine trusts has issued it.
    UnknownIssuer,
    /// It is another host's; those that it names.
    OtherHost(Vec<String>),
    /// Anything else, in rustls's words.
    Other(String),
}

/// What speaks at a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Speech {
    /// HTTP without TLS.
    Http,
    /// TLS.
    Tls,
    /// This, as far as it can be read.
    Words(String),
    /// Nothing: it closes the connection, or says nothing.
    Nothing,
}

/// Goes to a base URL, up to where a request could be sent; says how long it took.
///
/// # Errors
/// Where the way ends.
pub async fn open(url: &Url, deadline: Duration) -> Result<(), Closed> {
    let stream = in_time("a connection", deadline, connect(url)).await?;
    if url.scheme() == "https" {
        in_time("the TLS handshake", deadline, shake_hands(url, stream, deadline)).await?;
    }
    Ok(())
}

/// What speaks at a port that gave no answer in HTTP.
pub async fn listen(url: &Url, deadline: Duration) -> Speech {
    let ask = async {
        let mut stream = connect(url).await.ok()?;
        let host = url.host_str().unwrap_or_default();
        let request = format!("HEAD / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut greeting = [0; GREETING];
        let count = stream.read(&mut greeting).await.ok()?;
        Some(speech(&greeting[..count]))
    };
    tokio::time::timeout(deadline, ask).await.ok().flatten().unwrap_or(Speech::Nothing)
}

fn speech(greeting: &[u8]) -> Speech {
    if greeting.is_empty() {
        return Speech::Nothing;
    }
    if TLS_RECORDS.iter().any(|record| greeting.starts_with(record)) {
        return Speech::Tls;
    }
    if greeting.starts_with(b"HTTP/") {
        return Speech::Http;
    }
    let text = String::from_utf8_lossy(greeting);
    Speech::Words(text.lines().next().unwrap_or_default().trim().to_owned())
}

async fn in_time<T>(
    step: &'static str,
    deadline: Duration,
    work: impl Future<Output = Result<T, Closed>>,
) -> Result<T, Closed> {
    tokio::time::timeout(deadline, work).await.unwrap_or(Err(Closed::Silent { step, deadline }))
}

async fn connect(url: &Url) -> Result<TcpStream, Closed> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let port = url.port_or_known_default().unwrap_or_default();
    // An IPv6 address stands in brackets in a URL only.
    let name = host.trim_matches(['[', ']']);
    let addresses = tokio::net::lookup_host((name, port)).await;
    let addresses: Vec<_> =
        addresses.map_err(|error| Closed::NoAddress { host: host.clone(), reason: error.to_string() })?.collect();
    let address = format!("{host}:{port}");
    TcpStream::connect(&*addresses).await.map_err(|error| match error.kind() {
        io::ErrorKind::ConnectionRefused => Closed::Refused { address },
        _ => Closed::NoWay { address, reason: error.to_string() },
    })
}

async fn shake_hands(url: &Url, stream: TcpStream, deadline: Duration) -> Result<(), Closed> {
    let config = config().map_err(Closed::Tls)?;
    let name = match url.host() {
        Some(Host::Ipv4(address)) => Ok(ServerName::IpAddress(std::net::IpAddr::V4(address).into())),
        Some(Host::Ipv6(address)) => Ok(ServerName::IpAddress(std::net::IpAddr::V6(address).into())),
        _ => ServerName::try_from(url.host_str().unwrap_or_default().to_owned()),
    };
    let name = name.map_err(|error| Closed::Tls(error.to_string()))?;
    let Err(error) = TlsConnector::from(Arc::new(config)).connect(name, stream).await else { return Ok(()) };
    match error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
        Some(TlsError::InvalidCertificate(wrong)) => Err(Closed::Certificate(certificate(wrong))),
        Some(TlsError::InvalidMessage(InvalidMessage::InvalidContentType)) | None => {
            Err(Closed::NoTls(listen(url, deadline).await))
        }
        Some(other) => Err(Closed::Tls(other.to_string())),
    }
}

fn config() -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?.with_platform_verifier();
    Ok(builder.map_err(|error| error.to_string())?.with_no_client_auth())
}

fn certificate(wrong: &CertificateError) -> Certificate {
    let time = |time: &UnixTime| Timestamp::from_second(i64::try_from(time.as_secs()).unwrap_or(i64::MAX)).ok();
    let found = match wrong {
        CertificateError::ExpiredContext { not_after, .. } => time(not_after).map(Certificate::Expired),
        CertificateError::NotValidYetContext { not_before, .. } => time(not_before).map(Certificate::NotYet),
        CertificateError::UnknownIssuer => Some(Certificate::UnknownIssuer),
        CertificateError::NotValidForNameContext { presented, .. } => {
            Some(Certificate::OtherHost(presented.iter().map(|name| plain_name(name)).collect()))
        }
        CertificateError::NotValidForName => Some(Certificate::OtherHost(Vec::new())),
        _ => None,
    };
    found.unwrap_or_else(|| Certificate::Other(wrong.to_string()))
}

/// `DnsName("example.com")` as `example.com`.
fn plain_name(name: &str) -> String {
    name.split('"').nth(1).unwrap_or(name).to_owned()
}
