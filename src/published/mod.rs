//! The document that a provider publishes, held against the contract and against what the provider just did.
//!
//! A contract is one consumer's view: what the document has beyond it is no disagreement.

pub mod credential;
pub mod fields;
pub mod required;
pub mod route;
pub mod seen;
pub mod statuses;

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::exchange::Location;
use crate::name::OperationId;
use crate::place::Place;
use crate::verdict::{Code, Finding};
use indexmap::IndexMap;
use route::Found;
use seen::Seen;
use std::fmt;

/// What contract and document can disagree about; the gravest comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The path.
    Path,
    /// The method.
    Method,
    /// Where the credential sits, or whether there is one.
    Credential,
    /// A parameter that a request must carry.
    Parameter,
    /// A field that a body must have.
    RequiredField,
    /// The statuses.
    Status,
}

/// Who is wrong, by what the provider just did.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blame {
    /// The provider keeps the contract.
    Document(String),
    /// The provider does what its document says.
    Contract(String),
    /// The run does not show it.
    Nobody,
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document(seen) => write!(f, "the document is wrong: {seen}"),
            Self::Contract(seen) => write!(f, "the provider and its own document agree; the contract is wrong: {seen}"),
            Self::Nobody => f.write_str("the run does not show which of the two is right"),
        }
    }
}

/// One thing of which contract and document say different things.
#[derive(Clone, Debug)]
pub struct Disagreement {
    /// The operation; `None` for the contract as a whole.
    pub operation: Option<OperationId>,
    /// What it is about.
    pub aspect: Aspect,
    /// Where in an exchange.
    pub location: Location,
    /// What the contract says.
    pub contract: String,
    /// What the document says.
    pub document: String,
    /// Who is wrong.
    pub blame: Blame,
    /// Where the contract says it.
    pub place: Place,
}

impl Disagreement {
    /// As a finding, which is a remark: it never changes a verdict.
    pub fn finding(self) -> Finding {
        let finding = Finding::new(Code::DocumentDisagrees, self.location, self.contract, self.document);
        let mut finding = finding.at(self.place);
        if self.blame != Blame::Nobody {
            finding = finding.with_detail(self.blame.to_string());
        }
        match &self.operation {
            Some(operation) => finding.of(operation),
            None => finding,
        }
    }
}

/// A contract where a target serves it.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The path of the target's base URL.
    pub prefix: &'a str,
    /// The path below it under which the contract is served.
    pub server_path: &'a str,
    /// Whether the target asks for no credential by intention.
    pub open: bool,
    /// What the run saw of each operation.
    pub seen: &'a IndexMap<OperationId, Seen>,
}

/// An operation as the contract has it and as the document has it.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// Its operation.
    pub ours: &'a Operation,
    /// The document.
    pub document: &'a Contract,
    /// Its operation.
    pub theirs: &'a Operation,
    /// What the run saw of it.
    pub seen: &'a Seen,
}

impl Pair<'_> {
    fn disagreement(&self, aspect: Aspect, location: Location, contract: String, document: String) -> Disagreement {
        Disagreement {
            operation: Some(self.ours.id.clone()),
            aspect,
            location,
            contract,
            document,
            blame: Blame::Nobody,
            place: self.ours.place.clone(),
        }
    }
}

/// Where contract and published document disagree, the gravest first.
pub fn disagreements(served: Served<'_>, document: &Contract) -> Vec<Disagreement> {
    let nothing = Seen::default();
    let routes = route::Routes::of(served, document);
    if let Some(disagreement) = routes.nothing_in_common() {
        return vec![disagreement];
    }
    let mut found = Vec::new();
    for ours in served.contract.operations.values() {
        let seen = served.seen.get(&ours.id).unwrap_or(&nothing);
        match routes.find(ours) {
            Found::Same(theirs) => {
                let pair = Pair { contract: served.contract, ours, document, theirs, seen };
                let credential = if served.open { None } else { credential::compare(pair) };
                let (credential, places) = credential.unzip();
                found.extend(credential);
                found.extend(required::of_request(pair, &places.unwrap_or_default()));
                found.extend(required::of_response(pair));
                found.extend(statuses::compare(pair));
            }
            Found::CatchAll => {}
            Found::Not(departs) => found.push(routes.disagreement(ours, seen, departs)),
        }
    }
    found.sort_by_key(|disagreement| disagreement.aspect);
    found
}
