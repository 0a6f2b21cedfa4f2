//! The credential is accepted elsewhere too.

use super::places::{elsewhere, renamed};
use crate::contract::Contract;
use crate::drift::alter::{Join, noun, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-also-accepted",
    meaning: "The provider takes the credential from a place that the contract does not name, too.",
    example: "the provider takes the key from query parameter apikey, too; the contract places it in header X-API-Key only",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let places =
            elsewhere(contract, operation, credential).into_iter().chain(renamed(contract, operation, credential));
        for there in places {
            let noun = noun(credential);
            let drift = there
                .drift(operation, credential, "in", Join::Too)
                .provider(format!("takes {noun} from {}, too", there.describe))
                .contract(format!("places it in {} only", credential.describe()));
            drifts.push(drift);
        }
    }
    drifts
}
