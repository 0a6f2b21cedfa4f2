//! What went over the wire: request, response, and a location in either.

use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// Header fields in wire order; names compare without case (RFC 9110, section 5.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(pub Vec<(String, String)>);

impl Headers {
    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a header, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// Replaces all values of a header by one.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.0.push((name.to_owned(), value.into()));
    }

    /// Removes a header.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> Option<String> {
        let value = self.get("content-type")?;
        Some(value.split(';').next().unwrap_or("").trim().to_ascii_lowercase())
    }
}

/// A request as it stands on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, in upper case unless a test wants otherwise.
    pub method: String,
    /// The path, percent-encoded, without query, without the target's own prefix.
    pub path: String,
    /// The query without its question mark.
    pub query: Option<String>,
    /// Header fields in order.
    pub headers: Headers,
    /// The body's bytes; empty where there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// Path and query as they stand in the request line.
    pub fn path_and_query(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// The query's pairs, decoded.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        let query = self.query.as_deref().unwrap_or("");
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The cookies' pairs (RFC 6265, section 4.2.1).
    pub fn cookies(&self) -> Vec<(String, String)> {
        let pairs = self.headers.all("cookie").flat_map(|line| line.split(';'));
        pairs.filter_map(|pair| pair.trim().split_once('=')).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
    }

    /// The body as JSON, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A response as it stands on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields in order.
    pub headers: Headers,
    /// The body's bytes; empty where there is none.
    pub body: Vec<u8>,
}

impl Response {
    /// Whether the status is a success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as JSON, if it is JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A request and its response, both redacted: safe to print, to store and to report.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came back.
    pub response: Response,
    /// When its first byte was sent, in milliseconds since 1970.
    pub sent_ms: i64,
    /// From the first byte sent to the last received.
    pub duration: Duration,
    /// Where the response held a secret, and which.
    pub echoes: Vec<(Location, String)>,
}

/// A place in a request or a response.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// The method.
    Method,
    /// The path.
    Path,
    /// A parameter of the path.
    PathParameter(String),
    /// A parameter of the query.
    Query(String),
    /// A header field.
    Header(String),
    /// A cookie.
    Cookie(String),
    /// A JSON pointer into the body; empty for the whole.
    Body(String),
    /// The status.
    Status,
    /// The time that the response took.
    Time,
}

impl Location {
    /// Whether another is the same place; names of headers compare without case (RFC 9110, section 5.1).
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Header(one), Self::Header(other)) => one.eq_ignore_ascii_case(other),
            _ => self == other,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Method => f.write_str("method"),
            Self::Path => f.write_str("path"),
            Self::PathParameter(name) => write!(f, "path parameter {name}"),
            Self::Query(name) => write!(f, "query parameter {name}"),
            Self::Header(name) => write!(f, "header {name}"),
            Self::Cookie(name) => write!(f, "cookie {name}"),
            Self::Body(pointer) if pointer.is_empty() => f.write_str("body"),
            Self::Body(pointer) => write!(f, "body {pointer}"),
            Self::Status => f.write_str("status"),
            Self::Time => f.write_str("time"),
        }
    }
}
