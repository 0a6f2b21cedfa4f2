//! The state of one scenario: its fake, the call in the making, what came back, what was found.

use super::variables::Variables;
use crate::answer::knowledge::Knowledge;
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::credential::{Plan, Refused};
use crate::exchange::Exchange;
use crate::fake::Fake;
use crate::harness::notebook::Call;
use crate::harness::{Harness, Outcome, failed};
use crate::record::{ExchangeRecord, MOST_EXCHANGES};
use crate::request::Draft;
use crate::verdict::{Code, Finding};
use indexmap::IndexMap;
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Why a scenario ends at a step.
#[derive(Debug)]
pub enum Stop {
    /// Something was found.
    Found(Vec<Finding>),
    /// Something was found at calls that the step made by itself: each finding with the call's evidence.
    Proven(Vec<(Finding, Evidence)>),
    /// The step cannot be carried out.
    Failed(String),
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Self::Failed(reason)
    }
}

impl From<Finding> for Stop {
    fn from(finding: Finding) -> Self {
        Self::Found(vec![finding])
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Unset(name) => {
                let expected = format!("the environment variable {name}");
                Finding::new(Code::SecretUnset, crate::exchange::Location::Path, expected, "it is not set").into()
            }
            Refused::Impossible(reason) => Self::Failed(reason),
        }
    }
}

/// A finding with the step that led to it.
#[derive(Clone, Debug)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// The step's keyword and text.
    pub step: String,
    /// The step's line and column.
    pub position: (usize, usize),
    /// What it stands on.
    pub evidence: Evidence,
}

/// What a finding stands on; empty where nothing was sent.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// A command that repeats the call.
    pub curl: Option<String>,
    /// What went over the wire.
    pub exchange: Option<Arc<ExchangeRecord>>,
    /// The same with its secrets, for a diagnosis.
    pub call: Option<Call>,
}

impl Evidence {
    /// What came of a call.
    pub fn of(outcome: &Outcome) -> Self {
        let exchange = outcome.exchange.as_ref().ok().map(|exchange| Arc::new(ExchangeRecord::of(exchange)));
        Self { curl: Some(outcome.command.to_string()), exchange, call: Call::of(outcome) }
    }
}

/// One scenario while it runs.
#[derive(Default)]
pub struct World {
    harness: Option<Arc<Harness>>,
    fake: Option<Fake>,
    /// What the fake is told before it starts.
    pub knowledge: Knowledge,
    /// Whether the target cannot be reached, by the scenario's wish.
    pub unreachable: bool,
    /// The call in the making.
    pub draft: Option<Draft>,
    /// How its credential is to be sent.
    pub plan: Plan,
    /// How long the consumer waits, where that is shorter than the target's deadline.
    pub patience: Option<Duration>,
    /// What the scenario remembered.
    pub remembered: IndexMap<String, Value>,
    /// What came of the last call.
    pub outcome: Option<Outcome>,
    /// What was found.
    pub found: Vec<Found>,
    /// Whether a step ended the scenario.
    pub stopped: bool,
    /// How many exchanges it made.
    pub exchanges: usize,
    /// What went over the wire: the first [`MOST_EXCHANGES`].
    pub wire: Vec<Arc<ExchangeRecord>>,
    /// What retries had to get over.
    pub attempts: Vec<String>,
    /// When it began.
    pub started: Option<Instant>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("World")
    }
}

impl cucumber::World for World {
    type Error = std::convert::Infallible;

    async fn new() -> Result<Self, Self::Error> {
        Ok(Self::default())
    }
}

impl World {
    /// Begins a scenario with `harness`.
    pub fn begin(&mut self, harness: Arc<Harness>) {
        self.knowledge = Knowledge::of(&harness.contract);
        self.harness = Some(harness);
        self.started = Some(Instant::now());
    }

