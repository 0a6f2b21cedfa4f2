//! The operation is served under another prefix.

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::drift::alter::{call, with_path};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "route-prefixed",
    meaning: "The operation is served under another prefix.",
    example: "the provider serves predict at POST /api/models/{model_id}/predict; the contract has it at POST /models/{model_id}/predict",
    drifts,
};

/// The prefixes that are in use, commonest first.
const PREFIXES: [&str; 5] = ["/api", "/v1", "/api/v1", "/v2", "/rest"];

/// How many of them are tried by more than a diagnosis.
const COMMON: usize = 2;

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        let own = operation.template.as_str();
        let longer = PREFIXES.iter().enumerate().map(|(index, prefix)| (format!("{prefix}{own}"), index >= COMMON));
        let shorter = without_first_segment(operation).map(|path| (path, true));
        for (path, is_variation) in longer.chain(shorter) {
            let there = format!("{} {path}", operation.method);
            let drift = Drift::new(format!("{} to {path}", operation.id), &[&operation.id])
                .provider(format!("serves {} at {there}", operation.id))
                .client(format!("calls {there}"))
                .contract(format!("has it at {}", call(operation)))
                .variation(is_variation);
            let id = operation.id.clone();
            drifts.push(drift.keeps(move |contract| with_path(contract, &id, &path)));
        }
    }
    drifts
}

/// The path without its first segment, where that is a literal and something is left.
fn without_first_segment(operation: &Operation) -> Option<String> {
    let (first, rest) = operation.template.as_str().strip_prefix('/')?.split_once('/')?;
    (!first.contains('{') && !rest.is_empty()).then(|| format!("/{rest}"))
}
