//! Any value opens.

use crate::contract::Contract;
use crate::contract::scheme::Comparison;
use crate::drift::alter::{credential as altered, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-value-unchecked",
    meaning: "The credential has to be there, and any value of it opens the operation.",
    example: "the provider takes any value in header X-API-Key; the contract asks for the right one",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        // What is signed and what belongs together have kinds of their own.
        if credential.is_signed() || operation.security.is_one_of_several(&credential.name) {
            continue;
        }
        let drift = Drift::new(format!("{} {}", operation.id, credential.name), &[&operation.id])
            .provider(format!("takes any value in {}", credential.describe()))
            .contract("asks for the right one");
        let (id, name) = (operation.id.clone(), credential.name.clone());
        drifts.push(drift.keeps(move |contract| {
            altered(contract, &id, &name, |credential| credential.comparison = Comparison::None)
        }));
    }
    drifts
}
