//! The path of one call: authorise, send, redact, judge. The only module that knows it.

pub mod command;
pub mod echo;
pub mod evidence;
pub mod notebook;
pub mod proof;

use crate::answer::knowledge::Knowledge;
use crate::answer::played::Played;
use crate::check;
use crate::contract::operation::Operation;
use crate::contract::{Contract, Route};
use crate::credential::authorise::authorise;
use crate::credential::customary::own_places;
use crate::credential::verify::Keys;
use crate::credential::{Authorised, Plan, Refused};
use crate::deployment::{Answered, Client, Unanswered};
use crate::exchange::{Exchange, Headers, Location, Request};
use crate::fake::Fake;
use crate::name::OperationId;
use crate::published::seen::Seen;
use crate::record::Protection;
use crate::request::Draft;
use crate::secret::{Redactor, Vault};
use crate::shape;
use crate::snapshot::{Comparison, Snapshots};
use crate::verdict::{Code, Finding, Verdict};
use command::Command;
use indexmap::IndexMap;
use jiff::Timestamp;
use notebook::{Call, Notebook};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One contract at one target; its clones note what they show in the same place.
#[derive(Clone, Debug)]
pub struct Harness {
    /// The contract.
    pub contract: Arc<Contract>,
    /// The path under which the target serves it.
    pub server_path: String,
    /// The base URL of a deployment; `None` for fakes, which have one each.
    pub url: Option<String>,
    /// What fakes play: the contract itself, unless the run tries a drift of it.
    pub played: Played,
    /// Whether the deployment asks for no credential by intention.
    pub open: bool,
    /// The run's secrets.
    pub vault: Arc<Vault>,
    /// Takes them out of everything that is recorded.
    pub redactor: Arc<Redactor>,
    /// What features write as `${name}`.
    pub values: IndexMap<String, Value>,
    /// The accepted shapes.
    pub snapshots: Snapshots,
    /// The wire.
    pub client: Client,
    /// What was shown of each operation's protection.
    pub protections: Arc<Mutex<IndexMap<OperationId, Protection>>>,
    /// What was seen, for a diagnosis.
    pub notebook: Notebook,
    /// What was seen of each operation.
    pub seen: Arc<Mutex<IndexMap<OperationId, Seen>>>,
}

/// What came of a call.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The operation that was called.
    pub operation: Option<OperationId>,
    /// What went over the wire, or why nothing came back.
    pub exchange: Result<Exchange, Unanswered>,
    /// Which credential was sent and how; `None` where none is asked for, or where the scenario edited it by hand.
    pub plan: Option<Plan>,
    /// What is wrong with the request.
    pub request_findings: Vec<Finding>,
    /// What is wrong with the response.
    pub response_findings: Vec<Finding>,
    /// A command that repeats the call.
    pub command: Command,
    /// The attempts before the last, one line each.
    pub attempts: Vec<String>,
    /// The request with its secrets, to send it again.
    pub wire: Wire,
    /// Whether it was the contract's own example with the right credential.
    pub is_right: bool,
    /// The operation that was called or, for a request that reached none, one that a diagnosis looks at instead.
    pub nearest: Option<OperationId>,
}

/// What was sent; it does not show what it holds.
#[derive(Clone)]
pub enum Wire {
    /// A request.
    Request(Request),
    /// Bytes as a scenario wrote them.
    Raw(String),
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wire(…)")
    }
}

/// Why a probe showed nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unseen {
    /// It would have put a secret where requests are logged.
    #[error("the secret would stand in the query, which is logged by design")]
    Logged,
    /// It cannot be made.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody answered.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
}

impl Outcome {
    /// Says in a finding about the status which credential was sent: `200, with the right credential as headerKey`.
    pub fn naming_credential(&self, mut finding: Finding) -> Finding {
        if let (Some(plan), Location::Status) = (&self.plan, &finding.location) {
            finding.expected = format!("{}, {plan}", finding.expected);
        }
        finding
    }
}

impl Harness {
    /// The request of a draft as a provider wants it that keeps `contract`.
    ///
    /// # Errors
    /// The call cannot be made as planned, or a secret is missing.
    pub fn authorise(
        &self,
        contract: &Contract,
        draft: &Draft,
        plan: &Plan,
        now_ms: i64,
    ) -> Result<Authorised, Refused> {
        authorise(contract, draft, plan, &self.vault, &self.redactor, &self.server_path, now_ms)
    }

    /// A fake that plays what this run's fakes play.
    pub async fn fake(&self, known: Knowledge) -> Fake {
        Fake::start(self.played.clone(), self.server_path.clone(), self.vault.clone(), known).await
    }

