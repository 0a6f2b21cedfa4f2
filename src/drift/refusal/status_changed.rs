//! The refusal has another status.

use super::occurrence::occurrences;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-status-changed",
    meaning: "The provider refuses with another status than the promised one.",
    example: "the provider answers \"keyRequired\" with 403; the contract promises 401",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        let own = occurrence.refusal.status;
        for (number, other) in others(own).into_iter().enumerate() {
            let drift = occurrence
                .drift(&format!("to {other}"))
                .provider(format!("answers {occurrence} with {other}"))
                .contract(format!("promises {own}"))
                .variation(number > 0);
            drifts.push(occurrence.answers(drift, move |response| response.status = other));
        }
    }
    drifts
}

/// The statuses with which a status is confused, the likeliest first.
fn others(status: u16) -> Vec<u16> {
    let likeliest = match status {
        401 => 403,
        403 => 401,
        400 => 422,
        405 => 404,
        429 | 500 | 502 | 504 => 503,
        503 => 502,
        _ => 400,
    };
    let akin: &[u16] = if status < 500 { &[400, 401, 403, 404, 422] } else { &[502, 503, 504] };
    let rest = akin.iter().copied().filter(|other| *other != likeliest && *other != status);
    std::iter::once(likeliest).chain(rest).collect()
}
