//! One of several credentials that belong together is not asked for.

use crate::contract::Contract;
use crate::drift::alter::operation as altered;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-one-not-required",
    meaning: "One of several credentials that belong together by contract is not asked for.",
    example: "the provider opens without header Authorization: Bearer …; the contract asks for it together with header X-Key",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        for (index, set) in operation.security.alternatives.iter().enumerate().filter(|(_, set)| set.len() > 1) {
            for name in set {
                let describe = |name| contract.credentials.get(name).map(crate::contract::scheme::Credential::describe);
                let others: Vec<String> = set.iter().filter(|other| *other != name).filter_map(describe).collect();
                let Some(place) = describe(name) else { continue };
                let drift = Drift::new(format!("{} {name}", operation.id), &[&operation.id])
                    .provider(format!("opens without {place}"))
                    .contract(format!("asks for it together with {}", others.join(" and ")));
                let (id, name) = (operation.id.clone(), name.clone());
                drifts.push(drift.keeps(move |contract| {
                    altered(contract, &id, |operation| {
                        operation.security.alternatives[index].retain(|known| *known != name);
                    })
                }));
            }
        }
    }
    drifts
}
