//! A number of an answer is beyond its limit.

use super::promises::parts;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use serde_json::json;

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-number-out-of-range",
    meaning: "The provider sends a number beyond the limit that the contract promises.",
    example: "the provider sends body /predictions/lead_score as 101; the contract promises at most 100",
    drifts,
};

/// Each keyword with the words for it, and how far beyond its operand a number is too far.
const LIMITS: [(&str, &str, i32); 4] = [
    ("minimum", "at least", -1),
    ("exclusiveMinimum", "more than", 0),
    ("maximum", "at most", 1),
    ("exclusiveMaximum", "less than", 0),
];

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for part in parts(contract) {
        for (keyword, words, step) in LIMITS {
            let Some(limit) = part.schema.get(keyword).filter(|limit| limit.is_number()) else { continue };
            let whole = limit.as_i64().map(|limit| json!(limit + i64::from(step)));
            let Some(beyond) = whole.or_else(|| Some(json!(limit.as_f64()? + f64::from(step)))) else { continue };
            let drift = part
                .promise
                .drift(&format!("{} {keyword}", part.place()))
                .provider(format!("sends {} as {beyond}", part.place()))
                .contract(format!("promises {words} {limit}"));
            drifts.push(part.replaced(drift, beyond));
        }
    }
    drifts
}
