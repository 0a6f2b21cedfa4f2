//! The body of an answer is in an envelope.

use super::promises::promises;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use serde_json::json;

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-wrapped",
    meaning: "The provider puts the body of its answer into an envelope.",
    example: "the provider sends the body of predict in an envelope, at /data; the contract has no envelope",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let with_body = promises(contract).into_iter().filter(|(.., content)| content.is_some());
    let drifts = with_body.map(|(promise, ..)| {
        let drift = promise
            .drift("")
            .provider(format!("sends the body of {} in an envelope, at /data", promise.operation))
            .contract("has no envelope");
        promise.with_body(drift, |body| *body = json!({ "data": body.take() }))
    });
    drifts.collect()
}
