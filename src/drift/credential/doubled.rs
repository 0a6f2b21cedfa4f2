//! The credential is wanted in two places.

use super::places::elsewhere;
use crate::contract::Contract;
use crate::drift::alter::{Join, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-doubled",
    meaning: "The credential is wanted in a second place as well as in its own.",
    example: "the provider wants the key in body /api_key as well; the contract places it in header Authorization: Bearer … only",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        for there in elsewhere(contract, operation, credential) {
            let noun = noun(credential);
            let drift = there
                .drift(operation, credential, "and", Join::Both)
                .provider(format!("wants {noun} in {} as well", there.describe))
                .client(format!("sends {noun} in {} as well", there.describe))
                .contract(format!("places it in {} only", credential.describe()));
            drifts.push(drift);
        }
    }
    drifts
}
