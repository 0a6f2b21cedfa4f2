//! An answer does not repeat what the request said.

use super::promises::{Promise, promises};
use crate::contract::Contract;
use crate::contract::operation::Content;
use crate::contract::schema::Schema;
use crate::drift::alter::each_at;
use crate::drift::fields::declared;
use crate::drift::{Drift, Kind};
use crate::exchange::{Location, Request};
use indexmap::IndexMap;
use regex::Regex;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-echo-changed",
    meaning: "The provider answers with another value where its answer repeats one of the request.",
    example: "the provider answers with another value in body /request_id than the request has in body /request_id; the contract repeats it there",
    drifts,
};

/// A value of the request alone, or what stands for it where the request has none.
static ECHO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^\s*(body|path|query|header)((?:\.\w+)+)\s*(?:$|or\s|\|\s*default\([^|]*\)\s*$)")
        .expect("the pattern is right")
});
/// A field of an item that repeats one of the request's item.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"'(\w+)':\s*item((?:\.\w+)+)\s*(?:[,}]|\|\s*default\([^|,]*\)\s*[,}]|or\s)")
        .expect("the pattern is right")
});

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (promise, _, content) in promises(contract) {
        let Some(content) = content else { continue };
        for (at, from) in echoes(contract, &promise) {
            let places: Vec<String> = from.iter().map(ToString::to_string).collect();
            let drift = promise
                .drift(&format!("body {at}"))
                .provider(format!(
                    "answers with another value in body {at} than the request has in {}",
                    places.join(" or ")
                ))
                .contract("repeats it there");
            let schema = content.schema.as_ref().map(|schema| declared(&contract.schemas, &schema.pointer));
            let field = schema.into_iter().flatten().find(|field| field.pointer() == Some(at.as_str()));
            let listed = field.and_then(|field| field.keyword("enum")?.as_array().cloned()).unwrap_or_default();
            drifts.push(changed(&promise, content, drift, Echo { at, from, listed }));
        }
    }
    drifts
}

/// A value of an answer that repeats one of the request.
struct Echo {
    /// Where it stands in the answer's body.
    at: String,
    /// Where it may come from.
    from: Vec<Location>,
    /// The values that its schema lists, if it lists them.
    listed: Vec<Value>,
}

/// Where the promised answer repeats what of the request.
fn echoes(contract: &Contract, promise: &Promise) -> IndexMap<String, Vec<Location>> {
    let mut found: IndexMap<String, Vec<Location>> = IndexMap::new();
    let mut add = |at: String, from: Location| {
        let known = found.entry(at).or_default();
        if !known.contains(&from) {
            known.push(from);
        }
    };
    for answer in contract.answers.iter().filter(|answer| answer.operations.contains(&promise.operation)) {
        if answer.status.is_some_and(|status| !promise.status.covers(status)) {
            continue;
        }
        for (at, expression) in &answer.set {
            if let Some(from) = ECHO.captures(expression.source()).and_then(|found| location(&found[1], &found[2])) {
                add(at.clone(), from);
            }
        }
        for each in &answer.each {
            let over = ECHO.captures(each.over.source()).and_then(|found| location(&found[1], &found[2]));
            if let Some(Location::Body(over)) = over {
                for captures in ITEM.captures_iter(each.item.source()) {
                    let below = captures[2].replace('.', "/");
                    add(format!("{}/*/{}", each.at, &captures[1]), Location::Body(format!("{over}/*{below}")));
                }
            }
        }
    }
    found
}

fn location(place: &str, names: &str) -> Option<Location> {
    let name = names.trim_start_matches('.');
    Some(match place {
        "body" => Location::Body(names.replace('.', "/")),
        "path" => Location::PathParameter(name.to_owned()),
        "query" => Location::Query(name.to_owned()),
        "header" => Location::Header(name.to_owned()),
        _ => return None,
    })
}

fn changed(promise: &Promise, content: &Content, drift: Drift, Echo { at, from, listed }: Echo) -> Drift {
    let schema = content.schema.clone();
    promise.answered(drift, move |occasion, response| {
        let said: Vec<Value> = from.iter().flat_map(|place| values(occasion.request, place)).collect();
        let Some(body) = response.json() else { return };
        let mut tries = (0..5).map(|number| {
            let mut body = body.clone();
            each_at(&mut body, &at, &mut |value| {
                if said.contains(value) {
                    *value =
                        listed.iter().find(|other| *other != value).cloned().unwrap_or_else(|| other(value, number));
                }
            });
            body
        });
        let Some(first) = tries.next() else { return };
        let keeps = |body: &Value| schema.as_ref().is_none_or(|schema: &Schema| schema.accepts(body));
        let body = if keeps(&first) { first } else { tries.find(keeps).unwrap_or(first) };
        response.body = body.to_string().into_bytes();
    })
}

/// What the request says at a place; of a path every segment.
fn values(request: &Request, place: &Location) -> Vec<Value> {
    match place {
        Location::Body(at) => {
            let mut found = Vec::new();
            if let Some(mut body) = request.json() {
                each_at(&mut body, at, &mut |value| found.push(value.clone()));
            }
            found
        }
        Location::PathParameter(_) => {
            let decoded = |segment| percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned();
            request.path.split('/').map(|segment| json!(decoded(segment))).collect()
        }
        Location::Query(name) => request
            .query_pairs()
            .into_iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| json!(value))
            .collect(),
        Location::Header(name) => {
            request.headers.get(&name.replace('_', "-")).map(|value| json!(value)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Another value of the same type, in the manner of that number.
fn other(value: &Value, number: usize) -> Value {
    match value {
        Value::String(text) => json!(match number {
            0 => format!("{text}-other"),
            1 => format!("{text}0"),
            2 => text.chars().rev().collect(),
            3 => text.chars().map(|c| if c.is_ascii_digit() { '7' } else { c }).collect::<String>(),
            _ => "other".to_owned(),
        }),
        Value::Bool(value) => json!(!value),
        Value::Number(figure) => {
            let step = [1, -1, 2, 10, 100][number % 5];
            match figure.as_i64() {
                Some(figure) => json!(figure.saturating_add(step)),
                None => json!(figure.as_f64().unwrap_or_default() / 2.0 + 0.125),
            }
        }
        Value::Array(items) => items.iter().take(items.len().saturating_sub(1)).cloned().collect(),
        other => other.clone(),
    }
}
