//! The scenarios that a contract's mutants have to get past, and what each of them calls.

use crate::answer::played::{Hears, Manner, Played};
use crate::deployment::Client;
use crate::drift::Drift;
use crate::feature::scenario;
use crate::feature::source::Listed;
use crate::harness::Harness;
use crate::name::OperationId;
use crate::record::ScenarioRecord;
use crate::verdict::Verdict;
use futures::FutureExt as _;
use gherkin::{Feature, Scenario};
use std::cmp::Reverse;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

/// A contract with its scenarios.
#[derive(Clone, Debug)]
pub struct Suite {
    /// The contract at its fake.
    pub harness: Arc<Harness>,
    /// Its scenarios, in the order of their files.
    pub cases: Vec<Arc<Case>>,
}

/// A scenario that may run many times.
#[derive(Debug)]
pub struct Case {
    feature: Arc<Feature>,
    scenario: Scenario,
    /// The scenario as it stands in its file.
    pub listed: Listed,
    /// What its steps have in quotes: names of operations, refusals, headers, fields.
    quoted: HashSet<String>,
}

/// What a scenario's requests led to at the healthy fake.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    operations: HashSet<OperationId>,
    /// Whether one of them led to no operation.
    elsewhere: bool,
    /// How many there were.
    requests: usize,
}

impl Suite {
    /// The scenarios of a contract's features.
    pub fn new<'a>(harness: &Arc<Harness>, features: impl IntoIterator<Item = &'a (Feature, Vec<Listed>)>) -> Self {
        let mut cases = Vec::new();
        for (feature, listed) in features {
            let shared = Arc::new(feature.clone());
            for listed in listed {
                let all = feature.scenarios.iter().chain(feature.rules.iter().flat_map(|rule| &rule.scenarios));
                let scenario = all.into_iter().find(|scenario| scenario.position.line == listed.line);
                cases.extend(scenario.map(|scenario| {
                    let quotes = scenario.steps.iter().flat_map(|step| step.value.split('"').skip(1).step_by(2));
                    let quoted = quotes.map(str::to_owned).collect();
                    let (feature, scenario) = (shared.clone(), scenario.clone());
                    Arc::new(Case { feature, scenario, listed: listed.clone(), quoted })
                }));
            }
        }
        Self { harness: harness.clone(), cases }
    }

    /// The scenarios that can notice a drift, those that are likely to first. `reached` says what each one's requests led to.
    ///
    /// A provider with a drift answers a request that leads to none of the drift's operations as every other does. Left out
    /// is only what sends nothing else.
    pub fn candidates(&self, drift: &Drift, reached: &[Reached]) -> Vec<Arc<Case>> {
        let is_about_credentials = matches!(drift.code.split('-').next(), Some("credential" | "signature"));
        // Every scenario of an operation names it and its credential: such words tell nothing.
        let contract = &self.harness.contract;
        let is_common =
            |word: &&str| contract.operations.contains_key(*word) || contract.credentials.contains_key(*word);
        let words: HashSet<&str> = drift.subject.split([' ', ',']).filter(|word| !is_common(word)).collect();
        let rank = |(case, reached): (&Arc<Case>, &Reached)| {
            let touches = drift.operations.is_empty()
                || drift.operations.iter().any(|operation| reached.operations.contains(operation));
            if !touches && !reached.elsewhere {
                return None;
            }
            let names = drift
                .operations
                .iter()
                .any(|operation| case.listed.operations.iter().any(|name| *name == *operation.as_str()));
            // Each request to a provider that does not answer is waited for.
            let waits = if drift.is_slow() { reached.requests } else { 0 };
            let shared = case.quoted.iter().filter(|quoted| words.contains(quoted.as_str())).count();
            let is_other = case.listed.about_credentials != is_about_credentials;
            let rank = (waits, Reverse(shared), !names, !touches, is_other);
            Some((rank, case.clone()))
        };
        let mut candidates: Vec<_> = self.cases.iter().zip(reached).filter_map(rank).collect();
        candidates.sort_by_key(|(rank, _)| *rank);
        candidates.into_iter().map(|(_, case)| case).collect()
    }
}

impl Case {
    /// Runs the scenario at a fake of its own that plays `played`, called by `client`.
    ///
    /// # Errors
    /// A panic, which is a bug of ours: what it says.
    pub async fn run(&self, harness: &Harness, played: Played, client: &Client) -> Result<ScenarioRecord, String> {
        let client = harness.client.through(client).with_deadline(client.deadline());
        // What a mutant shows is of no run.
        let (protections, notebook, seen) = Default::default();
        let harness = Arc::new(Harness { played, client, protections, notebook, seen, ..harness.clone() });
        let run = scenario::run(&harness, &self.feature, &self.scenario, &self.listed);
        AssertUnwindSafe(run).catch_unwind().await.map_err(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
            format!("{}:{}: {text}", self.listed.file, self.listed.line)
        })
    }

    /// Runs the scenario at the healthy fake, and notes what its requests led to.
    ///
    /// # Errors
    /// As [`Case::run`].
    pub async fn rehearse(&self, harness: &Harness, client: &Client) -> Result<(ScenarioRecord, Reached), String> {
        let reached = Arc::new(Mutex::new(Reached::default()));
        let noting = reached.clone();
        let hears: Arc<Hears> = Arc::new(move |occasion, _| {
            let mut reached = noting.lock().unwrap_or_else(PoisonError::into_inner);
            reached.requests += 1;
            match occasion.operation {
                Some(operation) => drop(reached.operations.insert(operation.clone())),
                None => reached.elsewhere = true,
            }
        });
        let manner = Manner { hears: Some(hears), ..Manner::default() };
        let record = self.run(harness, Played { contract: harness.contract.clone(), manner }, client).await?;
        let reached = reached.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok((record, reached))
    }
}

/// Whether a scenario notices something.
pub fn notices(record: &ScenarioRecord) -> bool {
    record.verdict >= Verdict::Broken
}
