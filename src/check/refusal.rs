//! Rule: a refusal is the promised one, by status, media type, keys, and the texts that are promised.

use super::response_status::excerpt;
use crate::contract::Contract;
use crate::contract::conduct::{Cause, Refusal};
use crate::contract::operation::{Operation, is_json};
use crate::exchange::{Location, Response};
use crate::request::text;
use crate::verdict::{Code, Finding};
use serde_json::Value;
use std::collections::BTreeSet;

/// How a response departs from a promised refusal; empty where it is that refusal.
pub fn check(
    contract: &Contract,
    refusal: &Refusal,
    operation: Option<&Operation>,
    response: &Response,
) -> Vec<Finding> {
    let complete = |finding: Finding| {
        let finding = finding.at(refusal.place.clone());
        match operation {
            Some(operation) => finding.of(&operation.id),
            None => finding,
        }
    };
    let expected = format!("{} as {:?}", refusal.status, refusal.name.as_str());
    let actual = format!("{} {}", response.status, excerpt(&response.body));
    if response.status != refusal.status {
        let code = match response.status {
            200..300 => Code::RefusalMissing,
            500.. => Code::RefusalIsServerError,
            _ => Code::RefusalUnexpected,
        };
        return vec![complete(Finding::new(code, Location::Status, expected, actual.trim()))];
    }
    let Some((_, Some((media_type, _, example)))) = contract.refusal_example(refusal, operation) else {
        return Vec::new();
    };
    let given = response.headers.media_type().unwrap_or_default();
    let promised = media_type.split(';').next().unwrap_or("").trim();
    if !promised.eq_ignore_ascii_case(&given) {
        let location = Location::Header("Content-Type".to_owned());
        return vec![complete(Finding::new(Code::RefusalUnexpected, location, media_type, given))];
    }
    if !is_json(media_type) {
        return Vec::new();
    }
    let Some(body) = response.json() else {
        let location = Location::Body(String::new());
        return vec![complete(Finding::new(Code::RefusalUnexpected, location, "JSON", excerpt(&response.body)))];
    };
    let mut findings = Vec::new();
    let (wanted, seen) = (keys(example), keys(&body));
    if wanted != seen {
        let location = Location::Body(String::new());
        let (wanted, seen) = (listed(&wanted), listed(&seen));
        findings.push(Finding::new(
            Code::RefusalUnexpected,
            location,
            format!("the keys {wanted}"),
            format!("the keys {seen}"),
        ));
    }
    for (pointer, promised) in &refusal.promises {
        let given = body.pointer(pointer).map(text);
        if !given.as_ref().is_some_and(|given| promised.iter().any(|pattern| matches(pattern, given))) {
            let location = Location::Body(pointer.clone());
            let given = given.unwrap_or_else(|| "nothing".to_owned());
            findings.push(Finding::new(
                Code::RefusalUnexpected,
                location,
                promised.join(" or "),
                excerpt(given.as_bytes()),
            ));
        }
    }
    findings.into_iter().map(complete).collect()
}

/// The refusals of the contract that a response to a call of `operation` is.
pub fn kept<'a>(contract: &'a Contract, operation: &Operation, response: &Response) -> Vec<&'a Refusal> {
    let is_it = |refusal: &&Refusal| {
        refusal.status == response.status
            && refusal.applies_to(Some(&operation.id))
            && check(contract, refusal, Some(operation), response).is_empty()
    };
    contract.refusals.iter().filter(is_it).collect()
}

/// How a response departs from every refusal that the contract promises for a cause: the least departure.
pub fn check_cause(contract: &Contract, cause: Cause, operation: &Operation, response: &Response) -> Vec<Finding> {
    let candidates = candidates(contract, cause, operation);
    let departures = candidates.into_iter().map(|refusal| check(contract, refusal, Some(operation), response));
    departures.min_by_key(Vec::len).unwrap_or_else(|| {
        let expected = format!("a refusal for a credential that is {cause:?}").to_lowercase();
        let actual = format!("{} {}", response.status, excerpt(&response.body));
        vec![Finding::new(Code::RefusalUnexpected, Location::Status, expected, actual).of(&operation.id)]
    })
}

/// How a response departs from every refusal that the contract promises for any of several causes: the least departure,
/// of equal ones that of the first cause.
pub fn check_causes(contract: &Contract, causes: &[Cause], operation: &Operation, response: &Response) -> Vec<Finding> {
    let departures = causes.iter().map(|cause| check_cause(contract, *cause, operation, response));
    departures.min_by_key(Vec::len).unwrap_or_default()
}

/// The refusals of a cause; where a missing credential is refused for the body's shape, those of the body.
fn candidates<'a>(contract: &'a Contract, cause: Cause, operation: &Operation) -> Vec<&'a Refusal> {
    let by = |cause: Cause| -> Vec<&Refusal> {
        let all = contract.refusals.iter();
        all.filter(|refusal| refusal.on.contains(&cause) && refusal.applies_to(Some(&operation.id))).collect()
    };
    let mut next = Some(cause);
    while let Some(cause) = next {
        let found = by(cause);
        if !found.is_empty() {
            return found;
        }
        next = cause.fallback();
    }
    by(Cause::Body)
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect()
}

fn listed(keys: &BTreeSet<String>) -> String {
    keys.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether a text is the promised one, in which `*` stands for any text.
fn matches(pattern: &str, given: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| given.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
