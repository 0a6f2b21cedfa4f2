//! A success has another status.

use super::promises::promises;
use crate::contract::Contract;
use crate::contract::operation::{Operation, StatusPattern};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-status-changed",
    meaning: "The provider answers a success with another status of success.",
    example: "the provider answers predict with 201; the contract promises 200",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (promise, operation, content) in promises(contract) {
        let others = [200, 201, 202].into_iter().filter(|status| !promises_status(operation, *status)).take(1);
        let empty = content.is_some() && !promises_status(operation, 204);
        for (number, other) in others.chain(empty.then_some(204)).enumerate() {
            let with = if other == 204 { " and no body" } else { "" };
            let drift = promise
                .drift(&other.to_string())
                .provider(format!("answers {} with {other}{with}", promise.operation))
                .contract(format!("promises {}", promise.status))
                .variation(number > 0);
            drifts.push(promise.answered(drift, move |_, response| {
                response.status = other;
                if other == 204 {
                    response.headers.remove("content-type");
                    response.body.clear();
                }
            }));
        }
    }
    drifts
}

fn promises_status(operation: &Operation, status: u16) -> bool {
    operation.responses.iter().any(|response| match response.status {
        StatusPattern::Default => false,
        pattern => pattern.covers(status),
    })
}
