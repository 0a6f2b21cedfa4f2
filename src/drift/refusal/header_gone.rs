//! A promised header of a refusal is not there.

use super::occurrence::{Occurrence, occurrences};
use crate::contract::Contract;
use crate::contract::conduct::Cause;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-header-gone",
    meaning: "A promised header of a refusal is not there: `Allow`, `Retry-After`, `WWW-Authenticate`.",
    example: "the provider leaves Retry-After out of \"rateLimited\"; the contract promises it",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        for (name, is_required) in headers(&occurrence) {
            let drift = occurrence
                .drift(&name)
                .provider(format!("leaves {name} out of {occurrence}"))
                .contract("promises it")
                // A header that may be left out is no promise; that it is gone can still explain a failure.
                .variation(!is_required);
            drifts.push(occurrence.answers(drift, move |response| response.headers.remove(&name)));
        }
    }
    drifts
}

/// The headers of a refusal, and whether each has to be there.
fn headers(occurrence: &Occurrence<'_>) -> Vec<(String, bool)> {
    let mut found: Vec<(String, bool)> = Vec::new();
    // RFC 9110, section 15.5.6: a 405 has to name the methods.
    if occurrence.refusal.on.contains(&Cause::Method) {
        found.push(("Allow".to_owned(), true));
    }
    let promised = occurrence.promised().into_iter().flat_map(|promised| &promised.headers);
    let promised = promised.map(|header| (header.name.clone(), header.required));
    for (name, is_required) in promised.chain(occurrence.refusal.headers.keys().map(|name| (name.clone(), true))) {
        if !found.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            found.push((name, is_required));
        }
    }
    found
}
