//! A schema as the rows of a table: one for each property, those of objects within below it.

use crate::contract::library::Pointer;
use crate::contract::schema::{Schema, Schemas, visit_branches};
use serde::Serialize;
use serde_json::Value;

/// Deeper properties are left out.
const DEEPEST: usize = 7;

/// A property.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its path from the top: `items[].auth.ts`; empty for the value itself.
    pub path: String,
    /// How deep it lies.
    pub depth: usize,
    /// Its type in the words of JSON Schema: `array of string`, `number or null`.
    pub kind: String,
    /// Whether it must be there.
    pub required: bool,
    /// What else the schema wants: `at most 16 items`.
    pub rules: Vec<String>,
    /// The document's description, in CommonMark.
    pub description: String,
}

/// The rows of a schema; the first is the value itself where it is no object.
pub fn rows(schemas: &Schemas, schema: &Schema) -> Vec<Row> {
    let mut rows = Vec::new();
    let Some((here, value)) = schemas.at(&schema.pointer) else { return rows };
    if !is_object(schemas, &here) {
        rows.push(row(schemas, &here, value, String::new(), 0, true));
    }
    below(schemas, &here, "", 0, &mut rows);
    rows
}

/// One line for a schema that stands alone, as a parameter's does.
pub fn line(schemas: &Schemas, schema: &Schema) -> Option<Row> {
    let (here, value) = schemas.at(&schema.pointer)?;
    Some(row(schemas, &here, value, String::new(), 0, true))
}

fn below(schemas: &Schemas, pointer: &Pointer, path: &str, depth: usize, rows: &mut Vec<Row>) {
    if depth >= DEEPEST {
        return;
    }
    let mut required: Vec<String> = Vec::new();
    let mut properties: Vec<(String, Pointer)> = Vec::new();
    let mut nested: Vec<(String, Pointer)> = Vec::new();
    visit_branches(schemas, pointer, 0, &mut |here, value| {
        let names = value.get("required").and_then(Value::as_array).into_iter().flatten();
        required.extend(names.filter_map(Value::as_str).map(str::to_owned));
        for name in value.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name) {
            if !properties.iter().any(|(known, _)| known == name) {
                properties.push((name.clone(), here.join("properties").join(name)));
            }
        }
        for (key, suffix) in [("items", "[]"), ("additionalProperties", "{…}")] {
            if value.get(key).is_some_and(Value::is_object) {
                nested.push((suffix.to_owned(), here.join(key)));
            }
        }
    });
    for (name, pointer) in properties {
        let Some((here, value)) = schemas.at(&pointer) else { continue };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let mut row = row(schemas, &here, value, path.clone(), depth, required.contains(&name));
        // Beside a `$ref` the reference's own description says what the property is for.
        if let Some(own) = schemas.beside_reference(&pointer, "description").and_then(Value::as_str) {
            own.clone_into(&mut row.description);
        }
        rows.push(row);
        below(schemas, &here, &path, depth + 1, rows);
    }
    for (suffix, pointer) in nested {
        if let Some((here, _)) = schemas.at(&pointer) {
            below(schemas, &here, &format!("{path}{suffix}"), depth, rows);
        }
    }
}

fn is_object(schemas: &Schemas, pointer: &Pointer) -> bool {
    let mut found = false;
    visit_branches(schemas, pointer, 0, &mut |_, value| {
        found |= value.get("properties").is_some() || value.get("type") == Some(&Value::from("object"));
    });
    found
}

fn row(schemas: &Schemas, here: &Pointer, value: &Value, path: String, depth: usize, required: bool) -> Row {
    let description = value.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
    Row { path, depth, kind: kind(schemas, here, 0), required, rules: rules(schemas, here, value), description }
}

