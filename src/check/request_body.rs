//! Rule: a request's body is of a documented media type and keeps its schema.

use super::RequestCase;
use crate::contract::operation::{Operation, find_content, is_json};
use crate::contract::schema::Violation;
use crate::exchange::{Location, Request};
use crate::verdict::{Code, Finding};
use serde_json::Value;

/// A body that is not as the contract wants it.
#[derive(Debug)]
pub enum BodyFault {
    /// There is none.
    Missing,
    /// Its media type is not documented.
    MediaType(String),
    /// It is not JSON: the reason and the byte at which it shows.
    NotJson(String, usize),
    /// It departs from its schema.
    Violations(Value, Vec<Violation>),
}

/// What is wrong with the body of a request to `operation`.
pub fn fault(operation: &Operation, request: &Request) -> Option<BodyFault> {
    let body = operation.body.as_ref()?;
    if request.body.is_empty() {
        return body.required.then_some(BodyFault::Missing);
    }
    let media_type = request.headers.media_type().unwrap_or_default();
    let Some(content) = find_content(&body.contents, &media_type) else {
        return Some(BodyFault::MediaType(media_type));
    };
    if !is_json(&media_type) {
        return None;
    }
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(value) => {
            let violations = content.schema.as_ref().map(|schema| schema.violations(&value)).unwrap_or_default();
            (!violations.is_empty()).then_some(BodyFault::Violations(value, violations))
        }
        Err(error) => Some(BodyFault::NotJson(error.to_string(), offset(&request.body, &error))),
    }
}

fn offset(body: &[u8], error: &serde_json::Error) -> usize {
    let lines = body.split(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let before: usize = lines.map(|line| line.len() + 1).sum();
    before + error.column().saturating_sub(1)
}

/// What is wrong with the body, as findings.
pub fn check(case: &RequestCase<'_>) -> Vec<Finding> {
    let Some(body) = &case.operation.body else { return Vec::new() };
    let finding = |code, location, expected: String, actual: String| {
        Finding::new(code, location, expected, actual).of(&case.operation.id).at(body.place.clone())
    };
    let whole = Location::Body(String::new());
    match fault(case.operation, case.request) {
        None => Vec::new(),
        Some(BodyFault::Missing) => {
            vec![finding(Code::RequestBodyInvalid, whole, "a body".to_owned(), "none".to_owned())]
        }
        Some(BodyFault::MediaType(given)) => {
            let known: Vec<&str> = body.contents.keys().map(String::as_str).collect();
            let location = Location::Header("Content-Type".to_owned());
            vec![finding(Code::RequestMediaTypeUndocumented, location, known.join(" or "), given)]
        }
        Some(BodyFault::NotJson(reason, _)) => {
            vec![finding(Code::RequestBodyInvalid, whole, "JSON".to_owned(), reason)]
        }
        Some(BodyFault::Violations(value, violations)) => violations
            .into_iter()
            .map(|violation| {
                super::response_body::of_violation(Code::RequestBodyInvalid, &value, violation, case.contract)
            })
            .map(|finding| finding.of(&case.operation.id))
            .collect(),
    }
}
