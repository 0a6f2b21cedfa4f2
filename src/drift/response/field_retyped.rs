//! A field of an answer is of another JSON type.

use super::promises::{Part, parts};
use crate::contract::Contract;
use crate::drift::fields::in_words;
use crate::drift::{Drift, Kind};
use serde_json::{Map, Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-field-retyped",
    meaning: "The provider sends a field, an item or the whole body as another JSON type.",
    example: "the provider sends body /dim as a text; the contract has it as an integer",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for part in parts(contract).into_iter().filter(Part::has_value) {
        let [own] = part.types()[..] else { continue };
        let own = own.to_owned();
        for (number, other) in other_types(&part, &own).iter().copied().enumerate() {
            let drift = part
                .promise
                .drift(&format!("{} to {other}", part.place()))
                .provider(format!("sends {} as {}", part.place(), in_words(other)))
                .contract(format!("has it as {}", in_words(&own)))
                .variation(number > 0);
            drifts.push(part.changed(drift, move |value| *value = retyped(value.take(), other)));
        }
    }
    drifts
}

fn other_types(part: &Part, own: &str) -> &'static [&'static str] {
    let is_figure = |value: &Value| value.as_str().is_some_and(|text| text.parse::<i64>().is_ok());
    match own {
        "string" if part.examples.iter().any(is_figure) => &["integer", "array"],
        "string" => &["array", "integer"],
        "integer" | "number" | "boolean" => &["string"],
        "array" => &["object"],
        "object" => &["array"],
        _ => &[],
    }
}

fn retyped(value: Value, kind: &str) -> Value {
    match (kind, value) {
        ("string", value @ (Value::Number(_) | Value::Bool(_))) => json!(value.to_string()),
        ("integer", Value::String(text)) => json!(text.parse::<i64>().unwrap_or_default()),
        ("array", Value::Object(object)) => Value::Array(object.into_iter().map(|(_, value)| value).collect()),
        ("array", value @ Value::String(_)) => json!([value]),
        ("object", Value::Array(items)) => {
            let keyed = items.into_iter().enumerate().map(|(index, item)| (index.to_string(), item));
            Value::Object(keyed.collect::<Map<_, _>>())
        }
        (_, value) => value,
    }
}
