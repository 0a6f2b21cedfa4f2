//! The refusal is a page for people, or no longer one.

use super::occurrence::{Body, occurrences};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use crate::exchange::Response;

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-as-html",
    meaning: "The provider refuses with an HTML page where the contract promises JSON, or with JSON where it promises a page.",
    example: "the provider answers \"keyRequired\" with an HTML page; the contract promises JSON",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        let (does, promises, media_type, body) = match occurrence.body() {
            Body::Json(_) => {
                ("an HTML page", "JSON", "text/html; charset=utf-8", "<!doctype html><title>Refused</title>")
            }
            Body::Text => ("JSON", "a page", "application/json", r#"{"detail":"Refused"}"#),
            Body::None => continue,
        };
        let drift = occurrence
            .drift("")
            .provider(format!("answers {occurrence} with {does}"))
            .contract(format!("promises {promises}"));
        drifts.push(occurrence.answers(drift, move |response: &mut Response| {
            response.headers.set("content-type", media_type);
            response.body = body.as_bytes().to_vec();
        }));
    }
    drifts
}