    /// Sends the call and judges the exchange. `base` is the base URL; `deadline` the consumer's where it is shorter.
    ///
    /// # Errors
    /// The call cannot be made as planned, or a secret is missing.
    pub async fn call(
        &self,
        base: &str,
        draft: &Draft,
        plan: &Plan,
        deadline: Option<Duration>,
    ) -> Result<Outcome, Refused> {
        let now_ms = Timestamp::now().as_millisecond();
        let authorised = self.authorise(&self.contract, draft, plan, now_ms)?;
        let as_promised = !draft.altered && plan.is_right();
        let request_findings = if as_promised { self.judge_request(&authorised.request, now_ms) } else { Vec::new() };
        let mut outcome = self.send(base, draft.operation.as_ref(), authorised, deadline).await;
        outcome.request_findings = request_findings;
        if draft.late_edits.is_empty() && self.asks_for_credential(draft) {
            outcome.plan = Some(plan.clone());
        }
        outcome.is_right = as_promised && draft.late_edits.is_empty();
        self.note_protection(draft, plan, &outcome);
        if !draft.altered && draft.late_edits.is_empty() {
            self.notebook.note(draft, &outcome);
        }
        self.note_seen(draft, plan, &outcome);
        Ok(outcome)
    }

    /// The call of `draft` as `other` wants it, a contract that the provider may keep instead; what came of it is only seen,
    /// not judged. A secret stands in a query or a path only where the contract puts it, or where it may (`allow_query`).
    ///
    /// # Errors
    /// Why nothing was seen.
    pub async fn probe(
        &self,
        base: &str,
        other: &Contract,
        draft: &Draft,
        plan: &Plan,
        allow_query: bool,
        deadline: Duration,
    ) -> Result<Call, Unseen> {
        let now_ms = Timestamp::now().as_millisecond();
        let request = self.authorise(other, draft, plan, now_ms)?.request;
        if !allow_query && self.would_be_logged(draft, &request) {
            return Err(Unseen::Logged);
        }
        let answered = self.client.send(base, &request, deadline.min(self.client.deadline())).await;
        let (response, _) = echo::redacted(&self.redactor, answered.map_err(|(unanswered, _)| unanswered)?.response);
        let operation =
            draft.operation.clone().ok_or_else(|| Refused::Impossible("it is of no operation".to_owned()))?;
        Ok(Call { operation, request, sent_ms: now_ms, response, is_right: false })
    }

    /// Whether a secret stands where requests are logged by design, and the contract does not put it there.
    fn would_be_logged(&self, draft: &Draft, request: &Request) -> bool {
        let operation = draft.operation.as_ref().and_then(|id| self.contract.operations.get(id));
        let names = operation.map(|operation| operation.security.credentials()).unwrap_or_default();
        let own: Vec<Location> =
            names.into_iter().filter_map(|name| self.contract.credentials.get(name)).flat_map(own_places).collect();
        let holds_secret = |text: &str| self.redactor.first_in(text.as_bytes()).is_some();
        let elsewhere =
            request.query_pairs().into_iter().filter(|(name, _)| !own.contains(&Location::Query(name.clone())));
        holds_secret(&request.path)
            || elsewhere.into_iter().any(|(name, value)| holds_secret(&name) || holds_secret(&value))
    }

    /// Sends a request again, byte for byte.
    pub async fn repeat(&self, base: &str, outcome: &Outcome, deadline: Option<Duration>) -> Outcome {
        let request = match &outcome.wire {
            Wire::Request(request) => request.clone(),
            Wire::Raw(text) => return self.send_raw(base, text).await,
        };
        let twin = crate::credential::authorise::redact(&self.redactor, &request);
        let authorised = Authorised { request, twin, preamble: Vec::new() };
        let again = self.send(base, outcome.operation.as_ref(), authorised, deadline).await;
        Outcome { plan: outcome.plan.clone(), ..again }
    }

    /// Sends bytes as they stand.
    pub async fn send_raw(&self, base: &str, text: &str) -> Outcome {
        let mut words = text.split_whitespace();
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let twin = Request {
            method: method.to_owned(),
            path: self.redactor.redact(path),
            query: query.map(|query| self.redactor.redact(query)),
            headers: Headers::default(),
            body: Vec::new(),
        };
        let operation = self.reached(&twin);
        let answered = self.client.send_raw(base, text.as_bytes()).await;
        let command = Command::Raw { base: self.redactor.redact(base), text: self.redactor.redact(text) };
        let wire = Wire::Raw(text.to_owned());
        let result = answered.map_err(|unanswered| (unanswered, Vec::new()));
        self.outcome(operation, twin, result, command, wire)
    }

