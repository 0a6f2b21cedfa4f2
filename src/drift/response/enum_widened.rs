//! A field of an answer has a value that is not among those listed.

use super::promises::{Part, parts};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use serde_json::{Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-enum-widened",
    meaning: "The provider sends a value of the right type that is not among those that the contract lists.",
    example: "the provider sends body /dim as 513; the contract promises 512",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let drifts = parts(contract).into_iter().filter_map(|part| {
        let listed = listed(&part)?;
        let other = other(&listed)?;
        let shown: Vec<String> = listed.iter().map(Value::to_string).collect();
        let drift = part
            .drift()
            .provider(format!("sends {} as {other}", part.place()))
            .contract(format!("promises {}", shown.join(" or ")));
        Some(part.replaced(drift, other))
    });
    drifts.collect()
}

fn listed(part: &Part) -> Option<Vec<Value>> {
    let constant = part.schema.get("const").map(|value| vec![value.clone()]);
    constant.or_else(|| part.schema.get("enum").and_then(Value::as_array).cloned())
}

/// A value of the same type that is not listed; `None` where there is none.
fn other(listed: &[Value]) -> Option<Value> {
    let first = listed.iter().find(|value| !value.is_null());
    let other = match first {
        Some(Value::String(text)) if text.chars().any(char::is_lowercase) => json!("other"),
        Some(Value::String(_)) | None => json!("OTHER"),
        Some(Value::Bool(value)) => json!(!value),
        Some(Value::Number(_)) => {
            let most = listed.iter().filter_map(Value::as_f64).fold(f64::MIN, f64::max);
            let whole = listed.iter().filter_map(Value::as_i64).max();
            whole.map_or_else(|| json!(most + 1.0), |most| json!(most + 1))
        }
        Some(_) => return None,
    };
    (!listed.contains(&other)).then_some(other)
}
