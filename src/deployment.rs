//! The wire: one request to a base URL, with a deadline, and what can go wrong on the way.

use crate::exchange::{Headers, Request, Response};
use reqwest::redirect::Policy;
use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Why no response came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Nobody could be reached.
    #[error("nobody answers at {url}: {reason}")]
    Unreachable {
        /// The base URL.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// The deadline passed.
    #[error("no response from {url} within {} s", .deadline.as_secs_f64())]
    TimedOut {
        /// The base URL.
        url: String,
        /// The deadline.
        deadline: Duration,
    },
    /// The connection broke, or what came was not HTTP.
    #[error("the connection to {url} broke: {reason}")]
    Broken {
        /// The base URL.
        url: String,
        /// What went wrong.
        reason: String,
    },
}

/// A client that sends requests as they are: no redirects, no proxies of the environment, no retries of its own.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    deadline: Duration,
    retries: u32,
    /// The base URLs at which every retry of a call was in vain: an outage is waited for once, not at each call.
    given_up: Arc<Mutex<HashSet<String>>>,
    encrypts: bool,
    pause: Duration,
    /// When the next call may begin, for all clients of a run.
    next: Arc<Mutex<Option<Instant>>>,
}

/// A response, how long it took, and the attempts before it, one line each.
#[derive(Debug)]
pub struct Answered {
    /// The response.
    pub response: Response,
    /// From the request's first byte to the response's last.
    pub duration: Duration,
    /// What earlier attempts met.
    pub attempts: Vec<String>,
}

impl Client {
    /// A client whose calls have `deadline` each and are tried again up to `retries` times. One that `encrypts` reads
    /// the certificates to trust; any other takes part in plain HTTP only.
    ///
    /// # Errors
    /// The TLS library has no certificates to trust.
    pub fn new(deadline: Duration, retries: u32, encrypts: bool) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .user_agent(concat!("counterpart/", env!("CARGO_PKG_VERSION")));
        if !encrypts {
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| error.to_string())?;
        Ok(Self {
            http,
            deadline,
            retries,
            encrypts,
            given_up: Arc::default(),
            pause: Duration::ZERO,
            next: Arc::default(),
        })
    }

    /// A client like this one that lets at least `pause` pass from one call's begin to the next, with all its clones.
    #[must_use]
    pub fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// A client like this one that tries no call again.
    #[must_use]
    pub fn without_retries(&self) -> Self {
        Self { retries: 0, ..self.clone() }
    }

    /// A client like this one for fakes: it tries no call again, since what a fake answers is meant, and never pauses.
    #[must_use]
    pub fn for_fakes(&self) -> Self {
        Self { pause: Duration::ZERO, ..self.without_retries() }
    }

    /// A client like this one whose calls have another deadline.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// This client over the connections of another.
    #[must_use]
    pub fn through(&self, other: &Self) -> Self {
        Self { http: other.http.clone(), ..self.clone() }
    }

    /// A client like this one with connections of its own: a connection lives in the runtime that opened it.
    ///
    /// # Errors
    /// The TLS library has no certificates to trust.
    pub fn sibling(&self) -> Result<Self, String> {
        let client = Self::new(self.deadline, self.retries, self.encrypts)?;
        Ok(Self { given_up: self.given_up.clone(), pause: self.pause, next: self.next.clone(), ..client })
    }

    /// Waits until a call may begin.
    async fn turn(&self) {
        if self.pause.is_zero() {
            return;
        }
        let begin = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let begin = next.map_or(now, |next| next.max(now));
            *next = Some(begin + self.pause);
            begin
        };
        tokio::time::sleep_until(begin.into()).await;
    }

    /// The deadline of a call.
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Sends `request` below `base`; transport faults and 429, 502, 503 and 504 are tried again, until a call to
    /// `base` was tried again in vain. A `Retry-After` longer than the deadline is not waited for: the response stands.
    ///
    /// # Errors
    /// Why no response came, and the attempts before the last.
    pub async fn send(
        &self,
        base: &str,
        request: &Request,
        deadline: Duration,
    ) -> Result<Answered, (Unanswered, Vec<String>)> {
        let mut attempts = Vec::new();
        loop {
            let result = self.send_once(base, request, deadline).await;
            let (line, wait) = match &result {
                Ok((response, _)) if matches!(response.status, 429 | 502 | 503 | 504) => {
                    (format!("status {}", response.status), asked_wait(response))
                }
                Ok(_) => (String::new(), None),
                Err(unanswered) => (unanswered.to_string(), None),
            };
            let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX);
            let wait = wait.unwrap_or_else(|| Duration::from_millis(200) * 2u32.saturating_pow(number));
            let in_vain = !line.is_empty() && self.retries > 0 && number >= self.retries;
            if line.is_empty() || self.has_given_up(base, in_vain) || number >= self.retries || wait > deadline {
                return match result {
                    Ok((response, duration)) => Ok(Answered { response, duration, attempts }),
                    Err(unanswered) => Err((unanswered, attempts)),
                };
            }
            attempts.push(format!("attempt {}: {line}; tried again after {} ms", number + 1, wait.as_millis()));
            tokio::time::sleep(wait).await;
        }
    }

    /// Whether calls to `base` are no longer tried again; `in_vain` says that the last retry of one just failed.
    fn has_given_up(&self, base: &str, in_vain: bool) -> bool {
        let mut given_up = self.given_up.lock().unwrap_or_else(PoisonError::into_inner);
        if in_vain {
            given_up.insert(base.to_owned());
        }
        given_up.contains(base)
    }

    async fn send_once(
        &self,
        base: &str,
        request: &Request,
        deadline: Duration,
    ) -> Result<(Response, Duration), Unanswered> {
        let broken = |reason: String| Unanswered::Broken { url: base.to_owned(), reason };
        let method =
            reqwest::Method::from_bytes(request.method.as_bytes()).map_err(|error| broken(error.to_string()))?;
        let mut builder = self.http.request(method, format!("{base}{}", request.path_and_query())).timeout(deadline);
        for (name, value) in &request.headers.0 {
            builder = builder.header(name.as_str(), value.as_bytes());
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body.clone());
        }
        self.turn().await;
        let started = Instant::now();
        let response = builder.send().await.map_err(|error| unanswered(base, deadline, &error))?;
        let status = response.status().as_u16();
        let header = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let headers = Headers(response.headers().iter().map(header).collect());
        let body = response.bytes().await.map_err(|error| unanswered(base, deadline, &error))?.to_vec();
        Ok((Response { status, headers, body }, started.elapsed()))
    }

    /// Sends bytes as they stand over a connection of their own and reads one response. Plain HTTP only.
    ///
    /// # Errors
    /// Why no response came.
    pub async fn send_raw(&self, base: &str, bytes: &[u8]) -> Result<Answered, Unanswered> {
        let broken = |reason: String| Unanswered::Broken { url: base.to_owned(), reason };
        let url = url::Url::parse(base).map_err(|error| broken(error.to_string()))?;
        if url.scheme() != "http" {
            return Err(broken("a request that is sent as it stands needs a http:// target".to_owned()));
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port_or_known_default().unwrap_or(80);
        self.turn().await;
        let started = Instant::now();
        let talk = async {
            let mut stream = tokio::net::TcpStream::connect((host.as_str(), port)).await?;
            stream.write_all(bytes).await?;
            let mut received = Vec::new();
            let mut buffer = [0; 8192];
            loop {
                let count = stream.read(&mut buffer).await?;
                received.extend_from_slice(&buffer[..count]);
                if count == 0 || is_complete(&received) {
                    return Ok::<_, io::Error>(received);
                }
            }
        };
        let received = match tokio::time::timeout(self.deadline, talk).await {
            Ok(Ok(received)) => received,
            Ok(Err(error)) => return Err(Unanswered::Unreachable { url: base.to_owned(), reason: error.to_string() }),
            Err(_) => return Err(Unanswered::TimedOut { url: base.to_owned(), deadline: self.deadline }),
        };
        let response = read_response(&received).ok_or_else(|| broken("what came back is not HTTP".to_owned()))?;
        Ok(Answered { response, duration: started.elapsed(), attempts: Vec::new() })
    }
}

