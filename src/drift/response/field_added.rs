//! An object of an answer has a field more.

use super::promises::{Part, parts};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use serde_json::{Value, json};

/// The name of the field.
const NAME: &str = "unheard_of";

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-field-added",
    meaning: "The provider adds a field to an object of its answer.",
    example: "the provider adds a field `unheard_of` to body /timings; the contract has none of that name",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let objects = parts(contract).into_iter().filter(Part::is_object);
    let drifts = objects.map(|part| {
        let drift = part
            .drift()
            .provider(format!("adds a field `{NAME}` to {}", part.place()))
            .contract("has none of that name");
        part.changed(drift, |value| {
            if let Value::Object(object) = value {
                object.insert(NAME.to_owned(), json!("more"));
            }
        })
    });
    drifts.collect()
}
