//! The method is signed in lower case.

use super::message::{pieces, signed, template, values, with_value};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-method-case",
    meaning: "The method is signed in lower case.",
    example: "the client signs the method in lower case; the contract signs method|path|payload|timestamp",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let pieces = pieces(&signed.signing.message);
        if !values(&pieces).contains(&"method") {
            continue;
        }
        let Some(message) = template(&with_value(&pieces, "method", "method | lower")) else { continue };
        let drift = signed
            .another_message("", message)
            .provider("verifies the method in lower case")
            .client("signs the method in lower case");
        drifts.push(drift);
    }
    drifts
}
