//! An answer is of another media type.

use super::promises::promises;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-media-type",
    meaning: "The provider labels its JSON as something else.",
    example: "the provider sends the answer of predict as text/plain; the contract promises JSON",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (promise, _, content) in promises(contract) {
        if content.is_none() {
            continue;
        }
        for (number, other) in ["text/plain", "application/octet-stream"].into_iter().enumerate() {
            let drift = promise
                .drift(other)
                .provider(format!("sends the answer of {} as {other}", promise.operation))
                .contract("promises JSON")
                .variation(number > 0);
            drifts.push(promise.answered(drift, move |_, response| response.headers.set("content-type", other)));
        }
    }
    drifts
}
