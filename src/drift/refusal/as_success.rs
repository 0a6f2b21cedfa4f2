//! The refusal is told in the body of a 200.

use super::occurrence::{Body, occurrences, of_all_credentials};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};
use crate::exchange::Response;
use serde_json::{Map, Value, json};

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-as-success",
    meaning: "The provider answers 200 where it refuses, and says so only in the body.",
    example: "the provider answers \"keyRequired\" with 200 and `success: false` in the body; the contract promises 401",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        let has_flag = occurrence.body() != Body::Text;
        let words = if has_flag { "200 and `success: false` in the body" } else { "200" };
        let drift = occurrence
            .drift("")
            .provider(format!("answers {occurrence} with {words}"))
            .contract(format!("promises {}", occurrence.refusal.status));
        drifts.push(occurrence.answers(drift, move |response| {
            response.status = 200;
            if has_flag {
                flag(response);
            }
        }));
    }
    let does = "answers every refusal of a credential with 200 and `success: false` in the body";
    drifts.push(of_all_credentials(contract, does, |response| {
        response.status = 200;
        flag(response);
    }));
    drifts
}

/// Puts `success: false` before what the body says.
fn flag(response: &mut Response) {
    let mut body = Map::from_iter([("success".to_owned(), json!(false))]);
    if let Some(Value::Object(said)) = response.json() {
        body.extend(said);
    }
    response.headers.set("content-type", "application/json");
    response.body = Value::Object(body).to_string().into_bytes();
}
