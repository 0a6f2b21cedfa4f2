//! A server on a loopback socket: HTTP/1.1 and HTTP/2 without TLS, a task a connection, until it is told to stop.
//!
//! A run's fakes stand behind wiremock, which keeps every request; what serves for long stands behind this.

use crate::exchange::{Headers, Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::Service;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long connections that are in the midst of an exchange may go on after the end.
const PATIENCE: Duration = Duration::from_secs(3);
/// The largest body that is read whole, in bytes.
const LARGEST_BODY: usize = 64 * 1024 * 1024;
/// The most header fields of a message that passes through.
pub const MOST_HEADERS: usize = 1000;

/// A bound socket.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    is_transparent: bool,
}

impl Listener {
    /// Binds a port of the loopback; 0 takes a free one.
    ///
    /// # Errors
    /// The port is taken, or may not be used.
    pub async fn bind(port: u16) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address, is_transparent: false })
    }

    /// For what passes on the answers of others: it adds no `Date`, and takes as many header fields as there may be.
    #[must_use]
    pub fn transparent(self) -> Self {
        Self { is_transparent: true, ..self }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL under which it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Serves until `stop` holds `true`; what is under way then may end. A service that fails closes its connection.
    pub async fn serve<S, B>(self, service: S, mut stop: watch::Receiver<bool>)
    where
        S: Service<hyper::Request<Incoming>, Response = hyper::Response<B>> + Clone + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<Box<dyn Error + Send + Sync>>,
        B: Body + Send + 'static,
        B::Data: Send,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().preserve_header_case(true).timer(TokioTimer::new()).header_read_timeout(Duration::from_mins(1));
        if self.is_transparent {
            builder.http1().auto_date_header(false).max_headers(MOST_HEADERS);
            builder.http2().auto_date_header(false);
        }
        let graceful = GracefulShutdown::new();
        loop {
            let accepted = tokio::select! {
                accepted = self.socket.accept() => accepted,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            // A client that went away before it was greeted, or too many open files: the next one may do better.
            let Ok((stream, _)) = accepted else {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            drop(stream.set_nodelay(true));
            let connection = builder.serve_connection(TokioIo::new(stream), service.clone()).into_owned();
            let connection = graceful.watch(connection);
            tokio::spawn(async move { drop(connection.await) });
        }
        drop(tokio::time::timeout(PATIENCE, graceful.shutdown()).await);
    }
}

/// Why a request could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// Its body is larger than what is read whole.
    #[error("the body is larger than {} MiB", LARGEST_BODY / 1024 / 1024)]
    TooLarge,
    /// The client went away in the midst of it.
    #[error("the request broke off")]
    BrokenOff,
}

/// A request, whole.
///
/// # Errors
/// Its body is too large, or does not come to its end.
pub async fn received(request: hyper::Request<Incoming>) -> Result<Request, Unreadable> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(collected) => collected.to_bytes().to_vec(),
        Err(error) if error.is::<LengthLimitError>() => return Err(Unreadable::TooLarge),
        Err(_) => return Err(Unreadable::BrokenOff),
    };
    Ok(Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers(&parts.headers),
        body,
    })
}

/// Header fields in order; bytes that are no UTF-8 are replaced.
pub fn headers(map: &http::HeaderMap) -> Headers {
    let pair = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    Headers(map.iter().map(pair).collect())
}

/// A response for the wire; what HTTP does not let pass is left out.
pub fn sent(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut sent = hyper::Response::new(Full::new(Bytes::from(response.body)));
    *sent.status_mut() = http::StatusCode::from_u16(response.status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers.0 {
        if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), http::HeaderValue::from_str(&value)) {
            sent.headers_mut().append(name, value);
        }
    }
    sent
}
