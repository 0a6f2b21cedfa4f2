//! Exchanges that others recorded: HAR files, entries of one, and the exchanges of our own JSON record.

use crate::exchange::{Headers, Request, Response};
use crate::name::ContractName;
use crate::place::{Place, Problem};
use crate::record::{ExchangeRecord, Record};
use crate::witness::Witnessed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::sync::Arc;

/// What to do about a file that is none of these.
const HELP: &str = "give a HAR file, one entry of it, or JSON that `counterpart check --format json` wrote";

/// An exchange as a file has it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What was sent; secrets may be marks such as `${NAME}`.
    pub request: Request,
    /// What came back, if anything did.
    pub response: Option<Response>,
    /// When it was sent, in milliseconds since 1970.
    pub sent_ms: Option<i64>,
    /// The contract that the file names.
    pub contract: Option<ContractName>,
    /// Whether the request's body is only its beginning.
    pub request_is_cut: bool,
    /// Whether the response's body is only its beginning.
    pub response_is_cut: bool,
    /// Why there is no whole answer, where the recording says so.
    pub lack: Option<Lack>,
    /// Whether it is of a deployment that asks for no key.
    pub is_open: bool,
}

/// Why a recording has no whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The call failed: how.
    Failed(String),
    /// Nobody waited for it.
    Unseen,
}

impl Recorded {
    /// The exchange as a witness sees it. `request` and `response` are what was sent, with their secrets; `sent_ms` is in
    /// milliseconds since 1970.
    pub fn witnessed<'a>(&self, request: &'a Request, response: Option<&'a Response>, sent_ms: i64) -> Witnessed<'a> {
        let Self { request_is_cut, response_is_cut, .. } = *self;
        Witnessed { request, response, sent_ms, request_is_cut, response_is_cut }
    }
}

/// The exchanges of `text`, which stands in `file`.
///
/// # Errors
/// It is no JSON, or none of the forms that are known: where, and what is wrong.
pub fn read(file: &str, text: &str) -> Result<Vec<Recorded>, Problem> {
    let value: Value = parsed(file, text)?;
    let is_har = |value: &Value| value.pointer("/request/url").is_some();
    if value.get("log").is_some() {
        let har: Har = parsed(file, text)?;
        return Ok(har.log.entries.into_iter().map(Entry::recorded).collect());
    }
    if is_har(&value) {
        return Ok(vec![parsed::<Entry>(file, text)?.recorded()]);
    }
    if value.get("contracts").is_some() {
        return found_on(parsed(file, text)?).map_err(|wrong| problem(file, 1, 1, wrong));
    }
    let exchange = if value.get("exchange").is_some() {
        parsed::<FoundOn>(file, text)?.exchange.ok_or_else(|| problem(file, 1, 1, "the finding has no exchange"))?
    } else if value.get("request").is_some() {
        parsed(file, text)?
    } else {
        return Err(problem(file, 1, 1, "neither a HAR file nor an exchange of a report"));
    };
    Ok(vec![recorded(&exchange, None).map_err(|wrong| problem(file, 1, 1, wrong))?])
}

/// The value may hold a secret, so its line is not shown.
fn problem(file: &str, line: usize, column: usize, wrong: impl Into<String>) -> Problem {
    Problem::new(Place::new(file, line.max(1), column.max(1)), wrong, HELP).hiding_line()
}

/// The value that `text` holds as JSON; `file` is where it stands.
///
/// # Errors
/// It is no JSON, or lacks something: where, and what is wrong.
pub fn parsed<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Problem> {
    let deserializer = &mut serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut *deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        // The message ends with the place, which stands before it.
        let said = inner.to_string();
        let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
        let wrong = match inner.classify() {
            serde_json::error::Category::Data if path != "." => format!("{path}: {said}"),
            serde_json::error::Category::Data => said.to_owned(),
            _ => format!("not JSON: {said}"),
        };
        problem(file, inner.line(), inner.column(), wrong)
    })?;
    deserializer
        .end()
        .map_err(|error| problem(file, error.line(), error.column(), "not JSON: more follows its end"))?;
    Ok(value)
}

/// A HAR file (version 1.2), as far as it is of use here.
#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default, deserialize_with = "time")]
    started_date_time: Option<i64>,
    request: HarRequest,
    response: Option<HarResponse>,
    #[serde(default, rename = "_counterpart")]
    own: Own,
}

