//! A recording of what went through: a HAR file (version 1.2), without keys.
//!
//! It is written as the exchanges come, to a file beside it that is a whole HAR file after each of them, and gets its
//! name at the end. What HAR has no word for stands in `_counterpart`, which other tools pass over.

use super::judged::Readable;
use super::passed::Passed;
use crate::exchange::{Exchange, Headers, Request, Response};
use crate::name::ContractName;
use crate::verdict::Code;
use crate::witness::Judgement;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// What ends a file.
const END: &str = "\n]}}\n";

/// A file that is being written.
#[derive(Debug)]
pub struct Recording {
    file: File,
    path: PathBuf,
    unfinished: PathBuf,
    is_empty: bool,
}

/// An exchange, without keys, with what a recording says of it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The contract that it is of.
    pub contract: &'a ContractName,
    /// The deployment's base URL, without secrets.
    pub url: &'a str,
    /// Whether the deployment asks for no key.
    pub is_open: bool,
    /// What is said of it.
    pub judgement: &'a Judgement,
    /// How it went through.
    pub passed: &'a Passed,
    /// What could be read of it.
    pub readable: &'a Readable,
    /// What was sent, without keys.
    pub request: &'a Request,
    /// What came back, without keys.
    pub exchange: Option<&'a Exchange>,
}

impl Recording {
    /// A file without an exchange.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(path: &Path) -> io::Result<Self> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let mut file = File::create(&unfinished)?;
        let creator = json!({"name": "counterpart", "version": env!("CARGO_PKG_VERSION")});
        write!(file, "{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[{END}")?;
        Ok(Self { file, path: path.to_owned(), unfinished, is_empty: true })
    }

    /// Writes an exchange.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn add(&mut self, entry: &Entry<'_>) -> io::Result<()> {
        let comma = if self.is_empty { "" } else { "," };
        self.is_empty = false;
        let text = format!("{comma}\n{}{END}", entry.har());
        self.file.seek(SeekFrom::End(-i64::try_from(END.len()).unwrap_or_default()))?;
        self.file.write_all(text.as_bytes())
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub fn end(self) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.unfinished, &self.path)
    }
}

impl Entry<'_> {
    fn har(&self) -> Value {
        let milliseconds = u64::try_from(self.passed.duration.as_millis()).unwrap_or(u64::MAX);
        let prefix = self.url.split_once("://").and_then(|(_, rest)| Some(&rest[rest.find('/')?..])).unwrap_or("");
        let mut own = json!({"contract": self.contract, "prefix": prefix});
        for (name, gap) in [("requestGap", &self.readable.request_gap), ("responseGap", &self.readable.response_gap)] {
            if let Some(gap) = gap {
                own[name] = json!(gap);
            }
        }
        if let Some(failed) = self.judgement.findings.iter().find(|finding| finding.code == Code::CallFailed) {
            own["unanswered"] = json!(failed.actual);
        }
        if self.passed.is_unseen() {
            own["unseen"] = json!(true);
        }
        if self.is_open {
            own["open"] = json!(true);
        }
        json!({
            "startedDateTime": self.passed.sent.to_string(),
            "time": milliseconds,
            "request": self.request(),
            "response": self.response(),
            "cache": {},
            "timings": {"send": 0, "wait": milliseconds, "receive": 0},
            "_counterpart": own,
        })
    }

    fn request(&self) -> Value {
        let Request { method, headers, body, .. } = self.request;
        let mut request = json!({
            "method": method,
            "url": format!("{}{}", self.url, self.request.path_and_query()),
            "httpVersion": format!("{:?}", self.passed.version),
            "cookies": [],
            "headers": pairs(&headers.0),
            "queryString": pairs(&self.request.query_pairs()),
            "headersSize": -1,
            "bodySize": size(body, self.readable.request_gap.as_ref()),
        });
        if !body.is_empty() {
            let (text, encoding) = text(body);
            let mut posted = json!({"mimeType": media_type(headers), "params": [], "text": text});
            if let Some(encoding) = encoding {
                posted["_encoding"] = json!(encoding);
            }
            request["postData"] = posted;
        }
        request
    }

    /// Where nothing came back the status is 0, as browsers write it.
    fn response(&self) -> Value {
        let none = Response { status: 0, headers: Headers::default(), body: Vec::new() };
        let Response { status, headers, body } = self.exchange.map_or(&none, |exchange| &exchange.response);
        let version = self.passed.response.as_ref().map_or(String::new(), |(_, version)| format!("{version:?}"));
        let (text, encoding) = text(body);
        let mut content = json!({"size": body.len(), "mimeType": media_type(headers), "text": text});
        if let Some(encoding) = encoding {
            content["encoding"] = json!(encoding);
        }
        let reason = http::StatusCode::from_u16(*status).ok().and_then(|status| status.canonical_reason());
        json!({
            "status": status,
            "statusText": reason.unwrap_or(""),
            "httpVersion": version,
            "cookies": [],
            "headers": pairs(&headers.0),
            "content": content,
            "redirectURL": headers.get("location").unwrap_or(""),
            "headersSize": -1,
            "bodySize": size(body, self.readable.response_gap.as_ref()),
        })
    }
}

fn pairs(pairs: &[(String, String)]) -> Vec<Value> {
    pairs.iter().map(|(name, value)| json!({"name": name, "value": value})).collect()
}

/// -1 stands for a size that is not known.
fn size(body: &[u8], gap: Option<&String>) -> i64 {
    if gap.is_some() { -1 } else { i64::try_from(body.len()).unwrap_or(-1) }
}

fn media_type(headers: &Headers) -> &str {
    headers.get("content-type").unwrap_or("")
}

/// A body as text, and how it is encoded where it is none.
fn text(body: &[u8]) -> (String, Option<&'static str>) {
    match std::str::from_utf8(body) {
        Ok(text) => (text.to_owned(), None),
        Err(_) => (STANDARD.encode(body), Some("base64")),
    }
}
