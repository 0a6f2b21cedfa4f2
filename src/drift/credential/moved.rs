//! The credential is wanted in another kind of place.

use super::places::{elsewhere, is_moved_within, renamed};
use crate::contract::Contract;
use crate::drift::alter::protections;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-moved",
    meaning: "The credential sits in another kind of place: header, query, cookie or body.",
    example: "the provider reads the key from body /api_key; the contract places it in header Authorization: Bearer …",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let to_or_from_authorization =
            renamed(contract, operation, credential).into_iter().filter(|there| is_moved_within(credential, there));
        for there in elsewhere(contract, operation, credential).into_iter().chain(to_or_from_authorization) {
            drifts.push(there.instead(operation, credential));
        }
    }
    drifts
}
