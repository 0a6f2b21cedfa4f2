//! Everything a report may say of a run: redacted, finished, ready to be written in any format.
//!
//! Its JSON form is versioned and described by `docs/report.schema.json`.

use crate::exchange::{Exchange, Headers, Request, Response};
use crate::name::{ContractName, OperationId, TargetName};
use crate::place::Place;
use crate::verdict::{Code, Finding, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// The verb that leaves a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verb {
    /// The features ran.
    Check,
    /// A consumer's requests to fakes were judged.
    Consumer,
    /// What went through a proxy was judged.
    Proxy,
    /// A recording was judged.
    Replay,
}

impl Verb {
    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Consumer => "consumer",
            Self::Proxy => "proxy",
            Self::Replay => "replay",
        }
    }
}

/// A run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// [`VERSION`].
    pub version: u32,
    /// What was done.
    pub verb: Verb,
    /// The worst verdict of all contracts, or `inconclusive` where nothing ran.
    pub verdict: Verdict,
    /// Where the features ran, or what was watched: `fake`, a target's name, or a file.
    pub target: TargetName,
    /// When the run began (RFC 3339, UTC).
    pub started: String,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The contracts in order.
    pub contracts: Vec<ContractRecord>,
    /// What the run as a whole has to say, such as an empty selection.
    pub notes: Vec<String>,
}

/// A contract's part of a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ContractRecord {
    /// The contract.
    pub name: ContractName,
    /// Its verdict.
    pub verdict: Verdict,
    /// Who calls.
    pub consumers: Vec<String>,
    /// Who answers.
    pub provider: String,
    /// What was called: `fake`, or a base URL.
    pub url: String,
    /// The scenarios in the order of their files and lines.
    pub scenarios: Vec<ScenarioRecord>,
    /// Scenarios that were selected and did not run, with the reason.
    pub not_run: Vec<NotRun>,
    /// What was shown of each protected operation that was called.
    pub protections: Vec<Protection>,
    /// What others called while they were watched, by operation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallRecord>,
    /// Findings of the contract as a whole, such as a protection that nothing proved; all those of calls.
    pub findings: Vec<FindingRecord>,
}

/// What others called, and what their calls came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallRecord {
    /// The operation; `None` for requests that reached none.
    pub operation: Option<OperationId>,
    /// How many requests there were.
    pub requests: usize,
    /// The worst verdict of the exchanges.
    pub verdict: Verdict,
}

/// A scenario that ran.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ScenarioRecord {
    /// The feature's file, relative to the project; `derived from contracts/…` where nobody wrote one.
    pub feature: String,
    /// The feature's name.
    pub feature_name: String,
    /// The rule that it belongs to.
    pub rule: Option<String>,
    /// Its name.
    pub name: String,
    /// Its line; for a row of an outline, the row's.
    pub line: usize,
    /// Its tags with those of rule and feature, without `@`.
    pub tags: Vec<String>,
    /// Whether it was derived from the contract.
    pub derived: bool,
    /// Its verdict.
    pub verdict: Verdict,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How many exchanges it made.
    pub exchanges: usize,
    /// What went over the wire, in order: the first [`MOST_EXCHANGES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wire: Vec<Arc<ExchangeRecord>>,
    /// Retries at a deployment, one line each.
    pub attempts: Vec<String>,
    /// What it found.
    pub findings: Vec<FindingRecord>,
}

/// A scenario that was left out.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NotRun {
    /// The feature's file.
    pub feature: String,
    /// The feature's name.
    #[serde(default)]
    pub feature_name: String,
    /// The rule that it belongs to.
    #[serde(default)]
    pub rule: Option<String>,
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// Whether it was derived from the contract.
    pub derived: bool,
    /// Why it did not run.
    pub reason: String,
}

/// What a run showed of an operation's protection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Protection {
    /// The operation.
    pub operation: OperationId,
    /// The right credential was accepted.
    pub accepted: bool,
    /// A call without a credential was refused as promised.
    pub refused_without: bool,
    /// A call with a wrong credential was refused as promised.
    pub refused_wrong: bool,
}

