//! What there is in a project: everything that `list` may say. `docs/list.md` describes its JSON form.

use crate::name::{ContractName, CredentialName, OperationId, TargetName};
use serde::Serialize;

/// The version of the JSON form.
pub const VERSION: u32 = 1;

/// What was asked for; the rest is left out.
#[derive(Clone, Debug, Serialize)]
pub struct Inventory {
    /// [`VERSION`].
    pub version: u32,
    /// The contracts in the order of their names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contracts: Option<Vec<ContractEntry>>,
    /// The operations by contract, in the order of the documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operations: Option<Vec<OperationEntry>>,
    /// The scenarios by contract, in the order of files and lines, the derived last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenarios: Option<Vec<ScenarioEntry>>,
    /// The targets in the order of `counterpart.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<Vec<TargetEntry>>,
    /// The steps in the order of the reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<StepEntry>>,
}

/// A contract.
#[derive(Clone, Debug, Serialize)]
pub struct ContractEntry {
    /// Its name.
    pub name: ContractName,
    /// The document's title.
    pub title: String,
    /// Who calls.
    pub consumers: Vec<String>,
    /// Who answers.
    pub provider: String,
    /// Its credentials.
    pub credentials: Vec<CredentialEntry>,
    /// How many operations it has.
    pub operations: usize,
    /// How many scenarios.
    pub scenarios: usize,
    /// How many of them nobody wrote.
    pub derived: usize,
}

/// A credential.
#[derive(Clone, Debug, Serialize)]
pub struct CredentialEntry {
    /// Its name.
    pub name: CredentialName,
    /// Where it sits, and in which form.
    pub place: String,
}

/// An operation.
#[derive(Clone, Debug, Serialize)]
pub struct OperationEntry {
    /// Its contract.
    pub contract: ContractName,
    /// The name that features call it by.
    pub name: OperationId,
    /// The method.
    pub method: String,
    /// The path below the contract's server, with `{parameters}`.
    pub path: String,
    /// The document's one-line summary.
    pub summary: Option<String>,
    /// What opens it: alternatives of credentials that belong together; none where it is open.
    pub credentials: Vec<Vec<CredentialName>>,
    /// The file that it stands in.
    pub file: String,
    /// The line.
    pub line: usize,
    /// How many scenarios name it.
    pub scenarios: usize,
}

/// A scenario.
#[derive(Clone, Debug, Serialize)]
pub struct ScenarioEntry {
    /// Its contract.
    pub contract: ContractName,
    /// The feature's file; `derived from contracts/…` where nobody wrote one.
    pub file: String,
    /// Its line; for a row of an outline, the row's.
    pub line: usize,
    /// The feature's name.
    pub feature: String,
    /// The rule that it belongs to.
    pub rule: Option<String>,
    /// Its name.
    pub name: String,
    /// Its tags with those of rule and feature, without `@`.
    pub tags: Vec<String>,
    /// The operations that its steps name.
    pub operations: Vec<String>,
    /// Whether it was derived from the contract.
    pub derived: bool,
}

/// A target.
#[derive(Clone, Debug, Serialize)]
pub struct TargetEntry {
    /// Its name.
    pub name: TargetName,
    /// Whether scenarios that write may run.
    pub writes: bool,
    /// Its deployments.
    pub contracts: Vec<SiteEntry>,
}

/// One contract's deployment.
#[derive(Clone, Debug, Serialize)]
pub struct SiteEntry {
    /// The contract.
    pub name: ContractName,
    /// The base URL; `None` where it needs a variable that is not set.
    pub url: Option<String>,
    /// Whether it asks for no credential by intention.
    pub open: bool,
}

/// A step of the vocabulary.
#[derive(Clone, Debug, Serialize)]
pub struct StepEntry {
    /// The part of the reference that it belongs to.
    pub part: &'static str,
    /// The keywords under which it may stand.
    pub keywords: Vec<&'static str>,
    /// Its cucumber expression.
    pub expression: &'static str,
    /// What it does, in a sentence.
    pub meaning: &'static str,
    /// A line of a feature that uses it.
    pub example: &'static str,
}
