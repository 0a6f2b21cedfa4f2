//! A part of the credential is not looked at.

use crate::contract::Contract;
use crate::contract::scheme::{Comparison, Scheme};
use crate::drift::alter::{credential as altered, protections};
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "credential-part-unchecked",
    meaning: "One part of the credential is not looked at: Basic's user or password, or one of several that belong together.",
    example: "the provider takes any password in header Authorization: Basic …; the contract asks for the right one",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for (operation, credential) in protections(contract) {
        let parts: &[(&str, Comparison)] = match &credential.scheme {
            Scheme::Basic { .. } => &[("password", Comparison::AnyPassword), ("user", Comparison::AnyUser)],
            _ if operation.security.is_one_of_several(&credential.name) => &[("value", Comparison::None)],
            _ => continue,
        };
        for (part, comparison) in parts {
            let drift = Drift::new(format!("{} {} {part}", operation.id, credential.name), &[&operation.id])
                .provider(format!("takes any {part} in {}", credential.describe()))
                .contract("asks for the right one");
            let (id, name) = (operation.id.clone(), credential.name.clone());
            drifts.push(drift.keeps(move |contract| {
                altered(contract, &id, &name, |credential| credential.comparison = *comparison)
            }));
        }
    }
    drifts
}
