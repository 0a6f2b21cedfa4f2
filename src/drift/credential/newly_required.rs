//! An open operation asks for a credential.

use crate::contract::Contract;
use crate::drift::alter::operation as altered;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-newly-required",
    meaning: "An operation that is open by contract, or whose credential is optional, asks for one.",
    example: "the provider asks for service at systemHealth; the contract lets everybody call it",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    let open = contract.operations.values().filter(|operation| !operation.security.is_required());
    for operation in open {
        let of_its_own = operation.security.credentials().into_iter().next();
        let Some(name) = of_its_own.or_else(|| contract.credentials.keys().next()).cloned() else { continue };
        let id = operation.id.clone();
        let drift = Drift::new(format!("{id} {name}"), &[&operation.id])
            .provider(format!("asks for {name} at {id}"))
            .contract("lets everybody call it");
        drifts.push(drift.keeps(move |contract| {
            altered(contract, &id, |operation| operation.security.alternatives = vec![vec![name.clone()]])
        }));
    }
    drifts
}