    /// The contract at its target.
    pub fn harness(&self) -> Arc<Harness> {
        self.harness.clone().expect("a scenario begins with a harness")
    }

    /// The contract.
    pub fn contract(&self) -> Arc<Contract> {
        self.harness().contract.clone()
    }

    /// The operation of that name.
    pub fn operation<'a>(contract: &'a Contract, id: &str) -> Result<&'a Operation, Stop> {
        contract.operations.get(id).ok_or_else(|| {
            let known: Vec<&str> = contract.operations.keys().map(crate::name::OperationId::as_str).collect();
            Stop::Failed(format!("{} has no operation {id:?}; it has: {}", contract.name, known.join(", ")))
        })
    }

    /// The call in the making.
    pub fn draft(&mut self) -> Result<&mut Draft, Stop> {
        self.draft.as_mut().ok_or_else(no_call)
    }

    /// What came of the last call.
    pub fn outcome(&self) -> Result<&Outcome, Stop> {
        self.outcome.as_ref().ok_or_else(|| Stop::Failed("nothing was sent yet".to_owned()))
    }

    /// The last exchange; a call that nobody answered ends the scenario.
    pub fn exchange(&self) -> Result<(&Outcome, &Exchange), Stop> {
        let outcome = self.outcome()?;
        match &outcome.exchange {
            Ok(exchange) => Ok((outcome, exchange)),
            Err(unanswered) => Err(failed(outcome.operation.as_ref(), unanswered).into()),
        }
    }

    /// What `${names}` stand for.
    pub fn with_variables<T>(&self, read: impl FnOnce(Variables<'_>) -> T) -> T {
        let harness = self.harness();
        read(Variables { remembered: &self.remembered, values: &harness.values })
    }

    /// The base URL to call; the fake is started when it is first needed.
    pub async fn base(&mut self) -> String {
        if self.unreachable {
            return closed_port();
        }
        let harness = self.harness();
        if let Some(url) = &harness.url {
            return url.clone();
        }
        if self.fake.is_none() {
            self.fake = Some(harness.fake(self.knowledge.clone()).await);
        }
        self.fake.as_ref().expect("it was just started").url()
    }

    /// Changes what the fake knows or how it behaves, before or after its start.
    pub fn tell_fake(&mut self, change: impl Fn(&mut Knowledge)) {
        change(&mut self.knowledge);
        if let Some(fake) = &self.fake {
            fake.tell(change);
        }
    }

    /// Gives the fake back, for the caller to drop.
    pub fn end(&mut self) -> Option<Fake> {
        self.fake.take()
    }

    /// Sends the call in the making.
    pub async fn send(&mut self) -> Result<(), Stop> {
        let base = self.base().await;
        let draft = self.draft.as_ref().ok_or_else(no_call)?;
        let outcome = self.harness().call(&base, draft, &self.plan, self.patience).await?;
        self.take(outcome)
    }

    /// Notes that a call was made.
    pub fn note(&mut self, outcome: &Outcome) {
        self.exchanges += 1;
        self.attempts.extend(outcome.attempts.iter().cloned());
        if let (Ok(exchange), true) = (&outcome.exchange, self.wire.len() < MOST_EXCHANGES) {
            self.wire.push(Arc::new(ExchangeRecord::of(exchange)));
        }
    }

    /// Takes what came of a call, with the findings about its response.
    pub fn take(&mut self, outcome: Outcome) -> Result<(), Stop> {
        self.note(&outcome);
        let findings = outcome.response_findings.clone();
        self.outcome = Some(outcome);
        if findings.is_empty() { Ok(()) } else { Err(Stop::Found(findings)) }
    }
}

fn no_call() -> Stop {
    Stop::Failed("there is no call yet: begin with `a call of \"operation\"`".to_owned())
}

/// The URL of a loopback port at which nobody listens.
fn closed_port() -> String {
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr());
    format!("http://127.0.0.1:{}", port.map_or(9, |address| address.port()))
}