impl Protection {
    /// Whether all three were seen.
    pub fn is_proven(&self) -> bool {
        self.accepted && self.refused_without && self.refused_wrong
    }
}

/// A finding as reports show it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FindingRecord {
    /// Its stable code.
    pub code: Code,
    /// The operation.
    pub operation: Option<OperationId>,
    /// Where in the exchange: `header Allow`, `body /detail`.
    pub location: String,
    /// What was wanted.
    pub expected: String,
    /// What was seen.
    pub actual: String,
    /// The contract's file, line and column.
    pub contract_place: Option<Place>,
    /// The step's file, line and column.
    pub feature_place: Option<Place>,
    /// The step's text.
    pub step: Option<String>,
    /// A command that repeats the call, with secrets as variables.
    pub curl: Option<String>,
    /// A longer text that belongs to it, such as the diff of a snapshot.
    pub detail: Option<String>,
    /// The exchange on which it stands, if there was one.
    pub exchange: Option<Arc<ExchangeRecord>>,
    /// The drift that explains it, where one of the catalogue does.
    pub drift: Option<DriftRecord>,
    /// How many exchanges depart like this.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: usize,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(times: &usize) -> bool {
    *times == 1
}

/// The drift that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftRecord {
    /// Its code; `counterpart explain` tells more of it.
    pub code: Cow<'static, str>,
    /// Who does what, and what the contract says.
    pub sentence: String,
    /// Whether it explains everything that was seen of the operation, and no other drift does.
    pub certain: bool,
}

/// The most exchanges of a scenario that a record holds.
pub const MOST_EXCHANGES: usize = 20;
/// The most bytes of a body that a record holds.
pub const LONGEST_BODY: usize = 64 * 1024;

/// What went over the wire, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// When the request was sent (RFC 3339, UTC).
    pub time: String,
    /// From the first byte sent to the last received, in milliseconds.
    pub duration_ms: u64,
    /// What was sent.
    pub request: RequestRecord,
    /// What came back.
    pub response: ResponseRecord,
}

/// A request, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// The method.
    pub method: String,
    /// The path, percent-encoded, without the path of the base URL.
    pub path: String,
    /// The query without its question mark.
    pub query: Option<String>,
    /// Names and values in wire order.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(flatten)]
    pub body: BodyRecord,
}

/// A response, redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseRecord {
    /// The status code.
    pub status: u16,
    /// Names and values in wire order.
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(flatten)]
    pub body: BodyRecord,
}

/// A body, redacted and cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyRecord {
    /// As text; `None` where it is none.
    #[serde(rename = "body")]
    pub text: Option<String>,
    /// In base64, where it is no text.
    #[serde(rename = "body_base64", default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Whether it was longer than [`LONGEST_BODY`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl BodyRecord {
    fn of(bytes: &[u8]) -> Self {
        let truncated = bytes.len() > LONGEST_BODY;
        if let Ok(text) = std::str::from_utf8(bytes) {
            let text = text[..text.floor_char_boundary(LONGEST_BODY)].to_owned();
            return Self { text: Some(text), base64: None, truncated };
        }
        let base64 = STANDARD.encode(&bytes[..bytes.len().min(LONGEST_BODY)]);
        Self { text: None, base64: Some(base64), truncated }
    }

    /// Its bytes, as many as there are.
    ///
    /// # Errors
    /// What should be base64 is not.
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        match (&self.text, &self.base64) {
            (_, Some(base64)) => STANDARD.decode(base64).map_err(|error| format!("body_base64: {error}")),
            (text, None) => Ok(text.clone().unwrap_or_default().into_bytes()),
        }
    }
}