/// The type in words, through `$ref`, `anyOf` and `oneOf`.
fn kind(schemas: &Schemas, pointer: &Pointer, depth: usize) -> String {
    let Some((here, value)) = schemas.at(pointer) else { return "any".to_owned() };
    if depth > DEEPEST {
        return "any".to_owned();
    }
    let branches =
        ["anyOf", "oneOf", "allOf"].into_iter().find_map(|key| Some((key, value.get(key)?.as_array()?.len())));
    match (value.get("type"), branches) {
        (Some(Value::String(name)), _) if name == "array" => match value.get("items") {
            Some(_) => format!("array of {}", kind(schemas, &here.join("items"), depth + 1)),
            None => "array".to_owned(),
        },
        (Some(Value::String(name)), _) => name.clone(),
        (Some(Value::Array(names)), _) => {
            let names = names.iter().filter_map(Value::as_str);
            names.collect::<Vec<_>>().join(" or ")
        }
        (_, Some((key, count))) => {
            let mut kinds: Vec<String> = Vec::new();
            for index in 0..count {
                let kind = kind(schemas, &here.join(key).join(&index.to_string()), depth + 1);
                if !kinds.contains(&kind) && kind != "any" {
                    kinds.push(kind);
                }
            }
            if kinds.is_empty() { "any".to_owned() } else { kinds.join(" or ") }
        }
        _ if value.get("properties").is_some() => "object".to_owned(),
        _ if value.get("enum").is_some() || value.get("const").is_some() => "one value".to_owned(),
        _ => "any".to_owned(),
    }
}

/// What else a schema wants, in words; those of its branches too.
fn rules(schemas: &Schemas, here: &Pointer, value: &Value) -> Vec<String> {
    let mut rules = Vec::new();
    visit_branches(schemas, here, 0, &mut |_, value| {
        for rule in own_rules(value) {
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    });
    // `nullable` forms and lists are told by the type; limits of items by the list.
    if let Some(items) = value.get("items").and_then(|_| schemas.at(&here.join("items"))) {
        rules.extend(own_rules(items.1).into_iter().map(|rule| format!("each {rule}")));
    }
    rules
}

fn own_rules(value: &Value) -> Vec<String> {
    let text = |key: &str| value.get(key).map(|found| found.as_str().map_or_else(|| found.to_string(), str::to_owned));
    let counted = |least: &str, most: &str, noun: &str| match (text(least), text(most)) {
        (Some(least), Some(most)) if least == most => Some(format!("exactly {least} {noun}")),
        (Some(least), Some(most)) => Some(format!("{least} to {most} {noun}")),
        (Some(least), None) => Some(format!("at least {least} {noun}")),
        (None, Some(most)) => Some(format!("at most {most} {noun}")),
        (None, None) => None,
    };
    let mut rules: Vec<String> = Vec::new();
    rules.extend(value.get("const").map(|constant| format!("always {constant}")));
    if let Some(Value::Array(values)) = value.get("enum") {
        rules.push(format!("one of {}", values.iter().map(Value::to_string).collect::<Vec<_>>().join(", ")));
    }
    rules.extend(counted("minLength", "maxLength", "characters"));
    rules.extend(counted("minItems", "maxItems", "items"));
    rules.extend(counted("minProperties", "maxProperties", "properties"));
    rules.extend(counted("minimum", "maximum", "").map(|rule| rule.trim().to_owned()));
    rules.extend(text("exclusiveMinimum").map(|limit| format!("more than {limit}")));
    rules.extend(text("exclusiveMaximum").map(|limit| format!("less than {limit}")));
    rules.extend(text("multipleOf").map(|step| format!("a multiple of {step}")));
    rules.extend(text("pattern").map(|pattern| format!("matches {pattern}")));
    rules.extend(text("format").map(|format| format!("format {format}")));
    rules.extend(value.get("default").map(|default| format!("default {default}")));
    if value.get("additionalProperties") == Some(&Value::Bool(false)) {
        rules.push("no other properties".to_owned());
    }
    rules
}
