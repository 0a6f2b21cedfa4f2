//! The key is another consumer's.

use super::message::signed;
use crate::contract::Contract;
use crate::drift::alter;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "signature-key-changed",
    meaning: "A consumer's signature is made or verified with the key of another.",
    example: "the client signs as npu-worker with the key of ai-stack; the contract gives each consumer a key of its own",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for signed in signed(contract) {
        let own = signed.credential.party_for(&signed.operation.id);
        let others = signed.credential.parties.iter().filter(|party| party.secret != own.secret);
        for (number, other) in others.enumerate() {
            let (id, name) = (signed.operation.id.clone(), signed.credential.name.clone());
            let drift = Drift::new(format!("{id} {name} {}", other.name), &[&signed.operation.id])
                .provider(format!("verifies {} with the key of {}", own.name, other.name))
                .client(format!("signs as {} with the key of {}", own.name, other.name))
                .contract("gives each consumer a key of its own")
                .variation(number > 0);
            let (own, secret) = (own.name.clone(), other.secret.clone());
            drifts.push(drift.keeps(move |contract| {
                alter::credential(contract, &id, &name, |credential| {
                    for party in credential.parties.iter_mut().filter(|party| party.name == own) {
                        party.secret = secret.clone();
                    }
                })
            }));
        }
    }
    drifts
}
