//! The key is accepted in `Authorization` without its word, too.

use super::word_dropped::bare;
use crate::contract::Contract;
use crate::drift::alter::{Join, joined, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-word-optional",
    meaning: "The provider takes the credential from `Authorization` without the scheme's word, too.",
    example: "the provider takes the bare key from header Authorization, too; the contract places it in header Authorization: Bearer … only",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let Some(bare) = bare(credential) else { continue };
        let noun = noun(credential).trim_start_matches("the ");
        let drift = Drift::new(format!("{} {}", operation.id, credential.name), &[&operation.id])
            .provider(format!("takes the bare {noun} from header Authorization, too"))
            .contract(format!("places it in {} only", credential.describe()));
        let (id, name) = (operation.id.clone(), credential.name.clone());
        drifts.push(drift.keeps(move |contract| Some(joined(contract, &id, &name, bare.clone(), Join::Too))));
    }
    drifts
}
