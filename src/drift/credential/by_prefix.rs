//! The beginning of the right value is enough.

use crate::contract::Contract;
use crate::contract::scheme::Comparison;
use crate::drift::alter::{credential as altered, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-by-prefix",
    meaning: "The provider compares only the beginning of the credential.",
    example: "the provider compares only the beginning of the key in header X-API-Key; the contract asks for the whole",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        for hundredths in [50, 75, 90] {
            let drift = Drift::new(format!("{} {} {hundredths} %", operation.id, credential.name), &[&operation.id])
                .provider(format!("compares only the beginning of {} in {}", noun(credential), credential.describe()))
                .contract("asks for the whole")
                .variation(hundredths != 50);
            let (id, name) = (operation.id.clone(), credential.name.clone());
            drifts.push(drift.keeps(move |contract| {
                altered(contract, &id, &name, |credential| credential.comparison = Comparison::Prefix(hundredths))
            }));
        }
    }
    drifts
}
