//! The operation has another method.

use crate::contract::Contract;
use crate::drift::alter::{call, operation as altered};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "route-method-changed",
    meaning: "The operation is served under another method; `Allow` of the 405 tells which.",
    example: "the provider serves predict at PUT /models/{model_id}/predict; the contract has it at POST /models/{model_id}/predict",
    drifts,
};

/// The methods, those that change the same things side by side.
const METHODS: [&str; 5] = ["PUT", "POST", "PATCH", "GET", "DELETE"];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        let is_taken = |method: &str| {
            let same_path = contract.operations.values().filter(|other| other.template == operation.template);
            same_path.into_iter().any(|other| other.method == method)
        };
        for (number, method) in METHODS.into_iter().filter(|method| !is_taken(method)).enumerate() {
            let there = format!("{method} {}", operation.template.as_str());
            let drift = Drift::new(format!("{} to {method}", operation.id), &[&operation.id])
                .provider(format!("serves {} at {there}", operation.id))
                .client(format!("calls {there}"))
                .contract(format!("has it at {}", call(operation)))
                .variation(number > 0);
            let id = operation.id.clone();
            drifts.push(
                drift.keeps(move |contract| {
                    altered(contract, &id, |operation| method.clone_into(&mut operation.method))
                }),
            );
        }
    }
    drifts
}
