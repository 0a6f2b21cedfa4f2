//! The path has a slash at its end, or no longer has one.

use crate::contract::Contract;
use crate::drift::alter::{call, with_path};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "route-trailing-slash",
    meaning: "The operation is served only with a slash at the end of its path, or only without the contract's.",
    example: "the provider serves validateKey at POST /keys/validate/ only; the contract has it at POST /keys/validate",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        let path = other_end(operation.template.as_str());
        let there = format!("{} {path}", operation.method);
        let drift = Drift::new(operation.id.to_string(), &[&operation.id])
            .provider(format!("serves {} at {there} only", operation.id))
            .client(format!("calls {there}"))
            .contract(format!("has it at {}", call(operation)));
        let id = operation.id.clone();
        drifts.push(drift.keeps(move |contract| with_path(contract, &id, &path)));
    }
    drifts
}

/// A path with a slash at its end where it has none, and without where it has one.
pub fn other_end(path: &str) -> String {
    path.strip_suffix('/').filter(|rest| !rest.is_empty()).map_or_else(|| format!("{path}/"), str::to_owned)
}
