//! Upper and lower case are the same.

use crate::contract::Contract;
use crate::contract::scheme::Comparison;
use crate::drift::alter::{credential as altered, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-case-folded",
    meaning: "The provider does not tell upper from lower case in the credential.",
    example: "the provider takes the key in header X-API-Key in another case, too; the contract asks for it as it is",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let drift = Drift::new(format!("{} {}", operation.id, credential.name), &[&operation.id])
            .provider(format!("takes {} in {} in another case, too", noun(credential), credential.describe()))
            .contract("asks for it as it is");
        let (id, name) = (operation.id.clone(), credential.name.clone());
        drifts.push(drift.keeps(move |contract| {
            altered(contract, &id, &name, |credential| credential.comparison = Comparison::Folded)
        }));
    }
    drifts
}