    async fn send(
        &self,
        base: &str,
        operation: Option<&OperationId>,
        authorised: Authorised,
        deadline: Option<Duration>,
    ) -> Outcome {
        let deadline = deadline.map_or(self.client.deadline(), |own| own.min(self.client.deadline()));
        let Authorised { request, twin, preamble } = authorised;
        let result = self.client.send(base, &request, deadline).await;
        let operation = match operation {
            Some(id) => self.contract.operations.get(id),
            // A request that a feature writes out is judged as well where it reaches an operation.
            None => self.reached(&request),
        };
        let command = Command::Curl { base: self.redactor.redact(base), twin, preamble };
        let redacted = crate::credential::authorise::redact(&self.redactor, &request);
        self.outcome(operation, redacted, result, command, Wire::Request(request))
    }

    fn reached(&self, request: &Request) -> Option<&Operation> {
        match self.contract.route(&self.server_path, request) {
            Route::Found(operation, _) => Some(operation),
            _ => None,
        }
    }

    /// For a request that reached no operation: one of the same path, else the contract's first.
    fn nearest(&self, request: &Request) -> Option<OperationId> {
        match self.contract.route(&self.server_path, request) {
            Route::OtherMethods(_, operation) | Route::Found(operation, _) => Some(operation.id.clone()),
            Route::Unknown => self.contract.operations.keys().next().cloned(),
        }
    }

    /// Redacts what came back and judges it.
    fn outcome(
        &self,
        operation: Option<&Operation>,
        request: Request,
        result: Result<Answered, (Unanswered, Vec<String>)>,
        command: Command,
        wire: Wire,
    ) -> Outcome {
        let id = operation.map(|operation| operation.id.clone());
        let nearest = id.clone().or_else(|| self.nearest(&request));
        let (answered, attempts) = match result {
            Ok(answered) => (Ok((answered.response, answered.duration)), answered.attempts),
            Err((unanswered, attempts)) => (Err(unanswered), attempts),
        };
        let exchange = answered.map(|(response, duration)| {
            let (response, echoes) = echo::redacted(&self.redactor, response);
            let sent_ms = Timestamp::now().as_millisecond() - i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
            Exchange { request, response, sent_ms, duration, echoes }
        });
        let response_findings = match (&exchange, operation) {
            (Ok(exchange), Some(operation)) => {
                check::response(&self.contract, operation, &exchange.response, &exchange.echoes)
            }
            _ => Vec::new(),
        };
        Outcome {
            operation: id,
            exchange,
            plan: None,
            request_findings: Vec::new(),
            response_findings,
            command,
            attempts,
            wire,
            is_right: false,
            nearest,
        }
    }

    fn asks_for_credential(&self, draft: &Draft) -> bool {
        let operation = draft.operation.as_ref().and_then(|id| self.contract.operations.get(id));
        operation.is_none_or(|operation| operation.security.is_required())
    }

    fn judge_request(&self, request: &Request, now_ms: i64) -> Vec<Finding> {
        let keys = Keys { vault: &self.vault, further: &[] };
        let mut findings = check::request(&self.contract, &self.server_path, request, keys, now_ms);
        // What is only remarked in others' requests is meant in a feature's.
        findings.retain(|finding| finding.code.weight() != Verdict::Kept);
        for finding in &mut findings {
            finding.expected = self.redactor.redact(&finding.expected);
            finding.actual = self.redactor.redact(&finding.actual);
        }
        findings
    }

    /// Compares an exchange's shape with the accepted snapshot of that name.
    pub fn compare(&self, name: &str, outcome: &Outcome, exchange: &Exchange) -> Option<Finding> {
        let operation = outcome.operation.as_ref().and_then(|id| self.contract.operations.get(id));
        let shape = shape::of(&self.contract, operation, &self.server_path, exchange);
        let path = format!("snapshots/{}/{name}.snap", self.contract.name);
        let description = format!("{}: {name}", self.contract.name);
        let finding = match self.snapshots.compare(name, &shape, &description) {
            Comparison::Same => return None,
            Comparison::Changed(diff) => {
                let expected = format!("the shape in {path}");
                Finding::new(Code::SnapshotChanged, Location::Body(String::new()), expected, "another shape")
                    .with_detail(diff)
            }
            Comparison::Missing => {
                let expected = format!("an accepted shape in {path}");
                Finding::new(
                    Code::SnapshotMissing,
                    Location::Body(String::new()),
                    expected,
                    "none; `counterpart accept` takes the pending one",
                )
                .with_detail(shape)
            }
        };
        Some(match &outcome.operation {
            Some(operation) => finding.of(operation),
            None => finding,
        })
    }
}

/// The finding of a call that nobody answered.
pub fn failed(operation: Option<&OperationId>, unanswered: &Unanswered) -> Finding {
    let location = if matches!(unanswered, Unanswered::TimedOut { .. }) { Location::Time } else { Location::Path };
    let finding = Finding::new(Code::CallFailed, location, "a response", unanswered.to_string());
    match operation {
        Some(operation) => finding.of(operation),
        None => finding,
    }
}
