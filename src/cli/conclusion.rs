//! From the scenarios of a contract to its record: the verdict, what did not run, what was not proven.

use super::preparation::Prepared;
use super::protection::Coverage;
use crate::feature::source::Listed;
use crate::name::OperationId;
use crate::record::{ContractRecord, FindingRecord, NotRun, Protection, ScenarioRecord};
use crate::verdict::{Code, Verdict};
use indexmap::IndexMap;
use std::sync::PoisonError;

/// The record of a contract whose scenarios left `scenarios`; `narrowed` says that only a part of them was asked for.
pub fn contract_record(prepared: &Prepared, scenarios: Vec<ScenarioRecord>, narrowed: bool) -> ContractRecord {
    let harness = &prepared.harness;
    let contract = &harness.contract;
    let (untested, scenarios): (Vec<_>, Vec<_>) = scenarios.into_iter().partition(lacks_secret);
    let protections = harness.protections.lock().unwrap_or_else(PoisonError::into_inner);
    let protections: Vec<Protection> =
        contract.operations.keys().filter_map(|id| protections.get(id).cloned()).collect();
    // What nobody wrote does not excuse what is not proven.
    let authored = prepared.not_run.iter().filter(|(listed, _)| !listed.derived);
    let mut left_out: Vec<Listed> = authored.map(|(listed, _)| listed.clone()).collect();
    left_out.extend(listed_of(prepared, &untested).cloned());
    let coverage = Coverage { contract, protections: &protections, left_out: &left_out, narrowed };
    let ran = !scenarios.is_empty();
    let mut findings = unset_secrets(&untested);
    if ran && !harness.open {
        let excused = |finding: &FindingRecord| {
            let name = finding.operation.as_ref().map_or("", OperationId::as_str);
            listed_of(prepared, &untested).any(|listed| listed.operations.iter().any(|operation| operation == name))
        };
        findings.extend(coverage.findings().into_iter().filter(|finding| !excused(finding)));
    }
    let mut verdict = scenarios.iter().map(|scenario| scenario.verdict).max().unwrap_or(Verdict::Inconclusive);
    verdict = findings.iter().map(|finding| finding.code.weight()).max().unwrap_or_default().max(verdict);
    if prepared.unreachable.is_some() {
        verdict = Verdict::Error;
    }
    let not_run = prepared.not_run.iter().map(|(listed, reason)| NotRun {
        feature: listed.file.clone(),
        feature_name: listed.feature.clone(),
        rule: listed.rule.clone(),
        name: listed.name.clone(),
        line: listed.line,
        derived: listed.derived,
        reason: reason.clone(),
    });
    ContractRecord {
        name: contract.name.clone(),
        verdict,
        consumers: contract.consumers.clone(),
        provider: contract.provider.clone(),
        url: harness.url.as_deref().map_or_else(|| "fake".to_owned(), |url| harness.redactor.redact(url)),
        not_run: not_run.chain(untested.iter().map(without_secret)).collect(),
        scenarios,
        protections,
        calls: Vec::new(),
        findings,
    }
}

/// The scenarios as they stand in their files, for some of their records.
fn listed_of<'a>(prepared: &'a Prepared, records: &'a [ScenarioRecord]) -> impl Iterator<Item = &'a Listed> {
    let of = |listed: &Listed, record: &ScenarioRecord| record.feature == listed.file && record.line == listed.line;
    let listed = prepared.ready.iter().flat_map(|(_, listed)| listed);
    listed.filter(move |listed| records.iter().any(|record| of(listed, record)))
}

/// Whether a scenario proves nothing because the run does not have a secret; one that found more before counts as it is.
fn lacks_secret(record: &ScenarioRecord) -> bool {
    record.verdict <= Verdict::Inconclusive && record.findings.iter().any(|finding| finding.code == Code::SecretUnset)
}

fn without_secret(record: &ScenarioRecord) -> NotRun {
    let secret = record.findings.iter().find(|finding| finding.code == Code::SecretUnset);
    let reason = secret.map(|finding| format!("{} is not set", finding.expected)).unwrap_or_default();
    NotRun {
        feature: record.feature.clone(),
        feature_name: record.feature_name.clone(),
        rule: record.rule.clone(),
        name: record.name.clone(),
        line: record.line,
        derived: record.derived,
        reason,
    }
}

/// One finding a secret that is missing, with the number of scenarios that it leaves untested.
fn unset_secrets(untested: &[ScenarioRecord]) -> Vec<FindingRecord> {
    let mut findings: IndexMap<String, (FindingRecord, usize)> = IndexMap::new();
    for finding in
        untested.iter().flat_map(|record| &record.findings).filter(|finding| finding.code == Code::SecretUnset)
    {
        findings.entry(finding.expected.clone()).or_insert_with(|| (finding.clone(), 0)).1 += 1;
    }
    let counted = findings.into_values().map(|(finding, count)| {
        let scenarios = if count == 1 { "1 scenario is".to_owned() } else { format!("{count} scenarios are") };
        let actual = format!("it is not set; {scenarios} left untested");
        FindingRecord {
            actual,
            operation: None,
            feature_place: None,
            step: None,
            curl: None,
            exchange: None,
            ..finding
        }
    });
    counted.collect()
}

/// Why a run in which no scenario that somebody wrote ran is what it is.
pub fn nothing_ran(contracts: &[ContractRecord], narrowed: bool) -> String {
    let ran = contracts.iter().any(|contract| !contract.scenarios.is_empty());
    let what = if ran { "only what is derived from the contracts ran" } else { "no scenario ran" };
    if contracts.iter().flat_map(|contract| &contract.not_run).any(|not_run| !ran || !not_run.derived) {
        format!("{what}: none of those selected can run at this target")
    } else if narrowed {
        "no scenario has these tags".to_owned()
    } else {
        format!("{what}: there are no features below features/")
    }
}

/// What to say of accepted snapshots that no scenario of a kept contract compares with.
///
/// A contract that is not kept may have scenarios that ended before they came to their snapshot.
pub fn unused_snapshots(prepared: &Prepared, contracts: &[ContractRecord]) -> Vec<String> {
    let name = &prepared.harness.contract.name;
    let is_kept = contracts.iter().any(|contract| contract.name == *name && contract.verdict == Verdict::Kept);
    let unused = if is_kept { prepared.harness.snapshots.unused().unwrap_or_default() } else { Vec::new() };
    let say = |snapshot: String| {
        format!("no scenario compares with snapshots/{name}/{snapshot}.snap: remove it, or let a scenario state it")
    };
    unused.into_iter().map(say).collect()
}
