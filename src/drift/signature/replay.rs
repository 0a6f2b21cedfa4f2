//! A signature opens once only, or more than once.

use super::message::signed_once;
use crate::contract::Contract;
use crate::drift::alter::placed_everywhere;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-replay",
    meaning: "The same signature is refused a second time where the contract takes it, or taken where the contract refuses it.",
    example: "the provider takes a signature once only; the contract takes it again within its window",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    // A provider remembers signatures in one place for all its operations.
    for (signed, operations) in signed_once(contract) {
        let ids: Vec<_> = operations.iter().map(|operation| &operation.id).collect();
        let name = signed.credential.name.clone();
        let (does, says) = if signed.placed.once {
            ("takes a signature more than once", "takes it once only")
        } else {
            ("takes a signature once only", "takes it again within its window")
        };
        let drift = Drift::new(name.to_string(), &ids).provider(does).contract(says);
        drifts
            .push(drift.keeps(move |contract| placed_everywhere(contract, &name, |placed| placed.once = !placed.once)));
    }
    drifts
}