/// What `counterpart proxy --record` adds.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Own {
    contract: Option<ContractName>,
    /// The path of the deployment's base URL, which the judged path does not have.
    prefix: String,
    request_gap: Option<String>,
    response_gap: Option<String>,
    unanswered: Option<String>,
    unseen: bool,
    open: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HarRequest {
    method: String,
    #[serde(deserialize_with = "target")]
    url: Target,
    #[serde(default)]
    headers: Vec<Pair>,
    post_data: Option<PostData>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: Option<String>,
    text: Option<String>,
    /// Our own: HAR has no word for a body that is no text.
    #[serde(rename = "_encoding")]
    encoding: Option<String>,
    #[serde(default)]
    params: Vec<Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct HarResponse {
    status: u16,
    #[serde(default)]
    headers: Vec<Pair>,
    content: Option<Content>,
}

/// A body, decoded.
#[derive(Deserialize)]
#[serde(try_from = "Encoded")]
struct Content {
    bytes: Vec<u8>,
    mime_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Encoded {
    mime_type: Option<String>,
    #[serde(default)]
    text: String,
    encoding: Option<String>,
}

impl TryFrom<Encoded> for Content {
    type Error = String;

    fn try_from(Encoded { mime_type, text, encoding }: Encoded) -> Result<Self, Self::Error> {
        let bytes = match encoding.as_deref() {
            Some("base64") => STANDARD.decode(text.trim()).map_err(|error| format!("not base64: {error}"))?,
            _ => text.into_bytes(),
        };
        Ok(Self { bytes, mime_type })
    }
}

/// Host, path and query of a URL, as they are written.
struct Target {
    host: String,
    path: String,
    query: Option<String>,
}

fn target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Target, D::Error> {
    let text = String::deserialize(deserializer)?;
    url::Url::parse(&text).map_err(|error| D::Error::custom(format!("not a URL: {error}")))?;
    let text = text.split('#').next().unwrap_or_default();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let (before, query) = rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let (host, path) = before.find('/').map_or((before, "/"), |start| before.split_at(start));
    Ok(Target { host: host.to_owned(), path: path.to_owned(), query: query.map(str::to_owned) })
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let time: Timestamp = text.parse().map_err(|error| D::Error::custom(format!("not a time: {error}")))?;
    Ok(Some(time.as_millisecond()))
}

impl Entry {
    fn recorded(self) -> Recorded {
        let HarRequest { method, url: Target { host, path, query }, headers, post_data } = self.request;
        let (mime_type, body) = match post_data {
            Some(PostData { mime_type, text, encoding, params }) => {
                let decoded = encoding.and(text.as_deref()).and_then(|text| STANDARD.decode(text.trim()).ok());
                (mime_type, decoded.unwrap_or_else(|| text.map_or_else(|| form(&params), String::into_bytes)))
            }
            None => (None, Vec::new()),
        };
        let mut headers = headers_of(headers, mime_type);
        if headers.get("host").is_none() {
            headers.set("host", host);
        }
        // A browser writes the status 0 where nothing came back.
        let response = self.response.filter(|response| response.status != 0).map(|response| {
            let (mime_type, body) =
                response.content.map_or((None, Vec::new()), |content| (content.mime_type, content.bytes));
            Response { status: response.status, headers: headers_of(response.headers, mime_type), body }
        });
        let Own { contract, prefix, request_gap, response_gap, unanswered, unseen, open } = self.own;
        let path = path.strip_prefix(&prefix).map_or(path.clone(), str::to_owned);
        Recorded {
            request: Request { method, path, query, headers, body },
            response,
            sent_ms: self.started_date_time,
            contract,
            request_is_cut: request_gap.is_some(),
            response_is_cut: response_gap.is_some(),
            lack: unanswered.map(Lack::Failed).or(unseen.then_some(Lack::Unseen)),
            is_open: open,
        }
    }
}

fn form(params: &[Parameter]) -> Vec<u8> {
    let pairs = params.iter().map(|parameter| (&parameter.name, &parameter.value));
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

/// The header fields without those that only HTTP/2 has (`:authority`). Where they lack the body's media type, it is added.
fn headers_of(pairs: Vec<Pair>, mime_type: Option<String>) -> Headers {
    let pairs = pairs.into_iter().filter(|pair| !pair.name.starts_with(':'));
    let mut headers = Headers(pairs.map(|pair| (pair.name, pair.value)).collect());
    if let Some(mime_type) = mime_type.filter(|name| !name.is_empty() && headers.get("content-type").is_none()) {
        headers.set("content-type", mime_type);
    }
    headers
}

/// The exchanges on which the findings of a run stand: each once, however many stand on it.
fn found_on(run: Record) -> Result<Vec<Recorded>, String> {
    let mut all = Vec::new();
    for contract in run.contracts {
        let mut known: Vec<Arc<ExchangeRecord>> = Vec::new();
        let of_scenarios = contract.scenarios.into_iter().flat_map(|scenario| scenario.findings);
        for exchange in of_scenarios.chain(contract.findings).filter_map(|finding| finding.exchange) {
            if !known.contains(&exchange) {
                all.push(recorded(&exchange, Some(contract.name.clone()))?);
                known.push(exchange);
            }
        }
    }
    Ok(all)
}

/// A finding of a run, as far as it is of use here.
#[derive(Deserialize)]
struct FoundOn {
    exchange: Option<ExchangeRecord>,
}

fn recorded(exchange: &ExchangeRecord, contract: Option<ContractName>) -> Result<Recorded, String> {
    let sent: Timestamp = exchange.time.parse().map_err(|error| format!("time: {error}"))?;
    Ok(Recorded {
        request: exchange.request.request().map_err(|wrong| format!("request: {wrong}"))?,
        response: Some(exchange.response.response().map_err(|wrong| format!("response: {wrong}"))?),
        sent_ms: Some(sent.as_millisecond()),
        contract,
        request_is_cut: exchange.request.body.truncated,
        response_is_cut: exchange.response.body.truncated,
        lack: None,
        is_open: false,
    })
}
