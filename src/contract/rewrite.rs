//! Schema Objects of OpenAPI rewritten to JSON Schema: those of 3.0 (3.0.3, section 4.7.24), and discriminators.

use super::structure::schema_positions;
use serde_json::{Map, Value, json};

/// Rewrites Schema Objects of a 3.0 document in place, in schema position only.
///
/// A file that is not the root is taken as a collection of schemas: everything in it that looks like one is rewritten.
pub fn rewrite_30(document: &mut Value, is_root: bool) {
    if is_root {
        for pointer in schema_positions(document) {
            if let Some(schema) = document.pointer_mut(&pointer) {
                rewrite_schema(schema);
            }
        }
    } else {
        rewrite_anything(document);
    }
}

fn rewrite_anything(value: &mut Value) {
    if ["type", "properties", "allOf", "anyOf", "oneOf", "enum", "$ref", "nullable"]
        .iter()
        .any(|key| value.get(key).is_some())
    {
        rewrite_schema(value);
    } else if let Value::Object(object) = value {
        object.values_mut().for_each(rewrite_anything);
    }
}

fn rewrite_schema(schema: &mut Value) {
    let Value::Object(object) = schema else { return };
    if let Some(reference) = object.get("$ref").cloned() {
        // Siblings of `$ref` are ignored in 3.0 (section 4.7.23).
        *object = Map::from_iter([("$ref".to_owned(), reference)]);
        return;
    }
    rewrite_exclusive(object);
    rewrite_integer_format(object);
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(rewrite_schema);
    }
    for key in ["items", "not", "additionalProperties"] {
        if let Some(inner) = object.get_mut(key) {
            rewrite_schema(inner);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(branches)) = object.get_mut(key) {
            branches.iter_mut().for_each(rewrite_schema);
        }
    }
    rewrite_nullable(object);
}

fn rewrite_exclusive(object: &mut Map<String, Value>) {
    for (exclusive, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match object.get(exclusive) {
            Some(Value::Bool(true)) => match object.shift_remove(limit) {
                Some(value) => drop(object.insert(exclusive.to_owned(), value)),
                None => drop(object.shift_remove(exclusive)),
            },
            Some(Value::Bool(false)) => drop(object.shift_remove(exclusive)),
            _ => {}
        }
    }
}

fn rewrite_integer_format(object: &mut Map<String, Value>) {
    if object.get("type") == Some(&json!("integer")) && object.get("format") == Some(&json!("int32")) {
        object.entry("minimum").or_insert(json!(i32::MIN));
        object.entry("maximum").or_insert(json!(i32::MAX));
    }
}

fn rewrite_nullable(object: &mut Map<String, Value>) {
    if object.shift_remove("nullable") != Some(json!(true)) {
        return;
    }
    if let Some(Value::Array(values)) = object.get_mut("enum")
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    let combined = ["allOf", "oneOf", "anyOf"].iter().any(|key| object.contains_key(*key));
    match object.get("type").cloned() {
        Some(Value::String(name)) if !combined => drop(object.insert("type".to_owned(), json!([name, "null"]))),
        _ => {
            let inner = Value::Object(std::mem::take(object));
            object.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
        }
    }
}

/// Makes each `discriminator` a condition on the branches of its `oneOf` or `anyOf`, which JSON Schema does not know of.
///
/// A branch is then only right with the value that names it: that of `mapping`, else the last part of its `$ref`
/// (OpenAPI 3.1.1, section 4.8.25).
pub fn rewrite_discriminators(value: &mut Value) {
    const DATA: [&str; 6] = ["example", "examples", "value", "const", "enum", "default"];
    match value {
        Value::Object(object) => {
            if let Some(discriminator) = object.get("discriminator").filter(|value| value.is_object()).cloned() {
                for key in ["oneOf", "anyOf"] {
                    let branches = object.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten();
                    branches.for_each(|branch| name_branch(branch, &discriminator));
                }
            }
            let schemas = object.iter_mut().filter(|(key, _)| !DATA.contains(&key.as_str()));
            schemas.for_each(|(_, inner)| rewrite_discriminators(inner));
        }
        Value::Array(items) => items.iter_mut().for_each(rewrite_discriminators),
        _ => {}
    }
}

fn name_branch(branch: &mut Value, discriminator: &Value) {
    let property = discriminator.get("propertyName").and_then(Value::as_str);
    let reference = branch.get("$ref").and_then(Value::as_str);
    let (Some(property), Some(reference)) = (property, reference) else { return };
    let last = reference.rsplit('/').next().unwrap_or(reference);
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let names_it = |target: &Value| target.as_str().is_some_and(|target| target == reference || target == last);
    let mapped: Vec<&String> =
        mapping.into_iter().flatten().filter(|(_, target)| names_it(target)).map(|(name, _)| name).collect();
    let names = if mapped.is_empty() { json!([last]) } else { json!(mapped) };
    let condition = json!({ "required": [property], "properties": { property: { "enum": names } } });
    *branch = json!({ "allOf": [{ "$ref": reference }, condition] });
}
