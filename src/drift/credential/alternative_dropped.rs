//! One of several credentials no longer opens.

use crate::contract::Contract;
use crate::drift::alter::operation as altered;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-alternative-dropped",
    meaning: "One of several credentials, each of which opens the operation by contract, no longer does.",
    example: "the provider takes no credential from query parameter api_key; the contract lets it open the operation as well as the others",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for operation in contract.operations.values() {
        let alternatives = &operation.security.alternatives;
        if alternatives.len() < 2 {
            continue;
        }
        for (index, set) in alternatives.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
            let places: Vec<String> =
                set.iter().filter_map(|name| Some(contract.credentials.get(name)?.describe())).collect();
            let id = operation.id.clone();
            let only = Drift::new(format!("{id}, only {}", places.join(" and ")), &[&operation.id])
                .provider(format!("takes the credential of {id} from {} only", places.join(" and ")))
                .contract("lets others open the operation as well")
                .variation(true);
            drifts.push(only.keeps(move |contract| {
                altered(contract, &id, |operation| {
                    operation.security.alternatives = vec![operation.security.alternatives[index].clone()];
                })
            }));
        }
        for (index, set) in alternatives.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
            let places: Vec<String> =
                set.iter().filter_map(|name| Some(contract.credentials.get(name)?.describe())).collect();
            let names: Vec<&str> = set.iter().map(crate::name::CredentialName::as_str).collect();
            let drift = Drift::new(format!("{} {}", operation.id, names.join(" and ")), &[&operation.id])
                .provider(format!("takes no credential from {}", places.join(" and ")))
                .contract("lets it open the operation as well as the others");
            let id = operation.id.clone();
            drifts.push(drift.keeps(move |contract| {
                altered(contract, &id, |operation| {
                    operation.security.alternatives.remove(index);
                })
            }));
        }
    }
    drifts
}
