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
    drifts.extend(of_server(contract));
    drifts
}

/// Everything under another path than the document's server has.
fn of_server(contract: &Contract) -> Vec<Drift> {
    let own = contract.server.path(&indexmap::IndexMap::new()).unwrap_or_default();
    let ids: Vec<_> = contract.operations.keys().collect();
    let others =
        ["", "/v1", "/v2", "/api", "/api/v1", "/api/v2"].into_iter().filter(|other| *other != own && !own.is_empty());
    let drift = |other: &'static str| {
        let there = if other.is_empty() { "at the root".to_owned() } else { format!("below {other}") };
        Drift::new(format!("server to {other:?}"), &ids)
            .provider(format!("serves everything {there}"))
            .client(format!("calls everything {there}"))
            .contract(format!("has it below {own}"))
            .variation(true)
            .keeps(move |contract| {
                let mut changed = contract.clone();
                changed.served_under = Some(other.to_owned());
                Some(changed)
            })
    };
    others.map(drift).collect()
}

/// The path without its first segment, where that is a literal and something is left.
fn without_first_segment(operation: &Operation) -> Option<String> {
    let (first, rest) = operation.template.as_str().strip_prefix('/')?.split_once('/')?;
    (!first.contains('{') && !rest.is_empty()).then(|| format!("/{rest}"))
}
