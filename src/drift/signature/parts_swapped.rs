//! Two parts of the message have changed places.

use super::message::{Piece, Signed, in_words, pieces, signed, template};
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
        drifts.extend(turned(&signed, &pieces, &places));
        for (number, first) in places.iter().enumerate() {
            for (distance, second) in places.iter().skip(number + 1).enumerate() {
                let mut swapped = pieces.clone();
                swapped.swap(*first, *second);
                let Some(message) = template(&swapped) else { continue };
                let [Piece::Value(one), Piece::Value(other)] = [&pieces[*first], &pieces[*second]] else { continue };
                let (one, other) = (in_words(one), in_words(other));
                let drift = signed
                    .another_message(&format!("{one} and {other}"), message)
                    .provider(format!("verifies a message with {other} before {one}"))
                    .client(format!("signs a message with {other} before {one}"))
                    .variation(distance > 0);
                drifts.push(drift);
            }
        }
    }
    drifts
}

/// The parts turned round by one: the last one first, or the first one last.
fn turned(signed: &Signed<'_>, pieces: &[Piece], places: &[usize]) -> Vec<Drift> {
    let (Some(first), Some(last)) = (places.first(), places.last()) else { return Vec::new() };
    if places.len() < 3 {
        return Vec::new();
    }
    let turn = |by: usize| {
        let mut turned = pieces.to_vec();
        for (index, place) in places.iter().enumerate() {
            turned[*place] = pieces[places[(index + by) % places.len()]].clone();
        }
        turned
    };
    let words = |at: usize| if let Piece::Value(value) = &pieces[at] { in_words(value) } else { String::new() };
    let forms = [(places.len() - 1, format!("{} first", words(*last))), (1, format!("{} last", words(*first)))];
    let drift = |(by, words): (usize, String)| {
        let message = template(&turn(by))?;
        let drift = signed
            .another_message(&words, message)
            .provider(format!("verifies a message with {words}"))
            .client(format!("signs a message with {words}"))
            .variation(true);
        Some(drift)
    };
    forms.into_iter().filter_map(drift).collect()
}
