//! The diagnosis of a run: each finding gets the drift that explains it.

use super::probing::Prober;
use super::provider::{Bench, Ranking, rank};
use super::{Explanation, response};
use crate::answer::knowledge::Knowledge;
use crate::drift::Drift;
use crate::fake::Fake;
use crate::harness::Harness;
use crate::harness::notebook::{Call, Failure};
use crate::name::OperationId;
use crate::record::{DriftRecord, FindingRecord, ScenarioRecord};
use crate::verdict::Code;

/// The most requests that a diagnosis sends for one contract.
const MOST_PROBES: usize = 600;
/// In how many rounds the drifts of one operation are tried.
const MOST_ROUNDS: usize = 4;

/// Of how many operations of one contract every drift of the catalogue is asked.
const MOST_THOROUGH: usize = 5;

/// What a diagnosis may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// Reason from what was seen.
    Reasoning,
    /// Ask the provider, too; the secret may stand in a query or not.
    Probing {
        /// Whether it may.
        allow_query: bool,
    },
}

/// Gives the findings of a contract's scenarios their drifts.
pub async fn explain(harness: &Harness, scenarios: &mut [ScenarioRecord], means: Means) {
    scenarios.iter_mut().flat_map(|scenario| &mut scenario.findings).for_each(explain_lateness);
    let failures = harness.notebook.failures();
    let mut operations: Vec<&OperationId> = Vec::new();
    for failure in &failures {
        if !operations.contains(&&failure.call.operation) {
            operations.push(&failure.call.operation);
        }
    }
    if operations.is_empty() {
        return;
    }
    // A provider with a fake's memory is asked by a fake of its own.
    let fake = match (&harness.url, means) {
        (None, Means::Probing { .. }) => Some(harness.fake(Knowledge::of(&harness.contract)).await),
        _ => None,
    };
    let base = harness.url.clone().or_else(|| fake.as_ref().map(Fake::url)).unwrap_or_default();
    let allow_query = harness.url.is_none() || means == Means::Probing { allow_query: true };
    let left = if means == Means::Reasoning { 0 } else { MOST_PROBES };
    let prober = Prober { harness, base, allow_query, left, found: Vec::new() };
    let mut diagnosis = Diagnosis { prober, found: Vec::new(), thorough: MOST_THOROUGH };
    for id in operations {
        let of_operation: Vec<&Failure> = failures.iter().filter(|failure| failure.call.operation == *id).collect();
        let explanations = diagnosis.of_operation(id, &of_operation).await;
        for (failure, explanation) in of_operation.into_iter().zip(explanations) {
            if let Some(explanation) = explanation {
                attach(harness, scenarios, failure, explanation);
            }
        }
    }
    tokio::task::unconstrained(async move { drop(fake) }).await;
}

/// What came too late, or not at all, left no exchange to reason from.
fn explain_lateness(finding: &mut FindingRecord) {
    let is_late = matches!(finding.code, Code::CallFailed | Code::ResponseLate) && finding.location == "time";
    if let (true, Some(operation)) = (is_late, &finding.operation) {
        let sentence = format!("the provider does not answer {operation} in time; the contract promises an answer");
        finding.drift = Some(DriftRecord { code: "time-slow".into(), sentence, certain: true });
    }
}

/// How far the diagnosis of a contract is.
struct Diagnosis<'a> {
    prober: Prober<'a>,
    /// The codes of the drifts that were found so far.
    found: Vec<&'static str>,
    /// Of how many more operations every drift is asked.
    thorough: usize,
}

impl Diagnosis<'_> {
    /// The best explanation of each failure of an operation.
    async fn of_operation(&mut self, id: &OperationId, failures: &[&Failure]) -> Vec<Option<Explanation>> {
        let harness = self.prober.harness;
        let mut calls: Vec<Call> = failures.iter().map(|failure| failure.call.clone()).collect();
        let is_new = |call: &Call| failures.iter().all(|failure| failure.call.request != call.request);
        calls.extend(harness.notebook.calls(id).into_iter().filter(is_new));
        let bench = Bench { contract: &harness.contract, server_path: &harness.server_path, vault: &harness.vault };
        // What was found at one operation is likely at the next; of many broken ones not all are asked everything.
        let known = |drift: &Drift| self.found.contains(&drift.code);
        let mut ranking = rank(&bench, id, &calls, &known);
        let is_asked_everything = !ranking.is_whole() && self.thorough > 0;
        if is_asked_everything {
            self.thorough -= 1;
            ranking = rank(&bench, id, &calls, &|_| true);
        }
        if self.prober.left > 0
            && needs_probing(&ranking, &calls)
            && let Some(draft) = harness.notebook.draft(id)
        {
            let mut tried = Vec::new();
            let mut refuted = Vec::new();
            // Drifts that predict as much as many others come up in a later round.
            for _ in 0..MOST_ROUNDS {
                let round = self.prober.try_each(&ranking, id, &draft, &tried).await;
                let is_over = round.tried.is_empty() || round.is_accepted();
                calls.extend(round.calls);
                tried.extend(round.tried);
                refuted.extend(round.refuted);
                let is_asked = |drift: &Drift| (is_asked_everything || known(drift)) && !refuted.contains(&drift.id());
                ranking = rank(&bench, id, &calls, &is_asked);
                if is_over {
                    break;
                }
            }
        }
        self.found.extend(ranking.best().next().map(|best| best.drift.code));
        let explanation = |(index, failure): (usize, &&Failure)| {
            let Call { request, response, .. } = &failure.call;
            let read = response::explain(&harness.contract, &failure.finding, request, response);
            // What explains every answer of the operation comes before what can be read off one of them, unless both say the
            // same: then that has what was really said.
            match (ranking.of_call(index), read) {
                (Some(found), Some(read)) if found.code == read.code => Some(read),
                (Some(found), _) if ranking.is_whole() && !found.code.starts_with("response-") => Some(found),
                (found, read) => read.or(found),
            }
        };
        failures.iter().enumerate().map(explanation).collect()
    }
}

/// Whether the right call is refused, or several drifts explain as much.
fn needs_probing(ranking: &Ranking, calls: &[Call]) -> bool {
    let refused = calls.iter().any(|call| call.is_right && (400..500).contains(&call.response.status));
    refused || ranking.best().count() > 1
}

fn attach(harness: &Harness, scenarios: &mut [ScenarioRecord], failure: &Failure, explanation: Explanation) {
    let scenario =
        scenarios.iter_mut().find(|scenario| scenario.feature == failure.file && scenario.line == failure.line);
    if let Some(finding) = scenario.and_then(|scenario| scenario.findings.get_mut(failure.index)) {
        let Explanation { code, sentence, certain, .. } = explanation;
        finding.drift = Some(DriftRecord { code: code.into(), sentence: harness.redactor.redact(&sentence), certain });
    }
}
