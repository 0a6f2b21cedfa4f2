//! The message lacks a part.

use super::message::{in_words, only, pieces, signed, template, values};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-part-dropped",
    meaning: "The signed message lacks a part, such as the timestamp.",
    example: "the client signs a message without the timestamp; the contract signs method|path|payload|timestamp",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let pieces = pieces(&signed.signing.message);
        let values = values(&pieces);
        if values.len() > 8 {
            continue;
        }
        // Every choice of parts, those that lack one first.
        let mut choices: Vec<u32> = (1..(1u32 << values.len()) - 1).collect();
        choices.sort_by_key(|choice| std::cmp::Reverse(choice.count_ones()));
        for choice in choices {
            let is_kept = |value: &str| {
                values.iter().position(|known| *known == value).is_some_and(|index| choice & (1 << index) != 0)
            };
            let Some(message) = template(&only(&pieces, &is_kept)) else { continue };
            let dropped: Vec<String> =
                values.iter().filter(|value| !is_kept(value)).map(|value| in_words(value)).collect();
            let missing = dropped.join(" and ");
            let drift = signed
                .another_message(&missing, message)
                .provider(format!("verifies a message without {missing}"))
                .client(format!("signs a message without {missing}"))
                .variation(dropped.len() > 1);
            drifts.push(drift);
        }
    }
    drifts
}
