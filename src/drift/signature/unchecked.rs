//! The signature is not looked at.

use super::message::signed;
use crate::contract::Contract;
use crate::contract::scheme::Comparison;
use crate::drift::alter;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-unchecked",
    meaning: "The signature has to be there, and any opens the operation.",
    example: "the provider takes any signature at embedText; the contract asks for one of the message",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let (id, name) = (signed.operation.id.clone(), signed.credential.name.clone());
        let drift = Drift::new(format!("{id} {name}"), &[&signed.operation.id])
            .provider(format!("takes any signature at {id}"))
            .contract("asks for one of the message");
        drifts.push(drift.keeps(move |contract| {
            alter::credential(contract, &id, &name, |credential| credential.comparison = Comparison::None)
        }));
    }
    drifts
}
