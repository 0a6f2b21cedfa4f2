//! Values made from a schema, where the document gives no example.

use super::library::Pointer;
use super::schema::{Schemas, declared_properties, visit_branches};
use serde_json::{Map, Value, json};

/// A value that keeps the schema at `pointer`, for the keywords that contracts commonly use.
pub fn value(schemas: &Schemas, pointer: &Pointer) -> Value {
    sample(schemas, pointer, 0)
}

/// The properties whose schema says `format: binary` or has a `contentMediaType`: files of a multipart body.
pub fn binary_properties(schemas: &Schemas, pointer: &Pointer) -> Vec<String> {
    let is_binary = |pointer: &Pointer| {
        schemas.at(pointer).is_some_and(|(_, schema)| {
            schema.get("format") == Some(&json!("binary")) || schema.get("contentMediaType").is_some()
        })
    };
    declared_properties(schemas, pointer)
        .into_iter()
        .filter(|(_, pointer)| is_binary(pointer))
        .map(|(name, _)| name)
        .collect()
}

/// From this depth on only what has to be there is made, so that a schema that holds itself comes to an end.
const DEEP: usize = 4;
/// No value is deeper: a schema that has to hold itself has none.
const DEEPEST: usize = 12;

fn sample(schemas: &Schemas, pointer: &Pointer, depth: usize) -> Value {
    let Some((here, schema)) = schemas.at(pointer).filter(|_| depth <= DEEPEST) else { return Value::Null };
    if let Some(value) = stated(schema) {
        return value;
    }
    if let Some(branches) = ["oneOf", "anyOf"].into_iter().find(|key| schema.get(*key).is_some()) {
        let forms = schema.get(branches).and_then(Value::as_array).into_iter().flatten();
        if depth >= DEEP && forms.into_iter().any(|form| form.get("type") == Some(&json!("null"))) {
            return Value::Null;
        }
        return sample(schemas, &here.join(branches).join("0"), depth + 1);
    }
    if schema.get("allOf").is_some() || schema.get("properties").is_some() || kind(schema) == "object" {
        return object(schemas, &here, depth);
    }
    match kind(schema) {
        "array" => {
            let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0).max(u64::from(depth < DEEP));
            if least == 0 {
                return json!([]);
            }
            let item = sample(schemas, &here.join("items"), depth + 1);
            (0..least).map(|_| item.clone()).collect()
        }
        "integer" => {
            let least = |key: &str| schema.get(key).and_then(Value::as_i64);
            json!(least("minimum").or_else(|| least("exclusiveMinimum").map(|limit| limit + 1)).unwrap_or(1))
        }
        "number" => json!(
            limit(schema, "minimum").or_else(|| limit(schema, "exclusiveMinimum").map(|n| n + 0.5)).unwrap_or(0.5)
        ),
        "boolean" => json!(true),
        "null" => Value::Null,
        _ => json!(string(schema)),
    }
}

fn object(schemas: &Schemas, here: &Pointer, depth: usize) -> Value {
    let mut required: Vec<String> = Vec::new();
    visit_branches(schemas, here, 0, &mut |_, schema| {
        let names = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(names.filter_map(Value::as_str).map(str::to_owned));
    });
    let properties = declared_properties(schemas, here);
    let wanted = properties.into_iter().filter(|(name, _)| required.contains(name) || depth < DEEP);
    let object: Map<String, Value> =
        wanted.map(|(name, pointer)| (name, sample(schemas, &pointer, depth + 1))).collect();
    Value::Object(object)
}

fn stated(schema: &Value) -> Option<Value> {
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|values| values.first()).cloned();
    let single = |key: &str| schema.get(key).cloned();
    single("const")
        .or_else(|| single("example"))
        .or_else(|| first("examples"))
        .or_else(|| single("default"))
        .or_else(|| first("enum"))
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null")
        }
        _ => "string",
    }
}

fn limit(schema: &Value, key: &str) -> Option<f64> {
    schema.get(key).and_then(Value::as_f64)
}

fn string(schema: &Value) -> String {
    let text = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2026-01-01T00:00:00Z",
        Some("date") => "2026-01-01",
        Some("uuid") => "7d444840-9dc0-11d1-b245-5ffdce74fad2",
        Some("uri") => "https://example.com/",
        Some("email") => "a@example.com",
        _ => "example",
    };
    let least = schema.get("minLength").and_then(Value::as_u64).unwrap_or(0);
    let most = schema.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
    let text: String = text.chars().cycle().take(usize::try_from(least).unwrap_or(0).max(text.len())).collect();
    text.chars().take(usize::try_from(most).unwrap_or(usize::MAX)).collect()
}
