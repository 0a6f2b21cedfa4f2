//! What may be left out is asked for.

use crate::contract::Contract;
use crate::drift::fields::all_taken;
use crate::drift::{Drift, Kind, alter};
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-field-required",
    meaning: "A field or a parameter that may be left out is asked for.",
    example: "the provider asks for body /request_id; the contract lets it be left out",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let optional = all_taken(contract).into_iter().filter(|(_, field)| !field.required);
    let drifts = optional.filter_map(|(operation, field)| {
        let is_whole = field.pointer() == Some("");
        if field.property().is_none() && !field.is_free_parameter() && !is_whole {
            return None;
        }
        let id = operation.id.clone();
        let drift = Drift::new(format!("{id} {}", field.place), &[&operation.id])
            .provider(format!("asks for {}", if is_whole { "a body".to_owned() } else { field.place.to_string() }))
            .contract("lets it be left out")
            .asks(field.set_to(field.sample(contract)));
        Some(drift.keeps(move |contract| {
            if is_whole {
                return alter::operation(contract, &id, |operation| {
                    operation.body.iter_mut().for_each(|body| body.required = true);
                });
            }
            match field.property() {
                Some(name) => field.with_owner(contract, &id, |owner| {
                    if let Value::Array(required) = owner.entry("required").or_insert_with(|| json!([])) {
                        required.push(json!(name));
                    }
                }),
                None => alter::parameter(contract, &id, &field.place, |parameter| parameter.required = true),
            }
        }))
    });
    drifts.collect()
}
