//! Fields that nobody knows are refused.

use crate::contract::Contract;
use crate::drift::fields::{Field, all_taken};
use crate::drift::{Drift, Kind};
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-unknown-refused",
    meaning: "The provider refuses fields that it does not know, in an object that lets them through.",
    example: "the provider refuses unknown fields in body /options; the contract lets them through",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let open = all_taken(contract).into_iter().filter(|(_, field)| lets_unknown_through(field));
    let drifts = open.map(|(operation, field)| {
        let id = operation.id.clone();
        Drift::new(format!("{id} {}", field.place), &[&operation.id])
            .provider(format!("refuses unknown fields in {}", field.place))
            .contract("lets them through")
            .keeps(move |contract| {
                field.with_schema(contract, &id, |schema| {
                    schema.insert("additionalProperties".to_owned(), json!(false));
                })
            })
    });
    drifts.collect()
}

/// Whether it is an object with fields of its own, all declared in one place, and takes any other beside them.
fn lets_unknown_through(field: &Field) -> bool {
    let has = |keyword: &str| field.keyword(keyword).is_some();
    let properties = field.keyword("properties").and_then(Value::as_object);
    let is_elsewhere = ["allOf", "anyOf", "oneOf", "patternProperties", "unevaluatedProperties"].into_iter().any(has);
    let others = field.keyword("additionalProperties");
    field.pointer().is_some()
        && properties.is_some_and(|properties| !properties.is_empty())
        && !is_elsewhere
        && others.is_none_or(|others| *others == json!(true))
}
