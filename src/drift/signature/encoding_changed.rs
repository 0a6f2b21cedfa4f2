//! The signature is written in another encoding.

use super::message::signed;
use crate::contract::Contract;
use crate::contract::scheme::Encoding;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-encoding-changed",
    meaning: "The signature is written in another encoding: upper-case hexadecimal, base64.",
    example: "the client writes the signature in base64; the contract writes it in lower-case hexadecimal",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    let all = [Encoding::HexUpper, Encoding::Hex, Encoding::Base64, Encoding::Base64url];
    for signed in signed(contract) {
        let own = signed.signing.encoding;
        for encoding in all.into_iter().filter(|encoding| *encoding != own) {
            let drift = signed.another_form(in_words(encoding), move |placed| {
                if let Some(signing) = &mut placed.signing {
                    signing.encoding = encoding;
                }
            });
            let drift = drift
                .provider(format!("reads the signature in {}", in_words(encoding)))
                .client(format!("writes the signature in {}", in_words(encoding)))
                .contract(format!("writes it in {}", in_words(own)));
            drifts.push(drift);
        }
    }
    drifts
}

fn in_words(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Hex => "lower-case hexadecimal",
        Encoding::HexUpper => "upper-case hexadecimal",
        Encoding::Base64 => "base64",
        Encoding::Base64url => "base64url",
    }
}
