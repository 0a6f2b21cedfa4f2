//! How the provider refuses and answers: causes, the order of its checks, refusals, dynamic answers.

use crate::expression::Expression;
use crate::name::{OperationId, RefusalName};
use crate::place::Place;
use indexmap::IndexMap;
use serde::Deserialize;

/// The provider's checks, in an order of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Is the path known?
    Path,
    /// Is the method?
    Method,
    /// Does the credential open the operation?
    Credential,
    /// Do path, query and header parameters keep their schemas?
    Parameters,
    /// Does the body?
    Body,
    /// Does a refusal with a `when` apply?
    Situation,
}

/// Which credential counts where a request carries several of the alternatives (OR).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Alternatives {
    /// Any that is right opens (OpenAPI 3.1.1, section 4.8.30).
    #[default]
    Any,
    /// The first that is there decides, in the document's order.
    First,
}

/// Why a provider refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// No such path.
    Path,
    /// The path has no such method.
    Method,
    /// No credential.
    Missing,
    /// A credential in another place than the contract's.
    Misplaced,
    /// A credential of a wrong form.
    Malformed,
    /// A credential that nobody holds, or a wrong signature.
    Unknown,
    /// A credential signed too long ago, or too far ahead.
    Stale,
    /// A parameter that departs from its schema.
    Parameters,
    /// A body that departs from its schema, or is not JSON.
    Body,
}

impl Cause {
    /// The causes that lie in a credential, by how far a request came.
    pub const OF_CREDENTIALS: [Self; 5] = [Self::Missing, Self::Misplaced, Self::Malformed, Self::Unknown, Self::Stale];

    /// The cause whose refusal stands in where a contract names none for this one.
    pub fn fallback(self) -> Option<Self> {
        match self {
            Self::Misplaced => Some(Self::Missing),
            Self::Malformed | Self::Stale => Some(Self::Unknown),
            Self::Parameters => Some(Self::Body),
            _ => None,
        }
    }
}

/// A refusal that the contract promises.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its name, which features use.
    pub name: RefusalName,
    /// The causes that lead to it.
    pub on: Vec<Cause>,
    /// The situation that leads to it.
    pub when: Option<Expression>,
    /// The operations that it applies to; `None` for all.
    pub operations: Option<Vec<OperationId>>,
    /// Its status.
    pub status: u16,
    /// The example of the document that shows it.
    pub example: String,
    /// The component response that holds the example, where it is not the operation's own response.
    pub response: Option<String>,
    /// Its media type, where it is not that of the example.
    pub media_type: Option<String>,
    /// The texts that are promised, by JSON pointer.
    pub promises: IndexMap<String, Vec<String>>,
    /// Values of the example that are computed, by JSON pointer.
    pub set: IndexMap<String, Expression>,
    /// Headers that are computed.
    pub headers: IndexMap<String, Expression>,
    /// Whether the fake words it as FastAPI does.
    pub fastapi: bool,
    /// Where it stands in the contract.
    pub place: Place,
}

impl Refusal {
    /// Whether it applies to an operation (`None`: to a request that reached no operation).
    pub fn applies_to(&self, operation: Option<&OperationId>) -> bool {
        match (&self.operations, operation) {
            (None, _) => true,
            (Some(operations), Some(operation)) => operations.contains(operation),
            (Some(_), None) => false,
        }
    }
}

/// What makes a promised answer dynamic.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its name: an operation's, or one of its own.
    pub name: String,
    /// The operations that it is for.
    pub operations: Vec<OperationId>,
    /// When it is given; `None` for always.
    pub when: Option<Expression>,
    /// Its status; the operation's success where it says nothing.
    pub status: Option<u16>,
    /// The example of the document that it starts from.
    pub example: Option<String>,
    /// Values that are computed, by JSON pointer.
    pub set: IndexMap<String, Expression>,
    /// Arrays with an item for each of the request's, or of what the fake knows.
    pub each: Vec<Each>,
    /// What the fake knows after it, by list.
    pub learns: IndexMap<String, Expression>,
    /// Where it stands in the contract.
    pub place: Place,
}

/// An array of an answer that has an item for each item of the request.
#[derive(Clone, Debug)]
pub struct Each {
    /// The array's JSON pointer.
    pub at: String,
    /// The request's items.
    pub over: Expression,
    /// The answer's item.
    pub item: Expression,
}
