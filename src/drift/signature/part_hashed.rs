//! A part is hashed, where the contract signs it as it is.

use super::message::{in_words, pieces, signed, template, values, with_value};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-part-hashed",
    meaning: "A part of the signed message is a hash, where the contract has the part as it is.",
    example: "the client signs the sha256 of the path; the contract signs method|path|payload|timestamp",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let pieces = pieces(&signed.signing.message);
        for value in values(&pieces) {
            let hashed = with_value(&pieces, value, &format!("{value} | sha256"));
            let Some(message) = template(&hashed) else { continue };
            let words = in_words(value);
            let drift = signed
                .another_message(&words, message)
                .provider(format!("verifies the sha256 of {words}"))
                .client(format!("signs the sha256 of {words}"))
                .variation(value != "payload" && value != "path");
            drifts.push(drift);
        }
    }
    drifts
}
