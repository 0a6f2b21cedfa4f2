//! Rule: a response's body is of a promised media type and keeps its schema.

use super::ResponseCase;
use super::response_status::excerpt;
use crate::contract::Contract;
use crate::contract::operation::is_json;
use crate::contract::schema::Violation;
use crate::exchange::Location;
use crate::verdict::{Code, Finding};
use serde_json::Value;

/// What is wrong with the body.
pub fn check(case: &ResponseCase<'_>) -> Vec<Finding> {
    let Some(promised) = case.operation.promise(case.response.status) else { return Vec::new() };
    if promised.contents.is_empty() || case.operation.method == "HEAD" {
        return Vec::new();
    }
    let finding = |code, location, expected: String, actual: String| {
        Finding::new(code, location, expected, actual).of(&case.operation.id).at(promised.place.clone())
    };
    let whole = Location::Body(String::new());
    let media_type = case.response.headers.media_type().unwrap_or_default();
    let Some(content) = promised.content(&media_type) else {
        let known: Vec<&str> = promised.contents.keys().map(String::as_str).collect();
        let given = if media_type.is_empty() { "none".to_owned() } else { media_type };
        let location = Location::Header("Content-Type".to_owned());
        let actual = format!("{given}: {}", excerpt(&case.response.body));
        return vec![finding(Code::ResponseMediaTypeUndocumented, location, known.join(" or "), actual)];
    };
    if !is_json(&media_type) {
        return Vec::new();
    }
    let value: Value = match serde_json::from_slice(&case.response.body) {
        Ok(value) => value,
        Err(error) => {
            let actual = format!("{error}: {}", excerpt(&case.response.body));
            return vec![finding(Code::ResponseBodyInvalid, whole, "JSON".to_owned(), actual)];
        }
    };
    let violations = content.schema.as_ref().map(|schema| schema.violations(&value)).unwrap_or_default();
    violations
        .into_iter()
        .map(|violation| of_violation(Code::ResponseBodyInvalid, &value, violation, case.contract))
        .map(|finding| finding.of(&case.operation.id))
        .collect()
}

/// A finding about one part of a body that departs from its schema.
pub fn of_violation(code: Code, body: &Value, violation: Violation, contract: &Contract) -> Finding {
    let part = body.pointer(&violation.instance).unwrap_or(&Value::Null);
    let whole = excerpt(part.to_string().as_bytes());
    let (pointer, actual) = match (violation.keyword.as_str(), &violation.property, part) {
        ("required", Some(property), _) => (format!("{}/{property}", violation.instance), "nothing".to_owned()),
        ("additionalProperties", Some(property), Value::Object(part)) => {
            let value = part.get(property).map(|value| excerpt(value.to_string().as_bytes()));
            (format!("{}/{property}", violation.instance), value.unwrap_or(whole))
        }
        ("minItems" | "maxItems", _, Value::Array(items)) => (violation.instance, format!("{} items", items.len())),
        ("minLength" | "maxLength", _, Value::String(text)) => {
            (violation.instance, format!("{} characters: {whole}", text.chars().count()))
        }
        _ => (violation.instance, whole),
    };
    let place = contract.place(&violation.pointer);
    Finding::new(code, Location::Body(pointer), violation.expected, actual).at(place)
}
