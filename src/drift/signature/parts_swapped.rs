//! Two parts of the message have changed places.

use super::message::{Piece, in_words, pieces, shown, signed, template, with_message};
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-parts-swapped",
    meaning: "The parts of the signed message stand in another order.",
    example: "the client signs a message with the path before the method; the contract signs method|path|payload|timestamp",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let pieces = pieces(&signed.signing.message);
        let places: Vec<usize> =
            pieces.iter().enumerate().filter(|(_, piece)| matches!(piece, Piece::Value(_))).map(|(at, _)| at).collect();
        for (number, first) in places.iter().enumerate() {
            for (distance, second) in places.iter().skip(number + 1).enumerate() {
                let mut swapped = pieces.clone();
                swapped.swap(*first, *second);
                let Some(message) = template(&swapped) else { continue };
                let [Piece::Value(one), Piece::Value(other)] = [&pieces[*first], &pieces[*second]] else { continue };
                let (one, other) = (in_words(one), in_words(other));
                let (operation, credential) = (signed.operation.clone(), signed.credential.clone());
                let subject = format!("{} {} {one} and {other}", operation.id, credential.name);
                let drift = Drift::new(subject, &[&operation.id])
                    .provider(format!("verifies a message with {other} before {one}"))
                    .client(format!("signs a message with {other} before {one}"))
                    .contract(format!("signs {}", shown(&signed.signing.message)))
                    .variation(distance > 0);
                drifts.push(drift.keeps(move |contract| with_message(contract, &operation, &credential, &message)));
            }
        }
    }
    drifts
}
