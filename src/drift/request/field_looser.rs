//! A limit of a field or a parameter is not held.

use crate::contract::Contract;
use crate::drift::fields::{Field, all_taken};
use crate::drift::{Drift, Kind};
use crate::exchange::Location;
use serde_json::Value;

/// The kind.
pub const KIND: Kind = Kind {
    code: "request-field-looser",
    meaning: "The provider takes values of a field or a parameter that the contract refuses.",
    example: "the provider has no `maxLength` for body /text; the contract has maxLength: 10000",
    drifts,
};

/// The keywords that limit a value within its type.
const LIMITS: [&str; 14] = [
    "enum",
    "const",
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
];

/// The formats of texts that a judge knows.
const FORMATS: [&str; 12] = [
    "date-time",
    "date",
    "time",
    "duration",
    "email",
    "uuid",
    "uri",
    "uri-reference",
    "hostname",
    "ipv4",
    "ipv6",
    "regex",
];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, field) in all_taken(contract) {
        for keyword in LIMITS {
            let Some(operand) = field.keyword(keyword).filter(|operand| limits(&field, keyword, operand)) else {
                continue;
            };
            let drift = Drift::new(format!("{} {} {keyword}", operation.id, field.place), &[&operation.id])
                .provider(format!("has no `{keyword}` for {}", field.place))
                .contract(format!("has {keyword}: {}", shown(operand)));
            let (id, field) = (operation.id.clone(), field.clone());
            drifts.push(drift.keeps(move |contract| {
                field.with_schema(contract, &id, |schema| {
                    // Without its only value it keeps its type.
                    if let (None, [kind]) = (schema.get("type"), &kinds(&field)[..]) {
                        schema.insert("type".to_owned(), Value::from(kind.as_str()));
                    }
                    schema.shift_remove(keyword);
                })
            }));
        }
    }
    drifts
}

fn kinds(field: &Field) -> Vec<String> {
    field.types().into_iter().map(str::to_owned).collect()
}

/// Whether a value of the right type can break the limit, and reach the provider at all.
fn limits(field: &Field, keyword: &str, operand: &Value) -> bool {
    let is_of = |kinds: &[&str]| field.types().iter().any(|kind| kinds.contains(kind));
    match keyword {
        "format" => is_of(&["string"]) && operand.as_str().is_some_and(|format| FORMATS.contains(&format)),
        "pattern" | "maxLength" => is_of(&["string"]),
        "minLength" => {
            let least = operand.as_u64().unwrap_or(0);
            // An empty path parameter reaches no operation.
            let is_in_path = matches!(field.place, Location::PathParameter(_));
            is_of(&["string"]) && least > u64::from(is_in_path)
        }
        "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" | "multipleOf" => is_of(&["integer", "number"]),
        "minItems" => is_of(&["array"]) && operand.as_u64().unwrap_or(0) > 0,
        "maxItems" => is_of(&["array"]),
        "uniqueItems" => is_of(&["array"]) && *operand == Value::Bool(true),
        "enum" => {
            let values = operand.as_array().map_or(0, |values| values.iter().filter(|value| !value.is_null()).count());
            !(field.types() == ["boolean"] && values > 1)
        }
        _ => true,
    }
}

fn shown(operand: &Value) -> String {
    match operand {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
