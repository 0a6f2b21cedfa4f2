//! A response that departs where it can be read off: the finding itself says which drift it is.

use super::Explanation;
use crate::check::refusal;
use crate::contract::Contract;
use crate::contract::conduct::Refusal;
use crate::contract::schema::{Schema, Violation};
use crate::credential::place::texts;
use crate::drift::fields::{in_words, type_of};
use crate::exchange::{Location, Request, Response};
use crate::verdict::{Code, Finding};
use serde_json::Value;

/// With what an echo ends that a feature promises, after the value.
const AS_SENT: &str = ", as in the request";

/// The drift that a finding about the response to `request` names by itself.
pub fn explain(contract: &Contract, finding: &Finding, request: &Request, response: &Response) -> Option<Explanation> {
    let (place, expected) = (&finding.location, &finding.expected);
    let (code, provider, says) = match finding.code {
        Code::SecretEchoed => (
            "response-secret-echoed",
            format!("sends the credential back in {place}"),
            "lets no secret come back".to_owned(),
        ),
        Code::ResponseMediaTypeUndocumented => {
            ("response-media-type", format!("answers with {}", finding.actual), format!("promises {expected}"))
        }
        Code::ResponseHeaderMissing => {
            ("refusal-header-gone", format!("leaves out {place}"), format!("promises it at {}", response.status))
        }
        Code::ResponseBodyInvalid => return of_body(contract, finding, response),
        Code::FieldUnexpected if response.is_success() => {
            let value = expected.strip_suffix(AS_SENT);
            if value.is_none() && !is_in(request, expected) {
                return None;
            }
            (
                "response-echo-changed",
                format!("sends {} in {place}", finding.actual),
                format!("promises what the request says there, {}", value.unwrap_or(expected)),
            )
        }
        Code::RefusalUnexpected => return of_refusal(contract, finding, response),
        Code::HeaderUnexpected if finding.actual == "nothing" || finding.actual == "none" => {
            ("refusal-header-gone", format!("leaves out {place}"), format!("promises it at {}", response.status))
        }
        _ => return None,
    };
    Some(certain(code, &provider, &says))
}

/// Whether a request says a value somewhere: in its path, its query or its JSON body.
fn is_in(request: &Request, value: &str) -> bool {
    let value = value.trim_matches('"');
    let in_body = || texts(request).into_iter().any(|(_, text)| text == value);
    value.len() > 1 && (request.path.split('/').any(|segment| segment == value) || in_body())
}

fn certain(code: &'static str, provider: &str, says: &str) -> Explanation {
    let sentence = format!("the provider {provider}; the contract {says}");
    Explanation { code, sentence, certain: true, leaves: Vec::new() }
}

/// A refusal that is the promised one but for one text, and no other refusal of the contract.
fn of_refusal(contract: &Contract, finding: &Finding, response: &Response) -> Option<Explanation> {
    let Location::Body(at) = &finding.location else { return None };
    let operation = finding.operation.as_ref().and_then(|id| contract.operations.get(id));
    let departs = |refusal: &Refusal| refusal::check(contract, refusal, operation, response);
    let mut like = contract.refusals.iter().filter(|refusal| {
        refusal.status == response.status && refusal.applies_to(operation.map(|operation| &operation.id))
    });
    if like.clone().any(|refusal| departs(refusal).is_empty()) {
        return None;
    }
    let is_it = |found: &Finding| found.location == finding.location && found.expected == finding.expected;
    let refusal = like.find(|refusal| {
        refusal.promises.contains_key(at) && matches!(departs(refusal).as_slice(), [only] if is_it(only))
    })?;
    let given = response.json()?.pointer(at)?.as_str()?.to_owned();
    let says = format!("says {given:?} at {at} of {:?}", refusal.name.as_str());
    Some(certain("refusal-text-changed", &says, &format!("promises {:?}", finding.expected)))
}

fn of_body(contract: &Contract, finding: &Finding, response: &Response) -> Option<Explanation> {
    let Location::Body(pointer) = &finding.location else { return None };
    let body = response.json()?;
    let id = finding.operation.as_ref()?;
    let promised = contract.operations.get(id)?.promise(response.status)?;
    let schema = promised.content(&response.headers.media_type()?)?.schema.as_ref()?;
    if let Some(key) = wrapping(schema, &body) {
        let wraps = format!("wraps the answer of {id} in {key:?}");
        return Some(certain("response-wrapped", &wraps, "promises it as it is"));
    }
    let violations = schema.violations(&body);
    let violation = violations.iter().find(|violation| stands_at(violation, pointer))?;
    let given = body.pointer(&violation.instance)?;
    let owner =
        if violation.instance.is_empty() { "the body".to_owned() } else { format!("body {}", violation.instance) };
    let place = if pointer.is_empty() { "the body".to_owned() } else { format!("body {pointer}") };
    let name = violation.property.as_deref().unwrap_or("");
    let sends = format!("sends {} in {place}", finding.actual);
    let promises = format!("promises {}", finding.expected);
    let (code, provider, says) = match violation.keyword.as_str() {
        _ if given.is_null() => ("response-field-nulled", format!("sends null in {place}"), promises),
        "required" => match stranger(schema, &violations, &body, &violation.instance) {
            Some(other) => {
                ("response-field-renamed", format!("sends {other:?} in {owner}"), format!("names it {name:?}"))
            }
            None => ("response-field-dropped", format!("leaves out {name:?} of {owner}"), "promises it".to_owned()),
        },
        "enum" | "const" => ("response-enum-widened", sends, promises),
        "additionalProperties" | "unevaluatedProperties" => {
            ("response-field-added", format!("sends {name:?} in {owner}"), "knows no such field".to_owned())
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => {
            ("response-number-out-of-range", sends, promises)
        }
        "minItems" | "maxItems" | "uniqueItems" => ("response-array-length", sends, promises),
        "type" | "anyOf" | "oneOf" => (
            "response-field-retyped",
            format!("sends {place} as {}", in_words(type_of(given))),
            format!("has it as {}", finding.expected),
        ),
        // A text of another form is no drift of the catalogue.
        _ => return None,
    };
    Some(certain(code, &provider, &says))
}

/// Whether a violation is the one that a finding at `pointer` tells of.
fn stands_at(violation: &Violation, pointer: &str) -> bool {
    let missing = violation.property.as_ref().map(|name| format!("{}/{name}", violation.instance));
    violation.instance == pointer || missing.as_deref() == Some(pointer)
}

/// The key under which the promised answer stands, where it is wrapped.
fn wrapping(schema: &Schema, body: &Value) -> Option<String> {
    let Value::Object(object) = body else { return None };
    let accepted = object.iter().find(|(_, inner)| inner.is_object() && schema.accepts(inner));
    accepted.filter(|_| object.len() <= 2).map(|(key, _)| key.clone())
}

/// A field with which the answer would be right if it had the name that is missing.
fn stranger(schema: &Schema, violations: &[Violation], body: &Value, owner: &str) -> Option<String> {
    let missing: Vec<&str> = violations
        .iter()
        .filter(|violation| violation.instance == owner && violation.keyword == "required")
        .filter_map(|violation| violation.property.as_deref())
        .collect();
    let [name] = missing.as_slice() else { return None };
    let object = body.pointer(owner)?.as_object()?;
    object.iter().find_map(|(key, value)| {
        let mut renamed = object.clone();
        renamed.shift_remove(key);
        renamed.insert((*name).to_owned(), value.clone());
        let mut whole = body.clone();
        *whole.pointer_mut(owner)? = Value::Object(renamed);
        (schema.violations(&whole).len() < violations.len()).then(|| key.clone())
    })
}
