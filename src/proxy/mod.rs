//! Between a consumer and a deployment: what passes through is left as it is, and caught for a judge.

pub mod content;
pub mod har;
pub mod judged;
pub mod passed;
pub mod tee;
pub mod upstream;

use crate::deployment::{Unanswered, root_cause};
use crate::exchange::{Request, Response};
use crate::listener::headers;
use futures::future::BoxFuture;
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{StatusCode, Uri, Version};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::Service;
use passed::{Queue, Side, UnderWay};
use std::convert::Infallible;
use std::sync::Arc;
use tee::Tee;
use upstream::Upstream;

/// The body of an answer: the deployment's, or the proxy's own.
pub type Answer = Either<Tee, Full<Bytes>>;

/// What passes requests on to one deployment.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Its number among those of a run.
    number: usize,
    base: Arc<Base>,
    upstream: Upstream,
    queue: Queue,
}

/// A deployment's base URL in parts, as it is written.
#[derive(Debug)]
struct Base {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    /// The path, without a slash at its end.
    prefix: String,
}

impl Base {
    fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority()?.clone();
        Some(Self {
            scheme: uri.scheme()?.clone(),
            host: HeaderValue::from_str(authority.as_str()).ok()?,
            authority,
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The target of a request below this URL; nothing is tidied up.
    fn join(&self, written: &str) -> Option<Uri> {
        let path_and_query = match self.prefix.as_str() {
            "" => PathAndQuery::try_from(written),
            prefix => PathAndQuery::try_from(format!("{prefix}{written}")),
        };
        let builder = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        builder.path_and_query(path_and_query.ok()?).build().ok()
    }

    /// The URL without its path.
    fn site(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }
}

impl Proxy {
    /// In front of the base URL `url`; what passed goes to `queue` under this `number`. `None` for a URL that is none.
    pub fn new(number: usize, url: &str, upstream: Upstream, queue: Queue) -> Option<Self> {
        Some(Self { number, base: Arc::new(Base::of(url)?), upstream, queue })
    }

    async fn pass(self, request: hyper::Request<Incoming>) -> hyper::Response<Answer> {
        self.queue.has_room().await;
        let (parts, body) = request.into_parts();
        let written = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
        let under_way = UnderWay::begin(self.number, &self.queue, received(&parts), parts.version);
        let is_http2 = parts.version == Version::HTTP_2;
        let Some(uri) = self.base.join(&written) else {
            let reason = "the path cannot be written below the deployment's URL".to_owned();
            return unanswered(&under_way, Unanswered::Broken { url: self.base.site(), reason });
        };
        let mut sent = hyper::Request::new(Tee::new(body, Side::Request, under_way.clone()));
        *sent.method_mut() = parts.method;
        *sent.uri_mut() = uri;
        *sent.headers_mut() = end_to_end(parts.headers);
        if let Some(host) = sent.headers_mut().get_mut(HOST) {
            *host = self.base.host.clone();
        }
        // Here the names of the header fields have their case.
        *sent.extensions_mut() = parts.extensions;
        match self.upstream.request(sent).await {
            Ok(response) => {
                let (mut parts, body) = response.into_parts();
                let headers = headers(&parts.headers);
                under_way
                    .answered(Response { status: parts.status.as_u16(), headers, body: Vec::new() }, parts.version);
                parts.headers = end_to_end(parts.headers);
                parts.version = Version::HTTP_11;
                let body = Tee::new(body, Side::Response, under_way).claiming(claimed(&parts).filter(|_| !is_http2));
                hyper::Response::from_parts(parts, Either::Left(body))
            }
            Err(error) => {
                let (url, reason) = (self.base.site(), root_cause(&error));
                let why = if error.is_connect() {
                    Unanswered::Unreachable { url, reason }
                } else {
                    Unanswered::Broken { url, reason }
                };
                unanswered(&under_way, why)
            }
        }
    }
}

impl Service<hyper::Request<Incoming>> for Proxy {
    type Response = hyper::Response<Answer>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn call(&self, request: hyper::Request<Incoming>) -> Self::Future {
        let proxy = self.clone();
        Box::pin(async move { Ok(proxy.pass(request).await) })
    }
}

/// What is answered in the deployment's stead.
fn unanswered(under_way: &UnderWay, why: Unanswered) -> hyper::Response<Answer> {
    let text = format!("counterpart proxy: {why}\n");
    under_way.failed(why);
    let mut response = hyper::Response::new(Either::Right(Full::new(Bytes::from(text))));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// The request as it came in, without its body.
fn received(parts: &http::request::Parts) -> Request {
    Request {
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers(&parts.headers),
        body: Vec::new(),
    }
}

/// The length that a 304 says its body would have (RFC 9110, section 15.4.5).
fn claimed(parts: &http::response::Parts) -> Option<u64> {
    let length = parts.headers.get(CONTENT_LENGTH).filter(|_| parts.status == StatusCode::NOT_MODIFIED)?;
    length.to_str().ok()?.parse().ok()
}

/// The header fields without those of one connection (RFC 9110, section 7.6.1), in their order. The framing stays:
/// what came in chunks goes on in chunks. Where the other side speaks HTTP/2, the client leaves it out.
fn end_to_end(headers: HeaderMap) -> HeaderMap {
    const OTHERS: [&str; 2] = ["keep-alive", "proxy-connection"];
    let listed = headers.get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
    let mut dropped: Vec<HeaderName> =
        listed.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect();
    dropped.retain(|name| *name != TRANSFER_ENCODING && *name != HOST);
    dropped.extend([CONNECTION, TE, UPGRADE]);
    dropped.extend(OTHERS.map(HeaderName::from_static));
    if !dropped.iter().any(|name| headers.contains_key(name)) {
        return headers;
    }
    // Taking one out would put the last in its place.
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in &headers {
        if !dropped.contains(name) {
            kept.append(name, value.clone());
        }
    }
    kept
}
