//! A refusal where it occurs: at one operation where the contract limits it to some, else wherever it does.

use crate::contract::Contract;
use crate::contract::conduct::{Cause, Refusal};
use crate::contract::operation::{Operation, PromisedResponse, is_json};
use crate::drift::Drift;
use crate::exchange::Response;
use crate::name::{OperationId, RefusalName};
use std::fmt;

/// A refusal where it occurs.
#[derive(Clone, Copy, Debug)]
pub struct Occurrence<'a> {
    /// The contract that promises it.
    pub contract: &'a Contract,
    /// The refusal.
    pub refusal: &'a Refusal,
    /// The operation, where the contract limits the refusal to some.
    pub operation: Option<&'a Operation>,
}

/// What the body of a refusal is by contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// JSON, with these keys.
    Json(Vec<String>),
    /// A page or another text.
    Text,
    /// Nothing.
    None,
}

/// Every occurrence of every refusal, those that only a scenario forces among them.
pub fn occurrences(contract: &Contract) -> Vec<Occurrence<'_>> {
    let mut found = Vec::new();
    for refusal in &contract.refusals {
        match &refusal.operations {
            None => found.push(Occurrence { contract, refusal, operation: None }),
            Some(ids) => {
                let operations = ids.iter().filter_map(|id| contract.operations.get(id));
                found.extend(operations.map(|operation| Occurrence { contract, refusal, operation: Some(operation) }));
            }
        }
    }
    found
}

/// The drift of a provider that changes every refusal of a credential in the same way: a diagnosis tries it.
pub fn of_all_credentials(
    contract: &Contract,
    does: &str,
    change: impl Fn(&mut Response) + Send + Sync + 'static,
) -> Drift {
    let is_of_credentials = |refusal: &&Refusal| refusal.on.iter().any(|cause| Cause::OF_CREDENTIALS.contains(cause));
    let of_credentials = contract.refusals.iter().filter(is_of_credentials);
    let names: Vec<RefusalName> = of_credentials.map(|refusal| refusal.name.clone()).collect();
    let ids: Vec<&OperationId> = contract.operations.keys().collect();
    Drift::new("every refusal of a credential", &ids)
        .provider(does)
        .contract("promises refusals as such")
        .variation(true)
        .answers(move |occasion, response| {
            if occasion.refusal.is_some_and(|name| names.contains(name)) {
                change(response);
            }
        })
}

impl Occurrence<'_> {
    /// A drift of it; `detail` tells it from others of its kind.
    pub fn drift(&self, detail: &str) -> Drift {
        let at = self.operation.map_or(String::new(), |operation| format!(" at {}", operation.id));
        let detail = if detail.is_empty() { String::new() } else { format!(" {detail}") };
        let operations: Vec<&OperationId> = match self.operation {
            Some(operation) => vec![&operation.id],
            None => self.contract.operations.keys().collect(),
        };
        Drift::new(format!("{}{at}{detail}", self.refusal.name), &operations)
    }

    /// The drift of a provider that changes this refusal and no other answer.
    pub fn answers(&self, drift: Drift, change: impl Fn(&mut Response) + Send + Sync + 'static) -> Drift {
        let name = self.refusal.name.clone();
        let operation = self.operation.map(|operation| operation.id.clone());
        drift.answers(move |occasion, response| {
            let is_here = operation.as_ref().is_none_or(|id| occasion.operation == Some(id));
            if is_here && occasion.refusal == Some(&name) {
                change(response);
            }
        })
    }

    /// What its body is by contract.
    pub fn body(&self) -> Body {
        if self.refusal.fastapi {
            return Body::Json(vec!["detail".to_owned()]);
        }
        match self.contract.refusal_example(self.refusal, self.operation) {
            Some((_, Some((media_type, _, example)))) if is_json(media_type) => {
                let keys = example.as_object().map(|example| example.keys().cloned().collect());
                Body::Json(keys.unwrap_or_default())
            }
            Some((_, Some(_))) => Body::Text,
            _ => Body::None,
        }
    }

    /// The response of the document that it is.
    pub fn promised(&self) -> Option<&PromisedResponse> {
        self.contract.refusal_example(self.refusal, self.operation).map(|(promised, _)| promised)
    }
}

/// `"keyRequired"`, or `"modelNotFound" at predict`.
impl fmt::Display for Occurrence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.refusal.name.as_str())?;
        self.operation.map_or(Ok(()), |operation| write!(f, " at {}", operation.id))
    }
}
