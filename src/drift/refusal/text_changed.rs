//! A promised text of a refusal is another one.

use super::occurrence::occurrences;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use crate::request::set_field;
use serde_json::json;

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-text-changed",
    meaning: "A promised text of a refusal is another one: callers that tell refusals apart by it no longer can.",
    example: "the provider says \"Refused\" at /detail of \"keyRequired\"; the contract promises \"API key required\"",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        for (pointer, patterns) in &occurrence.refusal.promises {
            if patterns.iter().any(|pattern| pattern.trim_matches('*').is_empty()) {
                continue;
            }
            let is_code = patterns.iter().all(|pattern| !pattern.contains(|char: char| char.is_lowercase()));
            let other = if is_code { "REFUSED" } else { "Refused" };
            let promised: Vec<String> = patterns.iter().map(|pattern| format!("{pattern:?}")).collect();
            let drift = occurrence
                .drift(pointer)
                .provider(format!("says {other:?} at {pointer} of {occurrence}"))
                .contract(format!("promises {}", promised.join(" or ")));
            let pointer = pointer.clone();
            drifts.push(occurrence.answers(drift, move |response| {
                let Some(mut body) = response.json() else { return };
                if set_field(&mut body, &pointer, json!(other)).is_ok() {
                    response.body = body.to_string().into_bytes();
                }
            }));
        }
    }
    drifts
}
