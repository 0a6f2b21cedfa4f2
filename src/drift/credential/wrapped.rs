//! The credential stands in an object of its own.

use super::places::body_fields;
use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::contract::scheme::{Credential, PlacedPart};
use crate::drift::alter::{self, placements};
use crate::drift::{Drift, Kind};
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-wrapped",
    meaning: "The credential stands one object deeper than the contract has it.",
    example: "the provider wants an object with the key `value` in body /auth; the contract places an object of ts, sig there",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential, placed) in placements(contract) {
        for (index, part) in placed.places.iter().enumerate() {
            let PlacedPart::Body { at, value } = part else { continue };
            let wrapped = json!({ "value": value });
            let there = match value {
                Value::Object(object) => {
                    format!("an object of {}", object.keys().cloned().collect::<Vec<_>>().join(", "))
                }
                _ => "a text".to_owned(),
            };
            let drift = Drift::new(format!("{} {} {at}", operation.id, credential.name), &[&operation.id])
                .provider(format!("wants an object with the key `value` in body {at}"))
                .client(format!("sends an object with the key `value` in body {at}"))
                .contract(format!("places {there} there"));
            let (operation, credential) = (operation.clone(), credential.clone());
            let schema = json!({ "type": "object", "required": ["value"] });
            drifts.push(
                drift.keeps(move |contract| reshaped(contract, &operation, &credential, index, &wrapped, &schema)),
            );
        }
    }
    drifts
}

/// The contract in which a part of a credential in the body has another value, of another schema.
pub fn reshaped(
    contract: &Contract,
    operation: &Operation,
    credential: &Credential,
    index: usize,
    value: &Value,
    schema: &Value,
) -> Option<Contract> {
    let id = &operation.id;
    let mut changed = alter::placed(contract, id, &credential.name, |placed| {
        if let Some(PlacedPart::Body { value: known, .. }) = placed.places.get_mut(index) {
            known.clone_from(value);
        }
    })?;
    for field in body_fields(operation, credential) {
        changed = alter::with_body_field(&changed, id, &field, schema)?;
    }
    Some(changed)
}
