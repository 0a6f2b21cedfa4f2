//! The answer comes later than anybody waits.

use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use std::time::Duration;

/// The kind.
pub const KIND: Kind = Kind {
    code: "time-slow",
    meaning: "The answer takes longer than the consumer waits.",
    example: "the provider does not answer embedText in time; the contract promises an answer",
    drifts,
};

/// Longer than any consumer waits.
const NEVER: Duration = Duration::from_mins(10);

fn drifts(contract: &Contract) -> Vec<Drift> {
    let operations = contract.operations.values();
    operations
        .map(|operation| {
            Drift::new(operation.id.to_string(), &[&operation.id])
                .provider(format!("does not answer {} in time", operation.id))
                .contract("promises an answer")
                .takes(NEVER)
        })
        .collect()
}