impl ExchangeRecord {
    /// The record of an exchange.
    pub fn of(exchange: &Exchange) -> Self {
        let Request { method, path, query, headers, body } = &exchange.request;
        let sent = Timestamp::from_millisecond(exchange.sent_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        Self {
            time: sent.to_string(),
            duration_ms: u64::try_from(exchange.duration.as_millis()).unwrap_or(u64::MAX),
            request: RequestRecord {
                method: method.clone(),
                path: path.clone(),
                query: query.clone(),
                headers: headers.0.clone(),
                body: BodyRecord::of(body),
            },
            response: ResponseRecord {
                status: exchange.response.status,
                headers: exchange.response.headers.0.clone(),
                body: BodyRecord::of(&exchange.response.body),
            },
        }
    }
}

impl RequestRecord {
    /// The request as far as it was recorded.
    ///
    /// # Errors
    /// Its body cannot be read.
    pub fn request(&self) -> Result<Request, String> {
        Ok(Request {
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            headers: Headers(self.headers.clone()),
            body: self.body.bytes()?,
        })
    }
}

impl ResponseRecord {
    /// The response as far as it was recorded.
    ///
    /// # Errors
    /// Its body cannot be read.
    pub fn response(&self) -> Result<Response, String> {
        Ok(Response { status: self.status, headers: Headers(self.headers.clone()), body: self.body.bytes()? })
    }
}

impl FindingRecord {
    /// Whether it only remarks: it never changes a verdict.
    pub fn is_remark(&self) -> bool {
        self.code.weight() == Verdict::Kept
    }

    /// A finding without the step that led to it.
    pub fn of(finding: Finding) -> Self {
        Self {
            code: finding.code,
            operation: finding.operation,
            location: finding.location.to_string(),
            expected: finding.expected,
            actual: finding.actual,
            contract_place: finding.contract_place,
            feature_place: None,
            step: None,
            curl: None,
            detail: finding.detail,
            exchange: None,
            drift: None,
            times: 1,
        }
    }
}

impl Record {
    /// A run that just ended; it began at `began`, and its verdict is the worst of its contracts'.
    pub fn ended(
        verb: Verb,
        target: TargetName,
        began: Timestamp,
        contracts: Vec<ContractRecord>,
        notes: Vec<String>,
    ) -> Self {
        let duration = Timestamp::now().duration_since(began).as_millis();
        Self {
            version: VERSION,
            verb,
            verdict: contracts.iter().map(|contract| contract.verdict).max().unwrap_or(Verdict::Inconclusive),
            target,
            started: began.to_string(),
            duration_ms: u64::try_from(duration).unwrap_or_default(),
            contracts,
            notes,
        }
    }

    /// The numbers of scenarios by verdict, in the order kept, inconclusive, broken, error.
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for scenario in self.contracts.iter().flat_map(|contract| &contract.scenarios) {
            counts[scenario.verdict as usize] += 1;
        }
        counts
    }

    /// All scenarios that were left out.
    pub fn not_run(&self) -> impl Iterator<Item = &NotRun> {
        self.contracts.iter().flat_map(|contract| &contract.not_run)
    }
}

/// What was made of recorded exchanges.
#[derive(Clone, Debug, Serialize)]
pub struct Explained {
    /// [`VERSION`].
    pub version: u32,
    /// The worst verdict of the exchanges that could be judged; `inconclusive` where none could.
    pub verdict: Verdict,
    /// The exchanges in the order of the file.
    pub exchanges: Vec<ExplainedExchange>,
}

/// What was made of a recorded exchange.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedExchange {
    /// `POST /v1/embed/text → 401`.
    pub exchange: String,
    /// When it was sent, as far as that is known (RFC 3339, UTC).
    pub time: String,
    /// The contract by which it was judged.
    pub contract: Option<ContractName>,
    /// The operation that it reached.
    pub operation: Option<OperationId>,
    /// Who answers, by the contract.
    pub provider: Option<String>,
    /// Whether it keeps the contract; `None` where nothing can be said of it.
    pub verdict: Option<Verdict>,
    /// Under which drift it would be right, the likeliest first.
    pub explanations: Vec<ExplanationRecord>,
    /// How it departs from the contract.
    pub findings: Vec<FindingRecord>,
    /// What else has to be said, such as why it could not be judged.
    pub notes: Vec<String>,
}

/// A drift under which what was seen would be right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExplanationRecord {
    /// The drift's stable code.
    pub code: String,
    /// What moved from where to where.
    pub sentence: String,
    /// Whether the exchange alone proves it.
    pub certain: bool,
}
