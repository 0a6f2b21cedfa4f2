//! The refusal's body is built otherwise.

use super::occurrence::{Body, occurrences};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use crate::exchange::Response;
use serde_json::{Map, Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-envelope-changed",
    meaning: "The body of a refusal stands in another envelope, names a field otherwise, or is empty.",
    example: "the provider names `detail` of \"keyRequired\" `message`; the contract names it `detail`",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        let Body::Json(keys) = occurrence.body() else { continue };
        let promises = || format!("has {} at its root", listed(&keys));
        let envelope = if keys.iter().any(|key| key == "error") { "detail" } else { "error" };
        let wrapped = occurrence
            .drift(&format!("in {envelope}"))
            .provider(format!("wraps the body of {occurrence} in `{envelope}`"))
            .contract(promises());
        drifts.push(occurrence.answers(wrapped, move |response| change(response, |body| json!({ envelope: body }))));
        for key in &keys {
            let other = other_name(key);
            let renamed = occurrence
                .drift(&format!("{key} to {other}"))
                .provider(format!("names `{key}` of {occurrence} `{other}`"))
                .contract(format!("names it `{key}`"));
            let key = key.clone();
            drifts.push(occurrence.answers(renamed, move |response| {
                change(response, |body| with_key(body, &key, &other));
            }));
        }
        let empty = occurrence
            .drift("empty")
            .provider(format!("answers {occurrence} with an empty body"))
            .contract(promises())
            .variation(true);
        drifts.push(occurrence.answers(empty, |response| {
            response.headers.remove("content-type");
            response.body.clear();
        }));
    }
    drifts
}

/// What else people call a field of a refusal.
fn other_name(key: &str) -> String {
    match key {
        "detail" => "message",
        "message" => "detail",
        "error" => "errors",
        "error_code" => "code",
        "code" => "error_code",
        other => return format!("{other}_"),
    }
    .to_owned()
}

fn change(response: &mut Response, change: impl Fn(Value) -> Value) {
    if let Some(body) = response.json() {
        response.body = change(body).to_string().into_bytes();
    }
}

/// An object in which a key has another name, in its old place.
fn with_key(body: Value, key: &str, other: &str) -> Value {
    let Value::Object(object) = body else { return body };
    let renamed = object.into_iter().map(|(known, value)| (if known == key { other.to_owned() } else { known }, value));
    Value::Object(renamed.collect::<Map<_, _>>())
}

fn listed(keys: &[String]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ")
}
