//! An array of an answer has another number of items.

use super::promises::{Part, parts};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use serde_json::Value;

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-array-length",
    meaning: "The provider sends an array with more or fewer items than its answer has.",
    example: "the provider sends body /embedding with 511 items; the contract promises at least 512",
    drifts,
};

/// What the array becomes.
#[derive(Clone, Copy)]
enum Length {
    /// So many items.
    Exactly(usize),
    /// One item less.
    Less,
    /// One item more.
    More,
}

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for part in parts(contract) {
        if part.types() != ["array"] {
            continue;
        }
        for (number, (length, name, provider, contract)) in lengths(&part).into_iter().enumerate() {
            let drift = part
                .promise
                .drift(&format!("{} {name}", part.place()))
                .provider(format!("sends {} {provider}", part.place()))
                .contract(contract)
                .variation(number > 0);
            drifts.push(part.changed(drift, move |value| {
                if let Value::Array(items) = value {
                    resize(items, length);
                }
            }));
        }
    }
    drifts
}

/// The lengths to which it may drift: one that breaks a limit comes first.
fn lengths(part: &Part) -> Vec<(Length, &'static str, String, String)> {
    let limit = |keyword: &str| {
        let operand = part.schema.get(keyword).and_then(Value::as_u64);
        operand.and_then(|operand| usize::try_from(operand).ok())
    };
    let has_items = part.examples.iter().any(|example| example.as_array().is_some_and(|items| !items.is_empty()));
    let mut lengths = Vec::new();
    if let Some(least) = limit("minItems").filter(|least| *least > 0) {
        let (fewer, promise) = (least - 1, format!("promises at least {least}"));
        lengths.push((Length::Exactly(fewer), "fewer", format!("with {fewer} items"), promise));
    }
    if let Some(most) = limit("maxItems") {
        let (more, promise) = (most + 1, format!("promises at most {most}"));
        lengths.push((Length::Exactly(more), "more", format!("with {more} items"), promise));
    }
    if has_items {
        let shown = || "has them in an example".to_owned();
        if limit("minItems").is_none_or(|least| least != 1) {
            lengths.push((Length::Exactly(0), "empty", "without items".to_owned(), shown()));
        }
        if limit("minItems").is_none() {
            lengths.push((Length::Less, "less", "with an item less".to_owned(), shown()));
        }
        if limit("maxItems").is_none() {
            lengths.push((Length::More, "twice", "with its last item twice".to_owned(), shown()));
        }
    }
    lengths
}

fn resize(items: &mut Vec<Value>, length: Length) {
    let Some(last) = items.last().cloned() else { return };
    match length {
        Length::Exactly(length) => items.resize(length, last),
        Length::Less => drop(items.pop()),
        Length::More => items.push(last),
    }
}
