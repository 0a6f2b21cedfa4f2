//! Code that calls an operation, to copy: made from the contract alone, secrets as variables.

mod base;
pub mod call;
mod curl;
mod formula;
mod layout;
mod piece;
mod placing;
mod python;
mod rust;
mod signing;
pub mod situation;

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::name::{CredentialName, OperationId};
use call::Call;
use std::fmt;
use std::str::FromStr;

/// A piece of code that calls one operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// What it is written in.
    pub language: Language,
    /// What a reader chooses it by: `Python`.
    pub title: &'static str,
    /// The code.
    pub text: String,
    /// What has to be installed; for Rust the lines of `[dependencies]`.
    pub needs: Vec<String>,
    /// The environment that it reads.
    pub variables: Vec<Variable>,
}

/// A variable of the environment that a snippet reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What stands in it.
    pub meaning: String,
    /// Whether that is a secret.
    pub is_secret: bool,
}

/// The snippets with one of the sets of credentials that open an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The credentials that belong together; none where the call needs none.
    pub credentials: Vec<CredentialName>,
    /// A snippet in each language.
    pub snippets: Result<Vec<Snippet>, WhyNot>,
}

/// Why there is no snippet, in a sentence's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct WhyNot(pub String);

/// What a snippet is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// A script for bash.
    Curl,
    /// A script with nothing but the standard library.
    Python,
    /// A program with reqwest.
    Rust,
}

impl Language {
    /// Every language, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Curl, Self::Python, Self::Rust];

    /// What a reader chooses it by.
    pub fn title(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::Python => "Python",
            Self::Rust => "Rust",
        }
    }

    /// The code of a call.
    pub fn render(self, call: &Call) -> String {
        match self {
            Self::Curl => curl::render(call),
            Self::Python => python::render(call),
            Self::Rust => rust::render(call),
        }
    }

    /// What has to be installed for it.
    fn needs(self, call: &Call) -> Vec<String> {
        match self {
            Self::Curl => curl::needs(call),
            Self::Python => python::needs(call),
            Self::Rust => rust::needs(call),
        }
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|language| language.title().eq_ignore_ascii_case(text));
        found.ok_or_else(|| "the languages are curl, python and rust".to_owned())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// The example call of an operation with the first of its credentials, in each language.
///
/// # Errors
/// There is no such operation, or it takes something that no snippet can write.
pub fn of(contract: &Contract, operation: &OperationId) -> Result<Vec<Snippet>, WhyNot> {
    let operation = find(contract, operation)?;
    let first = operation.security.alternatives.iter().find(|set| !set.is_empty());
    snippets(contract, operation, first.map_or(&[], Vec::as_slice))
}

/// The same with each of the sets of credentials that open the operation, in the document's order.
///
/// # Errors
/// There is no such operation.
pub fn alternatives(contract: &Contract, operation: &OperationId) -> Result<Vec<Alternative>, WhyNot> {
    let operation = find(contract, operation)?;
    let mut sets = operation.security.alternatives.clone();
    if sets.is_empty() {
        sets.push(Vec::new());
    }
    let alternative = |credentials: Vec<CredentialName>| {
        let snippets = snippets(contract, operation, &credentials);
        Alternative { credentials, snippets }
    };
    Ok(sets.into_iter().map(alternative).collect())
}

fn find<'a>(contract: &'a Contract, operation: &OperationId) -> Result<&'a Operation, WhyNot> {
    let found = contract.operations.get(operation);
    found.ok_or_else(|| WhyNot(format!("the contract {} has no operation {operation}", contract.name)))
}

fn snippets(contract: &Contract, operation: &Operation, set: &[CredentialName]) -> Result<Vec<Snippet>, WhyNot> {
    let call = Call::of(contract, operation, set)?;
    let snippet = |language: Language| Snippet {
        language,
        title: language.title(),
        text: language.render(&call),
        needs: language.needs(&call),
        variables: call.variables.clone(),
    };
    Ok(Language::ALL.map(snippet).into())
}
