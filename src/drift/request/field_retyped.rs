//! A field or a parameter is wanted as another JSON type.

use crate::contract::Contract;
use crate::drift::fields::{Field, all_taken, in_words};
use crate::drift::{Drift, Kind};
use crate::request::Edit;
use serde_json::json;

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-field-retyped",
    meaning: "The provider wants a field, an item or a parameter as another JSON type.",
    example: "the provider wants body /timestamp as a text; the contract has it as an integer",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, field) in all_taken(contract) {
        let [own] = field.types()[..] else { continue };
        for (number, other) in other_types(&field, own).iter().copied().enumerate() {
            let drift = Drift::new(format!("{} {} to {other}", operation.id, field.place), &[&operation.id])
                .provider(format!("wants {} as {}", field.place, in_words(other)))
                .client(format!("sends {} as {}", field.place, in_words(other)))
                .contract(format!("has it as {}", in_words(own)))
                .asks(field.pointer().map(|at| Edit::RetypeField(at.to_owned(), other.to_owned())))
                .variation(number > 0);
            let (id, field) = (operation.id.clone(), field.clone());
            drifts.push(drift.keeps(move |contract| {
                let kinds = if field.takes_null { json!([other, "null"]) } else { json!(other) };
                field.with_schema(contract, &id, |schema| {
                    schema.clear();
                    schema.insert("type".to_owned(), kinds.clone());
                })
            }));
        }
    }
    drifts
}

fn other_types(field: &Field, own: &str) -> &'static [&'static str] {
    if field.pointer().is_none() {
        // Parameters are texts on the wire: any value can be read as one.
        return match own {
            "string" | "boolean" => &["integer"],
            "integer" | "number" => &["boolean"],
            _ => &[],
        };
    }
    match own {
        "string" => &["integer", "array", "object"],
        "integer" | "number" => &["string", "boolean"],
        "boolean" => &["string", "integer"],
        "array" => &["object", "string"],
        "object" => &["string", "array"],
        _ => &[],
    }
}
