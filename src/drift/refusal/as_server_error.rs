//! The refusal comes as a fault of the provider.

use super::occurrence::{occurrences, of_all_credentials};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-as-server-error",
    meaning: "The provider answers 500 where it refuses: callers take their own mistake for its fault, and call again.",
    example: "the provider answers \"keyRequired\" with 500; the contract promises 401",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        let own = occurrence.refusal.status;
        if own >= 500 {
            continue;
        }
        let drift =
            occurrence.drift("").provider(format!("answers {occurrence} with 500")).contract(format!("promises {own}"));
        drifts.push(occurrence.answers(drift, |response| response.status = 500));
    }
    drifts.push(of_all_credentials(contract, "answers every refusal of a credential with 500", |response| {
        response.status = 500;
    }));
    drifts
}