/// The wait that a response asks for (RFC 9110, section 10.2.3): seconds, or until a date.
fn asked_wait(response: &Response) -> Option<Duration> {
    let text = response.headers.get("retry-after")?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(until.duration_since(jiff::Timestamp::now())).unwrap_or_default())
}

fn unanswered(base: &str, deadline: Duration, error: &reqwest::Error) -> Unanswered {
    let url = base.to_owned();
    if error.is_timeout() {
        return Unanswered::TimedOut { url, deadline };
    }
    let reason = root_cause(error);
    if error.is_connect() { Unanswered::Unreachable { url, reason } } else { Unanswered::Broken { url, reason } }
}

/// The innermost reason, which is the one that a person can act upon.
pub fn root_cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// Whether a whole response was received: its header, and as many bytes as its `Content-Length` says.
fn is_complete(received: &[u8]) -> bool {
    let Some(end) = header_end(received) else { return false };
    let Some(response) = read_response(received) else { return false };
    match response.headers.get("content-length").and_then(|text| text.parse::<usize>().ok()) {
        Some(length) => received.len() >= end + length,
        None => matches!(response.status, 204 | 304),
    }
}

fn header_end(received: &[u8]) -> Option<usize> {
    received.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn read_response(received: &[u8]) -> Option<Response> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(end) = parsed.parse(received).ok()? else { return None };
    let status = parsed.code?;
    let header = |header: &httparse::Header<'_>| {
        (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
    };
    let headers = Headers(parsed.headers.iter().map(header).collect());
    Some(Response { status, headers, body: received[end..].to_vec() })
}
