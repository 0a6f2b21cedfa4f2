//! An object became a text.

use super::wrapped::reshaped;
use crate::contract::Contract;
use crate::contract::scheme::PlacedPart;
use crate::drift::alter::placements;
use crate::drift::{Drift, Kind};
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-flattened",
    meaning: "The credential is a text where the contract has an object.",
    example: "the provider wants a text in body /auth; the contract places an object of ts, sig there",
    drifts,
};

/// How an object's values may be strung together.
const FORMS: [&str; 3] = ["{{ timestamp }}.{{ signature }}", "{{ signature }}", "{{ timestamp }}:{{ signature }}"];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential, placed) in placements(contract) {
        for (index, part) in placed.places.iter().enumerate() {
            let PlacedPart::Body { at, value: Value::Object(object) } = part else { continue };
            // A signature of a time that nobody is told cannot be verified.
            let has_time = object.values().any(|value| value.as_str().is_some_and(|text| text.contains("timestamp")));
            let forms = FORMS.iter().filter(|form| form.contains("timestamp") == has_time);
            for (number, form) in forms.enumerate() {
                let keys: Vec<&str> = object.keys().map(String::as_str).collect();
                let drift =
                    Drift::new(format!("{} {} {at} as {form}", operation.id, credential.name), &[&operation.id])
                        .provider(format!("wants a text in body {at}"))
                        .client(format!("sends a text in body {at}"))
                        .contract(format!("places an object of {} there", keys.join(", ")))
                        .variation(number > 0);
                let (operation, credential) = (operation.clone(), credential.clone());
                drifts.push(drift.keeps(move |contract| {
                    reshaped(contract, &operation, &credential, index, &json!(form), &json!({ "type": "string" }))
                }));
            }
        }
    }
    drifts
}
