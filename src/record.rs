//! Everything a report may say of a run: redacted, finished, ready to be written in any format.
//!
//! Its JSON form is versioned and described by `docs/report.schema.json`.

use crate::name::{ContractName, OperationId, TargetName};
use crate::place::Place;
use crate::verdict::{Code, Finding, Verdict};
use serde::Serialize;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// A run.
#[derive(Clone, Debug, Serialize)]
pub struct Record {
    /// [`VERSION`].
    pub version: u32,
    /// The worst verdict of all contracts, or `inconclusive` where nothing ran.
    pub verdict: Verdict,
    /// Where the features ran: `fake`, or a target's name.
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
#[derive(Clone, Debug, Serialize)]
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
    /// Findings of the contract as a whole, such as a protection that nothing proved.
    pub findings: Vec<FindingRecord>,
}

/// A scenario that ran.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioRecord {
    /// The feature's file, relative to the project.
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
    /// Its verdict.
    pub verdict: Verdict,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// How many exchanges it made.
    pub exchanges: usize,
    /// Retries at a deployment, one line each.
    pub attempts: Vec<String>,
    /// What it found.
    pub findings: Vec<FindingRecord>,
}

/// A scenario that was left out.
#[derive(Clone, Debug, Serialize)]
pub struct NotRun {
    /// The feature's file.
    pub feature: String,
    /// Its name.
    pub name: String,
    /// Its line.
    pub line: usize,
    /// Why it did not run.
    pub reason: String,
}

/// What a run showed of an operation's protection.
#[derive(Clone, Debug, Serialize)]
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
#[derive(Clone, Debug, Serialize)]
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
}

impl FindingRecord {
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
        }
    }
}

impl Record {
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
