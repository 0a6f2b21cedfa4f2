//! A field of an answer is left out.

use super::promises::parts;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "response-field-dropped",
    meaning: "The provider leaves a field out of its answer.",
    example: "the provider leaves out body /results/*/dim (required); the contract promises it",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let fields = parts(contract).into_iter().filter(|part| part.property().is_some());
    let drifts = fields.map(|part| {
        let (word, says) =
            if part.required { ("required", "promises it") } else { ("optional", "shows it in an example") };
        let drift = part.drift().provider(format!("leaves out {} ({word})", part.place())).contract(says);
        part.with_owner(drift, |owner, name| drop(owner.shift_remove(name)))
    });
    drifts.collect()
}
