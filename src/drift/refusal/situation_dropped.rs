//! What the contract refuses in a situation is let through.

use super::occurrence::occurrences;
use crate::contract::Contract;
use crate::drift::{Drift, Kind};

/// The kind.
pub const KIND: Kind = Kind {
    code: "refusal-situation-dropped",
    meaning: "The provider accepts what the contract refuses because of what the provider knows.",
    example: "the provider accepts what \"modelNotFound\" at predict is for; the contract refuses it with 404",
    drifts,
};

fn drifts(contract: &Contract) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for occurrence in occurrences(contract) {
        let refusal = occurrence.refusal;
        if refusal.when.is_none() || !refusal.on.is_empty() {
            continue;
        }
        let drift = occurrence
            .drift("")
            .provider(format!("accepts what {occurrence} is for"))
            .contract(format!("refuses it with {}", refusal.status));
        let (name, id) = (refusal.name.clone(), occurrence.operation.map(|operation| operation.id.clone()));
        drifts.push(drift.keeps(move |contract| {
            let mut changed = contract.clone();
            let refusal = changed.refusals.iter_mut().find(|refusal| refusal.name == name)?;
            match (&id, &mut refusal.operations) {
                (Some(id), Some(operations)) => operations.retain(|known| known != id),
                _ => refusal.when = None,
            }
            Some(changed)
        }));
    }
    drifts
}
