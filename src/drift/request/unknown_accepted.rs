//! Fields that nobody knows are let through.

use crate::contract::Contract;
use crate::drift::fields::all_taken;
use crate::drift::{Drift, Kind};
use serde_json::json;

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-unknown-accepted",
    meaning: "The provider lets fields through that it does not know, in an object that allows none.",
    example: "the provider lets unknown fields through in body; the contract refuses them",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, field) in all_taken(contract) {
        for keyword in ["additionalProperties", "unevaluatedProperties"] {
            if field.pointer().is_none() || field.keyword(keyword) != Some(&json!(false)) {
                continue;
            }
            let (id, field) = (operation.id.clone(), field.clone());
            let drift = Drift::new(format!("{id} {}", field.place), &[&operation.id])
                .provider(format!("lets unknown fields through in {}", field.place))
                .client(format!("sends unknown fields in {}", field.place))
                .contract("refuses them");
            drifts.push(drift.keeps(move |contract| {
                field.with_schema(contract, &id, |schema| {
                    schema.shift_remove(keyword);
                })
            }));
        }
    }
    drifts
}
