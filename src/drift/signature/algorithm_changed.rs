//! Another keyed hash is used.

use super::message::signed;
use crate::contract::Contract;
use crate::contract::scheme::Algorithm;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-algorithm-changed",
    meaning: "The signature is made with another keyed hash.",
    example: "the client signs with HMAC-SHA-1; the contract signs with HMAC-SHA-256",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    let all = [Algorithm::HmacSha1, Algorithm::HmacSha256, Algorithm::HmacSha512];
    for signed in signed(contract) {
        let own = signed.signing.algorithm;
        for algorithm in all.into_iter().filter(|algorithm| *algorithm != own) {
            let drift = signed.another_form(in_words(algorithm), move |placed| {
                if let Some(signing) = &mut placed.signing {
                    signing.algorithm = algorithm;
                }
            });
            let drift = drift
                .provider(format!("verifies with {}", in_words(algorithm)))
                .client(format!("signs with {}", in_words(algorithm)))
                .contract(format!("signs with {}", in_words(own)));
            drifts.push(drift);
        }
    }
    drifts
}

fn in_words(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::HmacSha1 => "HMAC-SHA-1",
        Algorithm::HmacSha256 => "HMAC-SHA-256",
        Algorithm::HmacSha512 => "HMAC-SHA-512",
    }
}
