//! A field of an answer is null.

use super::promises::parts;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use serde_json::Value;

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-field-nulled",
    meaning: "The provider sends null where its answer holds a value.",
    example: "the provider sends body /timings/total_ms as null; the contract promises a value",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let valued = parts(contract).into_iter().filter(|part| !part.at.is_empty() && part.has_value());
    let drifts = valued.map(|part| {
        let says = if part.takes_null { "shows a value in an example" } else { "promises a value" };
        let drift = part.drift().provider(format!("sends {} as null", part.place())).contract(says);
        part.changed(drift, |value| *value = Value::Null)
    });
    drifts.collect()
}
